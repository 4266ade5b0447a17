"""`python -m tui.commands.workshop.references [PACKAGE]`: reference maps made anew."""

from pathlib import Path
from typing import Annotated

import typer

from imaging.decode.photo import PhotoError
from models.package.package import ModelError
from models.proof.make_references import replace_references
from models.run.segmenter import shipped_model


def main(
    package: Annotated[
        Path | None, typer.Argument(help="An .mlpackage; by default the one shipped.")
    ] = None,
) -> None:
    """Make the reference maps of a package anew, on the sample photos, beside the package."""
    try:
        typer.echo(f"The references are in {replace_references(package or shipped_model())}.")
    except (ModelError, PhotoError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
