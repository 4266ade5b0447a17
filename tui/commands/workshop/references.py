"""`python -m tui.commands.workshop.references [PACKAGE]`: reference maps made anew."""

from pathlib import Path
from typing import Annotated

import typer

from models.package.shipped import shipped_model
from models.proof.make_references import replace_references
from tui.commands.output import remark
from tui.commands.workshop.failing import workshop_failures


def main(
    package: Annotated[
        Path | None, typer.Argument(help="An .mlpackage; by default the one shipped.")
    ] = None,
) -> None:
    """Make the reference maps of a package anew, on the sample photos, beside the package."""
    with workshop_failures():
        made = replace_references(package or shipped_model())
    remark(f"The references are in {made}.")


if __name__ == "__main__":
    typer.run(main)
