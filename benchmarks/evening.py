"""One evening pays: what 150 corrected photos gain a model on a kind that it has never seen.

    python -m benchmarks.evening DATA RUNS

trains a base on the dermoscopy of DATA's train part alone and converts it; has nevus outline the
phone photos of that part with it, and takes the 150 that its queue begins with. A reviewer who
draws the true masks corrects those, and the base learns on from dermoscopy and from them, each
shown as often; beside it from 150 phone photos chosen at random, and from dermoscopy alone. All are
measured on dev, whose patients are others. Stopped, it goes on where it was; RUNS/evening.json has
the Jaccard of each photo. Hours, on one core.
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from csv import DictWriter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from db.store import Store
from imaging.mask.agreement import bootstrap_interval
from models.evaluate.evaluation import USEFUL
from models.evaluate.pairs import Pair, held_out, read_pairs
from models.run.setup import ModelSetup
from models.ship.conversion import convert_checkpoints
from models.train.checkpoint import read_trained, weights_hash
from models.train.loop import Sources, Telling, jaccards_of, train
from models.train.recipe import Recipe
from pipeline.intake.segment import Told, segment_folder
from pipeline.review.order import read_in_order
from pipeline.work.scorer import Pool

CHOSEN = 150
SEEDS = (1, 2, 3)
KNOWN, NEW = "dermoscopy", "phone"
BASE = Recipe(
    epochs=12,
    small_epochs=0,
    size=192,
    encoder="efficientnet_lite0",
    frozen_stages=2,
    kind=KNOWN,
    bfloat16=True,
    peak_rate=1.5e-3,
    encoder_rate=0.3,
    coarse_share=0.3,
)
AGAIN = replace(BASE, kind="", even=True, epochs=12, peak_rate=8e-4)
"""An epoch shows the corrected photos once, and as many others."""
COLUMNS = ("image", "mask", "kind", "split", "group")
"""Not how far two people agreed on a photo: of a corrected one nobody knows."""
QUEUE, RANDOM, NOTHING = "queue", "random", "nothing"
"""How it was chosen what is corrected."""
Jaccards = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evening:
    """What was corrected, how it was `chosen`, and what the model taught with it reaches.

    Jaccards, a photo each: `before` of the base's outlines that were corrected, `dev` by kind.
    """

    chosen: str
    seed: int
    photos: Sequence[str]
    before: Sequence[float]
    dev: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Place:
    """Where the pairs are, and where all that is made lies."""

    data: Path
    runs: Path

    @property
    def base(self) -> Path:
        return self.runs / "base" / "checkpoint.pt"

    @property
    def package(self) -> Path:
        return self.runs / "base.mlpackage"

    def pairs(self, split: str, kind: str) -> list[Pair]:
        """All of dev, or what of train may be learnt from; no patient is in both."""
        found = read_pairs(self.data, {"split": split, "kind": kind})
        return [pair for pair in found if split == "dev" or not held_out(pair)]


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("Name the pairs and a folder: python -m benchmarks.evening DATA RUNS")
    place = Place(Path(sys.argv[1]), Path(sys.argv[2]))
    base, evenings = spend_all(place)
    Console().print(corrections(evenings), figures(base, evenings))


def spend_all(place: Place) -> tuple[dict[str, list[float]], list[Evening]]:
    """The base's Jaccards on dev, and what came of each evening; all of it in evening.json."""
    make_base(place)
    order = queue(place)
    base = dev_jaccards(place, place.base)
    evenings = [
        spend(place, chosen, photos, seed)
        for seed in SEEDS
        for chosen, photos in ((QUEUE, order[:CHOSEN]), (RANDOM, drawn(order, seed)))
    ]
    evenings.append(spend(place, NOTHING, [], SEEDS[0]))
    held = {"base": base, "evenings": [asdict(evening) for evening in evenings]}
    (place.runs / "evening.json").write_text(json.dumps(held, indent=1) + "\n")
    return base, evenings


def make_base(place: Place) -> None:
    """The network that has seen dermoscopy alone, and its package, calibrated on dermoscopy too."""
    train(BASE, place.data, place.base.parent, Telling(BASE.epochs))
    if not place.package.exists():
        convert_checkpoints([place.base], place.package, place.data)


def queue(place: Place) -> list[Pair]:
    """The new kind's photos in the order in which nevus hands them to a reviewer."""
    pairs = {pair.name: pair for pair in place.pairs("train", NEW)}
    folder = place.runs / "photos"
    folder.mkdir(exist_ok=True)
    for pair in pairs.values():
        if not (folder / pair.image.name).exists():
            shutil.copy(pair.image, folder)
    told = Told(lambda _done, _total: None, print)
    with (
        closing(Store.open(place.runs / "nevus.db")) as store,
        closing(Pool(ModelSetup(place.package))) as scorer,
    ):
        segment_folder(store, scorer, folder, told)
        lines = list(read_in_order(store, str(folder.resolve()), "reviewer"))
    return [pairs[Path(line.path).stem] for line in lines]


def drawn(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """As many as are corrected, at random."""
    places = np.random.default_rng(seed).choice(len(pairs), CHOSEN, replace=False)
    return [pairs[index] for index in places]


def spend(place: Place, chosen: str, photos: Sequence[Pair], seed: int) -> Evening:
    """Correct photos, and teach the base with them."""
    folder = place.runs / f"{chosen}-{seed}"
    folder.mkdir(exist_ok=True)
    data = folder / "pairs.csv"
    write_pairs(data, place, photos)
    recipe = replace(AGAIN, seed=seed, start=weights_hash(place.base))
    if not photos:
        # Of one kind an epoch shows all: as many views as the others get.
        views, shown = AGAIN.epochs * 2 * CHOSEN, len(place.pairs("train", KNOWN))
        recipe = replace(recipe, epochs=max(1, round(views / shown)))
    train(recipe, data, folder, Telling(recipe.epochs), Sources(start=place.base))
    names, before = [pair.name for pair in photos], read_trained(place.base).network
    was = jaccards_of(before, photos, BASE.size)
    return Evening(chosen, seed, names, was, dev_jaccards(place, folder / "checkpoint.pt"))


def write_pairs(target: Path, place: Place, corrected: Sequence[Pair]) -> None:
    """List what the base learnt from, what was corrected, and dev."""
    dev = [pair for kind in (KNOWN, NEW) for pair in place.pairs("dev", kind)]
    with target.open("w", newline="", encoding="utf-8") as file:
        rows = DictWriter(file, COLUMNS, extrasaction="ignore")
        rows.writeheader()
        for pair in (*place.pairs("train", KNOWN), *corrected, *dev):
            files = {"image": pair.image.resolve(), "mask": pair.mask.resolve()}
            rows.writerow({**pair.row, **files})


def dev_jaccards(place: Place, checkpoint: Path) -> dict[str, list[float]]:
    """The Jaccard of each photo of dev, by its kind."""
    network = read_trained(checkpoint).network
    return {
        kind: jaccards_of(network, place.pairs("dev", kind), BASE.size) for kind in (KNOWN, NEW)
    }


def corrections(evenings: Sequence[Evening]) -> Table:
    """How bad the outlines were that were corrected."""
    table = Table("chosen", "seed", "Jaccard before", "below 0.65", title="What was corrected")
    for evening in evenings:
        if evening.photos:
            was = np.array(evening.before)
            table.add_row(evening.chosen, str(evening.seed), *mean_and_misses(was))
    return table


def figures(before: Mapping[str, Sequence[float]], evenings: Sequence[Evening]) -> Table:
    """Dev before and after; each difference with the 95% interval of the paired bootstrap."""
    table = Table("chosen", "seed", title="Dev")
    for kind in before:
        for column in (kind, "below 0.65", "gain"):
            table.add_column(column)
    base = {kind: np.array([values]) for kind, values in before.items()}
    table.add_row("base", "", *compared(base, base))
    for one in evenings:
        table.add_row(one.chosen, str(one.seed), *compared(on_dev([one]), base))
    of_queue, at_random = (
        on_dev([one for one in evenings if one.chosen == chosen]) for chosen in (QUEUE, RANDOM)
    )
    table.add_row(QUEUE, "all", *compared(of_queue, base))
    table.add_row(RANDOM, "all", *compared(at_random, base))
    table.add_row(f"{QUEUE}, less {RANDOM}", "all", *compared(of_queue, at_random))
    return table


def on_dev(evenings: Sequence[Evening]) -> dict[str, Jaccards]:
    """Of each kind the Jaccards (seeds, photos)."""
    return {kind: np.array([one.dev[kind] for one in evenings]) for kind in evenings[0].dev}


def compared(after: Mapping[str, Jaccards], base: Mapping[str, Jaccards]) -> list[str]:
    """Of each kind the mean, the misses and the gain; the interval is of the photos, not seeds."""
    return [
        cell
        for kind, values in after.items()
        for cell in (
            *mean_and_misses(values),
            interval(values.mean(axis=0) - base[kind].mean(axis=0)),
        )
    ]


def mean_and_misses(values: Jaccards) -> tuple[str, str]:
    return f"{values.mean():.3f}", f"{(values < USEFUL).mean():.1%}"


def interval(differences: Jaccards) -> str:
    low, high = bootstrap_interval(differences)
    return f"{differences.mean():+.3f} ({low:+.3f} to {high:+.3f})"


if __name__ == "__main__":
    main()
