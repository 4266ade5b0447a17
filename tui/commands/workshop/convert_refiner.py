"""`python -m tui.commands.workshop.convert_refiner RUN/refiner.pt OUT.mlpackage --data PAIRS`."""

from pathlib import Path
from typing import Annotated

import typer

from models.train.recipe import UnfitRun
from tui.commands.output import fail, print_table, remark
from tui.commands.workshop.failing import workshop_failures


def main(
    weights: Annotated[
        Path, typer.Argument(help="What training left.", exists=True, dir_okay=False)
    ],
    target: Annotated[
        Path, typer.Argument(help="The .mlpackage to write; replaced if there.", file_okay=False)
    ],
    data: Annotated[
        Path, typer.Option(help="Pairs: their dev split proves and measures.", exists=True)
    ],
) -> None:
    """Convert a refiner's weights to an .mlpackage, prove it against torch, count marks on dev."""
    with workshop_failures():
        from models.ship.parity import ParityError
        from models.ship.refiner import convert_refiner

        try:
            report = convert_refiner(weights, target, data)
        except (ParityError, UnfitRun) as error:
            raise fail(str(error)) from error
    found = report.dev["all"].bad or report.dev["all"].own
    print_table(
        {
            "parameters": f"{report.parameters:,}",
            "against torch": f"mask Jaccard {report.parity.mean_jaccard:.4f} (mean)",
            "marks from bad outlines": f"{found.median_marks:g} (median)",
        }
    )
    remark(f"{target} is ready. What was measured of it is in {target.with_suffix('.json')}.")


if __name__ == "__main__":
    typer.run(main)
