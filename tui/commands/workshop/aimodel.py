"""`python -m tui.commands.workshop.aimodel PACKAGE --data PAIRS`: its form for Core AI."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from models.evaluate.pairs import Pair
from models.train.recipe import UnfitRun
from tui.commands.output import fail, print_table, remark, stderr
from tui.commands.workshop.failing import workshop_failures

if TYPE_CHECKING:
    from models.ship.parity import Parity
    from models.ship.second_form import SecondForm


def main(
    package: Annotated[
        Path,
        typer.Argument(
            help="An .mlpackage with its JSON beside it, as conversion leaves it.", exists=True
        ),
    ],
    data: Annotated[
        Path, typer.Option(help="Pairs: their dev split proves the .aimodel.", exists=True)
    ],
) -> None:
    """Make the .aimodel of a package that is there, and prove it against torch and the package.

    The network is read back out of the package, so its training need not be there any more.
    """
    with workshop_failures():
        from models.ship.parity import ParityError
        from models.ship.second_form import add_second_form

        try:
            found = add_second_form(package, data, _watched)
        except (ParityError, UnfitRun) as error:
            raise fail(str(error)) from error
    print_table(figures(found))
    remark(f"{package.with_suffix('.aimodel')} is ready, and its figures are in the JSON.")


def figures(found: "SecondForm") -> dict[str, str]:
    """What was measured of an .aimodel, for a table."""
    held = found.agreement
    return {
        "package and torch": _line(held.package_and_torch),
        ".aimodel and torch": _line(held.aimodel_and_torch),
        ".aimodel and package": _line(held.aimodel_and_package),
        "size": f"{found.bytes / 1e6:.1f} MB",
        "a photo": f"{held.milliseconds:.0f} ms of the processor",
    }


def _line(found: "Parity") -> str:
    return (
        f"mask Jaccard {found.mean_jaccard:.4f} (mean), {found.least_jaccard:.4f} (least), "
        f"largest difference {found.largest_difference:.4f}, photos {found.photos}"
    )


def _watched(pairs: Sequence[Pair]) -> Iterable[Pair]:
    return track(pairs, "three forms against each other", console=stderr())


if __name__ == "__main__":
    typer.run(main)
