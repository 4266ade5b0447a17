"""`python -m tui.commands.workshop.train DATA RUN`: train the lesion network. See `--help`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from models.train.recipe import EncoderName, Recipe, UnfitRun
from tui.commands.output import fail, remark, stderr
from tui.commands.workshop.failing import workshop_failures


def _multiple_of_32(size: int) -> int:
    if size < 32 or size % 32:
        raise typer.BadParameter(f"{size} is no multiple of 32, by which the encoder halves.")
    return size


def main(
    data: Annotated[
        Path, typer.Argument(help="A folder with manifest.csv, or the CSV itself.", exists=True)
    ],
    run: Annotated[
        Path, typer.Argument(help="The folder for the checkpoint and the log.", file_okay=False)
    ],
    seed: Annotated[int, typer.Option(help="What decides all that is random.")] = Recipe.seed,
    epochs: Annotated[
        int, typer.Option(help="How often each photo is seen.", min=1)
    ] = Recipe.epochs,
    seconds: Annotated[
        int,
        typer.Option(help="How long the run takes, in place of --epochs; 0: as they do.", min=0),
    ] = Recipe.seconds,
    small_epochs: Annotated[
        int, typer.Option(help="How many epochs, from the first, see small pictures.", min=0)
    ] = Recipe.small_epochs,
    small_size: Annotated[
        int, typer.Option(help="Their side, in pixels.", callback=_multiple_of_32)
    ] = Recipe.small_size,
    size: Annotated[
        int,
        typer.Option(help="The side of the others and of the package.", callback=_multiple_of_32),
    ] = Recipe.size,
    encoder: Annotated[EncoderName, typer.Option(help="Which encoder.")] = Recipe.encoder,
    frozen_stages: Annotated[
        int, typer.Option(help="How many of the encoder's first stages keep their weights.", min=0)
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
        bool,
        typer.Option("--bfloat16", help="Faster on GPUs, and processors with AMX or AVX512-BF16."),
    ] = Recipe.bfloat16,
    batch: Annotated[int, typer.Option(help="How many photos a step sees.", min=2)] = Recipe.batch,
    peak_rate: Annotated[float, typer.Option(help="The highest learning rate.")] = Recipe.peak_rate,
    encoder_rate: Annotated[
        float, typer.Option(help="The encoder's learning rate, as a share of the decoder's.")
    ] = Recipe.encoder_rate,
    rise: Annotated[
        float, typer.Option(help="The share of the run in which the rate rises, at its beginning.")
    ] = Recipe.rise,
    tail: Annotated[
        float, typer.Option(help="The share of the run in which the rate falls, at its end.")
    ] = Recipe.tail,
    threads: Annotated[int, typer.Option(help="How many threads train.", min=1)] = Recipe.threads,
    drawers: Annotated[
        int, typer.Option(help="How many processes draw views.", min=1)
    ] = Recipe.drawers,
    device: Annotated[str, typer.Option(help="Where it trains: cpu or cuda.")] = Recipe.device,
    start: Annotated[
        Path | None,
        typer.Option(help="A package or checkpoint to begin with.", exists=True),
    ] = None,
    start_member: Annotated[
        int,
        typer.Option(help="Which of a package's networks with that encoder.", min=1),
    ] = Recipe.start_member,
    start_share: Annotated[
        float,
        typer.Option(
            help="How much of those weights the result keeps: their mean with the trained ones.",
            min=0,
            max=1,
        ),
    ] = Recipe.start_share,
    paste_chance: Annotated[
        float,
        typer.Option(
            help="How often a view gets another photo's lesion beside its own.", min=0, max=1
        ),
    ] = Recipe.paste_chance,
    teacher: Annotated[
        Path | None,
        typer.Option(
            help="A checkpoint whose maps it learns from too.", exists=True, dir_okay=False
        ),
    ] = None,
    teacher_share: Annotated[
        float, typer.Option(help="How much those maps count; the true ones the rest.", min=0, max=1)
    ] = Recipe.teacher_share,
    own_share: Annotated[
        float,
        typer.Option(
            help="How much the maps of what it begins with count; in place of a teacher.",
            min=0,
            max=1,
        ),
    ] = Recipe.own_share,
    measure_every: Annotated[
        int, typer.Option(help="Measure on dev after so many epochs.", min=1)
    ] = 5,
) -> None:
    """Train the lesion network; stopped, it goes on at the last finished epoch."""
    begun, taught = _hash(start), _hash(teacher)
    recipe = Recipe(
        seed=seed,
        epochs=epochs,
        seconds=seconds,
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
        drawers=drawers,
        device=device,
        start=begun,
        start_member=start_member,
        start_share=start_share,
        paste_chance=paste_chance,
        teacher=taught,
        teacher_share=teacher_share,
        own_share=own_share,
    )
    with workshop_failures():
        _train(recipe, data, run, measure_every, (start, teacher))


def _hash(weights: Path | None) -> str:
    if weights is None:
        return ""
    with workshop_failures():
        from models.train.checkpoint import weights_hash

        try:
            return weights_hash(weights)
        except UnfitRun as error:
            raise fail(str(error)) from error


def _train(
    recipe: Recipe,
    data: Path,
    run: Path,
    measure_every: int,
    sources: tuple[Path | None, Path | None],
) -> None:
    from models.train.loop import Sources, Telling, train

    with Progress(console=stderr()) as progress:
        task = progress.add_task("training", total=1)
        telling = Telling(measure_every, lambda share: progress.update(task, completed=share))
        try:
            before = train(recipe, data, run, telling, Sources(*sources))
        except UnfitRun as error:
            progress.stop()
            raise fail(str(error)) from error
    remark(_conclusion(before, recipe, run))


def _conclusion(before: int, recipe: Recipe, run: Path) -> str:
    weights = f"The weights are in {run / 'checkpoint.pt'}, the figures in {run / 'log.jsonl'}."
    if recipe.seconds:
        return f"Its {recipe.seconds} seconds are over. {weights}"
    if before >= recipe.epochs:
        return f"Its {before} epochs were done already. {weights}"
    earlier = f" ({before} of them earlier)" if before else ""
    return f"Its {recipe.epochs} epochs are done{earlier}. {weights}"


if __name__ == "__main__":
    typer.run(main)
