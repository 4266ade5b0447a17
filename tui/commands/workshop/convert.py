"""`python -m tui.commands.workshop.convert RUN/checkpoint.pt OUT.mlpackage --data PAIRS`."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from models.evaluate.pairs import Pair, PairsError
from models.ship.conversion import ParityError, convert_checkpoints


def main(
    checkpoints: Annotated[list[Path], typer.Argument(help="Checkpoints of a training run.")],
    target: Annotated[Path, typer.Argument(help="The .mlpackage to write; replaced if there.")],
    data: Annotated[Path, typer.Option(help="The pairs: their dev split proves the package.")],
) -> None:
    """Convert checkpoints to one .mlpackage, prove it against torch, and measure it on dev."""
    try:
        report = convert_checkpoints(checkpoints, target, data, _watched)
    except (ParityError, PairsError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(json.dumps(asdict(report), indent=2))


def _watched(pairs: Sequence[Pair]) -> Iterable[Pair]:
    return track(pairs, "torch against the package", console=Console(stderr=True))


if __name__ == "__main__":
    typer.run(main)
