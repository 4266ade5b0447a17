"""Teach a package further with photos that were corrected: its networks, then a new package.

What a network begins with is the first of the epochs among which dev chooses: one that learns
nothing stays what it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from models.evaluate.pairs import hash_of_pairs, held_out, read_pairs
from models.evaluate.side_by_side import SideBySide, compare
from models.package.aimodel import is_aimodel
from models.package.onnx_file import is_onnx
from models.package.package import package_hash, read_package
from models.run.segmenter import open_segmenter
from models.ship.conversion import Report, convert_checkpoints
from models.ship.parity import Parity
from models.ship.read_back import read_card
from models.ship.second_form import Proving
from models.train.loop import Sources, Telling, train
from models.train.recipe import Recipe, UnfitRun
from models.train.stopping import BEST, Entry

LEAST_HELD_OUT = 2


@dataclass(frozen=True)
class Lessons:
    """What a package is taught: from which `base`, with which pairs, for how long."""

    base: Path
    pairs: Path
    epochs: int = 6
    patience: int = 3
    seed: int = 1
    threads: int = 1


@dataclass(frozen=True)
class Hearing:
    """Who hears how far it is: which network of how many, what share of it, and each epoch."""

    begun: Callable[[int, int], None]
    done: Callable[[float], None]
    told: Callable[[Entry], None]
    compared: Callable[[int, int], None]


@dataclass(frozen=True)
class Tuned:
    """A package that was taught, what was measured of it, and how it does beside its base."""

    package: Path
    report: Report
    beside: SideBySide


def check_base(base: Path) -> None:
    """Raise UnfitRun where a model can't be taught further."""
    if is_onnx(base) or is_aimodel(base):
        raise UnfitRun(f"{base} can't be taught further. Name an .mlpackage with --base.")
    read_card(base)


def recipes(lessons: Lessons) -> list[Recipe]:
    """How each network of the base is taught.

    Raises UnfitRun where the base doesn't say what it is made of, or the pairs are too few.
    """
    trained = read_pairs(lessons.pairs, {"split": "train"})
    apart = sum(map(held_out, trained))
    if apart < LEAST_HELD_OUT:
        raise UnfitRun(
            f"Of {len(trained)} photos to learn from {apart} are held out to calibrate on, and "
            f"{LEAST_HELD_OUT} at least are needed: review more."
        )
    kinds = {pair.row.get("kind", "") for pair in trained}
    start, seen = package_hash(lessons.base), list[str]()
    made = []
    for member in read_card(lessons.base).members:
        seen.append(member.encoder)
        made.append(
            Recipe(
                seed=lessons.seed,
                epochs=lessons.epochs,
                patience=lessons.patience,
                small_epochs=0,
                size=member.size,
                encoder=member.encoder,
                width=member.width,
                frozen_stages=2,
                even=len(kinds) > 1,
                coarse_share=0.3,
                batch=max(2, min(24, (len(trained) - apart) // 2)),
                peak_rate=8e-4,
                encoder_rate=0.3,
                threads=lessons.threads,
                start=start,
                start_member=seen.count(member.encoder),
            )
        )
    return made


def tune(lessons: Lessons, folder: Path, name: str, hearing: Hearing) -> Tuned:
    """Teach, convert, prove and compare; stopped, it goes on at the last epoch.

    Raises UnfitRun, ParityError where the package doesn't compute what was trained, PairsError,
    ModelError and OSError.
    """
    all_recipes, checkpoints = recipes(lessons), []
    for number, recipe in enumerate(all_recipes, start=1):
        run = folder / f"network-{number}"
        hearing.begun(number, len(all_recipes))
        telling = Telling(1, hearing.done, hearing.told)
        train(recipe, lessons.pairs, run, telling, Sources(start=lessons.base))
        checkpoints.append(run / BEST)
    target = folder / f"{name}.mlpackage"
    base = read_package(lessons.base)
    # A mask may differ where a map is flat, as it is of a kind of photo that the base hardly knows.
    proving = Proving(first=Parity.check_numbers, second_form=False)
    report = convert_checkpoints(checkpoints, target, lessons.pairs, proving, base.license)
    return Tuned(target, report, _beside(target, lessons, hearing))


def _beside(target: Path, lessons: Lessons, hearing: Hearing) -> SideBySide:
    pairs = read_pairs(lessons.pairs, {"split": "test"})
    new, old = (open_segmenter(path, "onnxruntime") for path in (target, lessons.base))
    return compare(new, old, pairs, lambda done: hearing.compared(done, len(pairs))).summary


def card(tuned: Tuned, lessons: Lessons, taught: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of it to whoever uses it: from what it was made, and what it reached.

    `taught` is what is known of the photos; no reviewer has a name in it.
    """
    base = read_package(lessons.base)
    parts = {part: read_pairs(lessons.pairs, {"split": part}) for part in ("train", "dev", "test")}
    beside, origin = asdict(tuned.beside), tuned.report.origin
    return {
        "made_by": f"nevus {version('nevus')}, torch {version('torch')}",
        "base": {"name": base.name, "hash": base.hash},
        "taught": dict(taught),
        "photos": {part: len(pairs) for part, pairs in parts.items()},
        "photos_sha256": {part: hash_of_pairs(pairs) for part, pairs in parts.items()},
        "epochs": [member.epoch for member in origin.members],
        "recipes": [asdict(member.recipe) for member in origin.members],
        "parity": asdict(tuned.report.parity),
        "test": {"new": beside["first"], "base": beside["second"]},
    }
