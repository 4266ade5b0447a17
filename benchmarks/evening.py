"""One evening pays: what 150 corrected photos gain a model on a kind that it has never seen.

    python -m benchmarks.evening DATA RUNS

trains a base on the dermoscopy of DATA's train part alone and converts it; has nevus outline the
phone photos of that part with it, and takes the 150 that its queue begins with. A reviewer who
draws the true masks corrects those, and the base learns on from dermoscopy and from them, each
shown as often; beside it from 150 phone photos chosen at random, and from dermoscopy alone. All are
measured on dev, whose patients are others. Stopped, it goes on where it was; RUNS/*/evening.json
have the Jaccard of each photo. Hours, on one core.
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from csv import DictWriter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from db.store import Store
from imaging.framing import Size
from imaging.mask.agreement import bootstrap_interval
from models.evaluate.evaluation import USEFUL
from models.evaluate.pairs import Pair, held_out, read_pairs
from models.run.setup import ModelSetup
from models.ship.confidence import fit_confidence
from models.ship.conversion import convert
from models.ship.exported import load_checkpoints
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
AGAIN = replace(BASE, kind="", even=True, epochs=6, peak_rate=8e-4)
"""An epoch shows the corrected photos once, and as many others."""
COLUMNS = ("image", "mask", "kind", "split", "group")
"""Not how far two people agreed on a photo: of a corrected one nobody knows."""
QUEUE, RANDOM, NOTHING = "queue", "random", "nothing"
"""How it was chosen what is corrected."""
KEPT = "evening.json"
Jaccards = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evening:
    """What was corrected, how it was `chosen`, and what the model taught with it reaches.

    Jaccards, a photo each: `before` of the base's outlines that were corrected, `dev` by kind.
    """

    chosen: str
    seed: int
    photos: Sequence[str] = ()
    before: Sequence[float] = ()
    dev: Mapping[str, Sequence[float]] = field(default_factory=dict)


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


def spend_all(place: Place) -> tuple[Evening, list[Evening]]:
    """What the base reaches without one, and what came of each evening."""
    make_base(place)
    order, all_photos = queue(place), place.pairs("train", NEW)
    evenings = [
        spend(place, chosen, photos, seed)
        for seed in SEEDS
        for chosen, photos in ((QUEUE, order[:CHOSEN]), (RANDOM, drawn(all_photos, seed)))
    ]
    evenings.append(spend(place, NOTHING, [], SEEDS[0]))
    return measured(place, place.base, Evening("base", BASE.seed)), evenings


def make_base(place: Place) -> None:
    """The network that has seen dermoscopy alone, and its package, calibrated on dermoscopy too.

    A conversion for others proves the package on dev, of photos that this network doesn't know.
    """
    if place.package.exists():
        return
    train(BASE, place.data, place.base.parent, Telling(BASE.epochs))
    network, _ = load_checkpoints([place.base])
    apart = [pair for pair in read_pairs(place.data, BASE.where) if held_out(pair)]
    fitted = fit_confidence(network, apart, BASE.size)
    made = place.runs / "made.mlpackage"
    convert(network, Size(BASE.size, BASE.size), made, fitted.metadata())
    made.rename(place.package)


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
    if (folder / KEPT).exists():
        return read_evening(folder)
    folder.mkdir(exist_ok=True)
    data = folder / "pairs.csv"
    write_pairs(data, place, photos)
    recipe = replace(AGAIN, seed=seed, start=weights_hash(place.base))
    if not photos:
        # Of one kind an epoch shows all: about as many views as the others get, but a whole one.
        views, shown = AGAIN.epochs * 2 * CHOSEN, len(place.pairs("train", KNOWN))
        recipe = replace(recipe, epochs=max(1, round(views / shown)))
    train(recipe, data, folder, Telling(recipe.epochs), Sources(start=place.base))
    was = jaccards_of(read_trained(place.base).network, photos, BASE.size)
    evening = Evening(chosen, seed, [pair.name for pair in photos], was)
    return measured(place, folder / "checkpoint.pt", evening)


def write_pairs(target: Path, place: Place, corrected: Sequence[Pair]) -> None:
    """List what the base learnt from, what was corrected, and the new kind's dev."""
    with target.open("w", newline="", encoding="utf-8") as file:
        rows = DictWriter(file, COLUMNS, extrasaction="ignore")
        rows.writeheader()
        for pair in (*place.pairs("train", KNOWN), *corrected, *place.pairs("dev", NEW)):
            files = {"image": pair.image.resolve(), "mask": pair.mask.resolve()}
            rows.writerow({**pair.row, **files})


def measured(place: Place, checkpoint: Path, evening: Evening) -> Evening:
    """An evening with what its network reaches on dev, kept beside the checkpoint."""
    kept = checkpoint.with_name(KEPT)
    if not kept.exists():
        network, size = read_trained(checkpoint).network, BASE.size
        dev = {kind: jaccards_of(network, place.pairs("dev", kind), size) for kind in (KNOWN, NEW)}
        kept.write_text(json.dumps(asdict(replace(evening, dev=dev))) + "\n")
    return read_evening(kept.parent)


def read_evening(folder: Path) -> Evening:
    return Evening(**json.loads((folder / KEPT).read_text()))


def corrections(evenings: Sequence[Evening]) -> Table:
    """How bad the outlines were that were corrected."""
    table = Table("chosen", "seed", "Jaccard before", "below 0.65", title="What was corrected")
    for evening in evenings:
        if evening.photos:
            was = np.array(evening.before)
            table.add_row(evening.chosen, str(evening.seed), *mean_and_misses(was))
    return table


def figures(before: Evening, evenings: Sequence[Evening]) -> Table:
    """Dev before and after; each difference with the 95% interval of the paired bootstrap."""
    table = Table("chosen", "seed", title="Dev")
    for kind in before.dev:
        for column in (kind, "below 0.65", "gain"):
            table.add_column(column)
    base = on_dev([before])
    table.add_row(before.chosen, str(before.seed), *compared(base, base))
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
