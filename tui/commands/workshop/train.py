"""`python -m tui.commands.workshop.train DATA RUN`: train the lesion network. See `--help`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from models.package.package import package_hash
from models.train.encoders import ENCODERS
from models.train.loop import Telling, train
from models.train.recipe import Recipe


def main(
    data: Annotated[Path, typer.Argument(help="A folder with manifest.csv, or the CSV itself.")],
    run: Annotated[Path, typer.Argument(help="Where checkpoints and the log go.")],
    seed: int = Recipe.seed,
    epochs: int = Recipe.epochs,
    small_epochs: int = Recipe.small_epochs,
    small_size: int = Recipe.small_size,
    size: int = Recipe.size,
    encoder: Annotated[str, typer.Option(help=f"One of {', '.join(ENCODERS)}.")] = Recipe.encoder,
    frozen_stages: Annotated[
        int, typer.Option(help="How many of the encoder's first stages keep their weights.")
    ] = Recipe.frozen_stages,
    kind: Annotated[str, typer.Option(help="Train on this kind of photo alone.")] = Recipe.kind,
    even: Annotated[
        bool, typer.Option("--even", help="Show as many photos of each kind in an epoch.")
    ] = Recipe.even,
    drop: Annotated[float, typer.Option(help="Stochastic depth of the last block.")] = Recipe.drop,
    coarse_share: Annotated[
        float, typer.Option(help="Deep supervision: how much a coarse map's loss counts.")
    ] = Recipe.coarse_share,
    boundary_share: Annotated[
        float, typer.Option(help="How much the boundary loss counts.")
    ] = Recipe.boundary_share,
    bfloat16: Annotated[
        bool, typer.Option("--bfloat16", help="Faster on processors with AMX or AVX512-BF16.")
    ] = Recipe.bfloat16,
    batch: int = Recipe.batch,
    peak_rate: float = Recipe.peak_rate,
    encoder_rate: Annotated[
        float, typer.Option(help="The encoder's learning rate, as a share of the decoder's.")
    ] = Recipe.encoder_rate,
    rise: Annotated[
        float, typer.Option(help="The share of the run in which the rate rises, at its beginning.")
    ] = Recipe.rise,
    tail: Annotated[
        float, typer.Option(help="The share of the run in which the rate falls, at its end.")
    ] = Recipe.tail,
    threads: int = Recipe.threads,
    start: Annotated[
        Path | None, typer.Option(help="A package to begin with, in place of random weights.")
    ] = None,
    start_member: Annotated[
        int, typer.Option(help="Which network of a package of several to begin with.", min=1)
    ] = Recipe.start_member,
    measure_every: int = 5,
) -> None:
    """Train the lesion network; stopped, it goes on at the last finished epoch."""
    recipe = Recipe(
        seed=seed,
        epochs=epochs,
        small_epochs=small_epochs,
        small_size=small_size,
        size=size,
        encoder=encoder,
        frozen_stages=frozen_stages,
        kind=kind,
        even=even,
        drop=drop,
        coarse_share=coarse_share,
        boundary_share=boundary_share,
        bfloat16=bfloat16,
        batch=batch,
        peak_rate=peak_rate,
        encoder_rate=encoder_rate,
        rise=rise,
        tail=tail,
        threads=threads,
        start=package_hash(start) if start else "",
        start_member=start_member,
    )
    with Progress() as progress:
        task = progress.add_task("training", total=1)
        telling = Telling(measure_every, lambda share: progress.update(task, completed=share))
        train(recipe, data, run, telling, start)


if __name__ == "__main__":
    typer.run(main)
