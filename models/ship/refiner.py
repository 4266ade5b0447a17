"""Turn a refiner's weights into an .mlpackage, prove it against torch, and count marks on dev."""

import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from imaging.framing import Size
from imaging.mask.agreement import agreement
from imaging.mask.marks import Marks, Refiner, lesion_of
from imaging.mask.refine import refine
from imaging.mask.window import window_around
from models.evaluate.marking import Markings, mark_pairs, next_mark, read_outlined, summarise
from models.evaluate.pairs import Pair, hash_of_pairs, held_out, read_pairs
from models.package.package import package_hash
from models.package.shipped import shipped_model
from models.run.refiner import NetworkRefiner, look_through, open_refiner
from models.run.segmenter import Segmenter, open_segmenter
from models.ship.conversion import Saying, by_kind, convert, current_commit
from models.ship.parity import Parity
from models.train.network import LesionNetwork, multiply_accumulates, parameters
from models.train.recipe import UnfitRun
from models.train.refiner.network import ShippedRefiner, refiner_network

MENDS = "Mends the outline of a skin lesion at marks: photo over outline and marks in."
SIDE = 256


@dataclass(frozen=True)
class RefinerReport:
    """All that is said of a refiner's package; `dev` and `classic` have figures by kind of photo.

    `classic` are those of `imaging.mask.refine`; `milliseconds` is the processor's time for one run
    of the network, the median.
    """

    date: str
    commit: str
    steps: int
    seconds: float
    training_pairs: int
    training_data_sha256: str
    outlines_sha256: str
    """Of the package whose outlines were marked."""
    package_sha256: str
    parameters: int
    multiply_accumulates: int
    milliseconds: float
    parity: Parity
    dev: Mapping[str, Markings]
    classic: Mapping[str, Markings]


def convert_refiner(weights: Path, target: Path, data: Path, side: int = SIDE) -> RefinerReport:
    """Convert a refiner's averaged weights, prove and measure the package, then put it in place.

    The log of the training lies beside the weights. Raises ParityError, PairsError, and UnfitRun
    where the files hold no refiner.
    """
    torch.set_num_threads(1)
    network = load_refiner(weights)
    exported = ShippedRefiner(network, side).eval()
    last = read_log(weights.with_name("log.json"))
    learnt = [pair for pair in read_pairs(data, {"split": "train"}) if not held_out(pair)]
    dev, segmenter = read_pairs(data, {"split": "dev"}), open_segmenter(shipped_model())
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        date, commit = datetime.now(UTC).date().isoformat(), current_commit()
        said = {"org.nevus.date": date, "org.nevus.commit": commit}
        convert(exported, Size(side, 2 * side), made, said, Saying(MENDS))
        refiner = open_refiner(made, "onnxruntime")
        found, milliseconds = parity(exported, refiner, segmenter, dev)
        found.check()
        report = RefinerReport(
            date=date,
            commit=commit,
            steps=last["steps"],
            seconds=last["seconds"],
            training_pairs=len(learnt),
            training_data_sha256=hash_of_pairs(learnt),
            outlines_sha256=segmenter.info.hash,
            package_sha256=package_hash(made),
            parameters=parameters(network),
            multiply_accumulates=multiply_accumulates(network, side, 6),
            milliseconds=milliseconds,
            parity=found,
            dev=count_marks(segmenter, refiner, dev),
            classic=count_marks(segmenter, refine, dev),
        )
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    target.with_suffix(".json").write_text(json.dumps(asdict(report), indent=2) + "\n")
    return report


def load_refiner(weights: Path) -> LesionNetwork:
    """The network of `models.train.refiner.loop`'s weights. Raises UnfitRun."""
    network = refiner_network()
    try:
        network.load_state_dict(torch.load(weights, weights_only=True))
    except OSError as error:
        raise UnfitRun(f"{weights} can't be read ({error.strerror}).") from error
    except Exception as error:  # PyTorch raises errors of many kinds for what is none of its files.
        raise UnfitRun(f"{weights} holds no weights of a refiner, or it is damaged.") from error
    return network.eval()


def read_log(path: Path) -> dict[str, Any]:
    """The last entry of a training's log. Raises UnfitRun."""
    try:
        last: dict[str, Any] = json.loads(path.read_text())[-1]
    except (OSError, ValueError, LookupError) as error:
        raise UnfitRun(f"{path}, the log of the training, can't be read ({error}).") from error
    return last


def parity(
    exported: ShippedRefiner, refiner: NetworkRefiner, segmenter: Segmenter, pairs: Sequence[Pair]
) -> tuple[Parity, float]:
    """Torch against a package, on photos with one mark each, and the package's milliseconds."""
    overlaps, differences, times = [], [], []
    for pair in pairs:
        picture, truth, outline = read_outlined(segmenter, pair)
        marks = next_mark(lesion_of(outline), truth, Marks())
        window = window_around(lesion_of(outline), marks)
        seen = look_through(window, refiner.side, picture, outline, marks)
        started = time.process_time()
        theirs = refiner.answer(seen)
        times.append((time.process_time() - started) * 1000)
        values = torch.from_numpy(seen.transpose(2, 0, 1)[None].astype(np.float32) / 255)
        with torch.no_grad():
            ours = exported(values)[0, 0].numpy()
        overlaps.append(agreement(lesion_of(ours), lesion_of(theirs)).jaccard)
        differences.append(float(np.abs(ours - theirs).max()))
    found = Parity(len(pairs), float(np.mean(overlaps)), min(overlaps), max(differences))
    return found, float(np.median(times))


def count_marks(
    segmenter: Segmenter, refiner: Refiner, pairs: Sequence[Pair]
) -> dict[str, Markings]:
    """A refiner's figures for each kind of photo, and for all of them together."""
    marked = mark_pairs(segmenter, refiner, pairs, lambda _done: None)
    by_pair = dict(zip([pair.image for pair in pairs], marked, strict=True))
    kinds = {kind: [by_pair[p.image] for p in those] for kind, those in by_kind(pairs).items()}
    return {kind: summarise(those) for kind, those in {**kinds, "all": marked}.items()}
