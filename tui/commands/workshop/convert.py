"""`python -m tui.commands.workshop.convert RUN/checkpoint.pt OUT.mlpackage --data PAIRS`."""

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
    from models.ship.conversion import Report


def _package(path: Path) -> Path:
    if path.suffix != ".mlpackage":
        raise typer.BadParameter(f"{path} doesn't end in .mlpackage.")
    return path


def main(
    checkpoints: Annotated[
        list[Path],
        typer.Argument(help="Checkpoints of training runs.", exists=True, dir_okay=False),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            help="The .mlpackage to write; replaced if there.", file_okay=False, callback=_package
        ),
    ],
    data: Annotated[
        Path,
        typer.Option(help="The pairs trained on: their dev split proves the package.", exists=True),
    ],
    licence: Annotated[
        str, typer.Option(help="What the package says of its licence.")
    ] = "Apache-2.0",
) -> None:
    """Convert checkpoints to one .mlpackage, prove it against torch, and measure it on dev.

    A JSON beside it says all that was measured.
    """
    with workshop_failures():
        from models.ship.conversion import convert_checkpoints
        from models.ship.parity import ParityError
        from models.ship.second_form import Proving, no_second_form

        try:
            report = convert_checkpoints(checkpoints, target, data, Proving(_watched), licence)
        except (ParityError, UnfitRun) as error:
            raise fail(str(error)) from error
    print_table(_figures(report))
    if report.aimodel is None:
        remark(f"No .aimodel lies beside it. {no_second_form()}")
    remark(f"{target} is ready. What was measured of it is in {target.with_suffix('.json')}.")


def _watched(pairs: Sequence[Pair]) -> Iterable[Pair]:
    return track(pairs, "torch against the package", console=stderr())


def _figures(report: "Report") -> dict[str, str]:
    held = report.parity
    return {
        "parameters": f"{report.parameters:,}",
        "against torch": f"mask Jaccard {held.mean_jaccard:.4f} (mean), photos {held.photos}",
        **{
            f"dev, {kind}": f"Jaccard {found.jaccard:.3f}, photos {found.pairs}"
            for kind, found in report.dev.items()
        },
    }


if __name__ == "__main__":
    typer.run(main)
