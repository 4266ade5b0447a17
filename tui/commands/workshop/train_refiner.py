"""`python -m tui.commands.workshop.train_refiner DATA RUN`: train what mends outlines at marks."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from tui.commands.output import fail, remark, stderr
from tui.commands.workshop.failing import workshop_failures

CANVAS = 384
"""Photos are held at this side, in pixels."""


def main(
    data: Annotated[
        Path, typer.Argument(help="A folder with manifest.csv, or the CSV itself.", exists=True)
    ],
    run: Annotated[
        Path, typer.Argument(help="The folder for the weights and the log.", file_okay=False)
    ],
    seconds: Annotated[
        float, typer.Option(help="How long to train, reading included.", min=10)
    ] = 240,
    batch: Annotated[int, typer.Option(help="How many views a step sees.", min=2)] = 96,
    threads: Annotated[int, typer.Option(help="How many threads read and train.", min=1)] = 4,
    seed: Annotated[int, typer.Option(help="What decides all that is random.")] = 1,
    start: Annotated[
        Path | None, typer.Option(help="The package to begin with and to mend.", exists=True)
    ] = None,
) -> None:
    """Train the refiner from the shipped model's weights, on its outlines and damaged ones.

    On a graphics card if there is one. The last weights are in RUN/refiner.pt.
    """
    with workshop_failures():
        _train(data, run, (seconds, batch, threads, seed), start)
    remark(f"The weights are in {run / 'refiner.pt'}, the figures in {run / 'log.json'}.")


def _train(data: Path, folder: Path, how: tuple[float, int, int, int], start: Path | None) -> None:
    import torch

    from models.evaluate.pairs import held_out, read_pairs
    from models.run.segmenter import open_segmenter, shipped_model
    from models.train.refiner.beginning import begin, samples
    from models.train.refiner.loop import Plan, Progress, Refining, train
    from models.train.refiner.photos import NoPhotos, hold

    seconds, batch, threads, seed = how
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    package = start or shipped_model()
    learnt = [p for p in read_pairs(data, {"split": "train"}) if not held_out(p)]
    splits = learnt, read_pairs(data, {"split": "dev"})
    segmenter = open_segmenter(package)
    shown = [
        samples(track(pairs, "the model's outlines", console=stderr()), segmenter)
        for pairs in splits
    ]
    network = begin(package, learnt).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    plan = Plan(seconds, time.monotonic(), batch=batch)
    try:
        held, dev = (hold(each, CANVAS, device, threads) for each in shown)
    except NoPhotos as error:
        raise fail(str(error)) from error
    refining = Refining(network, held, plan)
    train(refining, Progress(refining, dev, folder), remark)


if __name__ == "__main__":
    typer.run(main)
