"""`python -m tui.commands.workshop.train_refiner DATA RUN`: train what mends outlines at marks."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from models.evaluate.pairs import Pair
from models.package.shipped import shipped_model
from models.train.recipe import UnfitRun
from tui.commands.output import fail, remark, stderr
from tui.commands.workshop.failing import workshop_failures


def main(
    data: Annotated[
        Path, typer.Argument(help="A folder with manifest.csv, or the CSV itself.", exists=True)
    ],
    run: Annotated[
        Path, typer.Argument(help="The folder for the weights and the log.", file_okay=False)
    ],
    seconds: Annotated[float, typer.Option(help="How long to train, after reading.", min=10)] = 240,
    batch: Annotated[int, typer.Option(help="How many views a step sees.", min=2)] = 96,
    threads: Annotated[int, typer.Option(help="How many threads read and train.", min=1)] = 4,
    seed: Annotated[int, typer.Option(help="What decides all that is random.")] = 1,
    start: Annotated[
        Path | None, typer.Option(help="The package to begin with and to mend.", exists=True)
    ] = None,
    start_member: Annotated[
        int, typer.Option(help="Which network of a package of several to begin with.", min=1)
    ] = 1,
) -> None:
    """Train the refiner from the shipped model's weights, on its outlines and damaged ones.

    On a graphics card if there is one. The last weights are in RUN/refiner.pt.
    """
    with workshop_failures():
        from models.train.refining import RefinerRecipe, train_refiner

        package = start or shipped_model()
        recipe = RefinerRecipe(package, start_member, seconds, batch, threads, seed)
        try:
            train_refiner(data, run, recipe, _watched, remark)
        except UnfitRun as error:
            raise fail(str(error)) from error
    remark(f"The weights are in {run / 'refiner.pt'}, the figures in {run / 'log.json'}.")


def _watched(pairs: Sequence[Pair]) -> Iterable[Pair]:
    return track(pairs, "the model's outlines", console=stderr())


if __name__ == "__main__":
    typer.run(main)
