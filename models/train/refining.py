"""Train a refiner from a package of the lesion network: its outlines are what is mended."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from models.evaluate.pairs import Pair, held_out, read_pairs
from models.run.segmenter import open_segmenter
from models.train.refiner.beginning import begin, samples
from models.train.refiner.loop import Plan, Progress, Refining, train
from models.train.refiner.photos import hold

CANVAS = 384
"""Photos are held at this side, in pixels."""


@dataclass(frozen=True)
class RefinerRecipe:
    """What decides a run: it begins with the package's `member`th network.

    `seconds` are those of the training, after all is read.
    """

    package: Path
    member: int = 1
    seconds: float = 240
    batch: int = 96
    threads: int = 4
    seed: int = 1


def train_refiner(
    data: Path,
    folder: Path,
    recipe: RefinerRecipe,
    watched: Callable[[Sequence[Pair]], Iterable[Pair]],
    tell: Callable[[str], None],
) -> None:
    """Train on a graphics card if there is one; `Progress` says what FOLDER holds then.

    `watched` passes on the photos whose outlines are made, `tell` hears each entry of the log.
    Raises PairsError, PhotoError, ModelError, and UnfitRun where a photo can't be decoded.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    segmenter = open_segmenter(recipe.package)
    learnt = [pair for pair in read_pairs(data, {"split": "train"}) if not held_out(pair)]
    held, dev = (
        hold(samples(watched(pairs), segmenter), CANVAS, device, recipe.threads)
        for pairs in (learnt, read_pairs(data, {"split": "dev"}))
    )
    network = begin(recipe.package, learnt, recipe.member).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    plan = Plan(recipe.seconds, time.monotonic(), batch=recipe.batch)
    run = Refining(network, held, plan)
    train(run, Progress(run, dev, folder), tell)
