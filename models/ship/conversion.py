"""Turn checkpoints into an .mlpackage, and prove on real photos that nothing was lost.

A package lies beside its JSON: where it comes from, its parity with torch and its figures on dev.
Several checkpoints become one package, whose map is the mean of theirs. Conversion fails, and
replaces nothing, when the translated package, the .aimodel and torch disagree.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import nn

from imaging.framing import Size
from models.evaluate.evaluation import Evaluation, evaluate
from models.evaluate.pairs import Pair, hash_of_pairs, held_out, read_pairs
from models.package.aimodel import aimodel_beside
from models.package.package import FRAMING_KEY, OWN_LICENCE
from models.run.segmenter import Segmenter, open_segmenter
from models.ship.confidence import Confidence, Fitted, fit_confidence, measure_confidence
from models.ship.exported import Member, load_checkpoints
from models.ship.parity import Parity, parity
from models.ship.presence import Presence, measure_presence
from models.ship.rounding import round_weights
from models.ship.second_form import (
    AS_EVER,
    CHECKPOINTS,
    Proving,
    SecondForm,
    make_second_form,
    no_second_form,
    replace_with,
)
from models.train.network import multiply_accumulates, parameters
from models.train.recipe import Recipe, UnfitRun


@dataclass(frozen=True)
class Saying:
    """What a package says of itself to a reader."""

    what: str
    licence: str = OWN_LICENCE


SEGMENTS = Saying("Skin lesion segmentation: photo in, probability of lesion out.")


@dataclass(frozen=True)
class Making:
    """What a package was made from, and when; hashes are SHA-256, hexadecimal."""

    date: str
    commit: str
    members: Sequence[Member]
    training_pairs: int
    training_data_sha256: str

    def metadata(self) -> dict[str, str]:
        """What the package says of itself."""
        return {
            FRAMING_KEY: "fit",
            "org.nevus.date": self.date,
            "org.nevus.commit": self.commit,
            "org.nevus.seed": " ".join(str(one.recipe.seed) for one in self.members),
            "org.nevus.epoch": " ".join(str(one.epoch) for one in self.members),
            "org.nevus.training_data_sha256": self.training_data_sha256,
        }


@dataclass(frozen=True)
class Report:
    """All that is said of a converted package; `dev` has figures for each kind of photo.

    `fitted` is what held-out photos of training decided, `confidence` how far it holds on dev: for
    each kind, and for `all`; `presence` the same of its word on whether there is a lesion.
    """

    origin: Making
    fitted: Fitted
    confidence: Mapping[str, Confidence]
    presence: Mapping[str, Presence | None]
    parameters: int
    multiply_accumulates: int
    package_sha256: str
    parity: Parity
    dev: Mapping[str, Evaluation]
    aimodel: SecondForm | None
    """Core AI's form of it, None where none could be made."""


def convert(
    network: nn.Module,
    size: Size,
    target: Path,
    metadata: Mapping[str, str],
    saying: Saying = SEGMENTS,
) -> None:
    """Trace a network and save it as an ML Program, float16, for iOS 17 / macOS 14 and later.

    The network takes float (1, 3, height, width) from 0 to 1. The published recipe: PyTorch, trace,
    coremltools with an ImageType.
    """
    import coremltools as ct

    picture = (1, 3, size.height, size.width)
    rounded = round_weights(network, size)
    # Whether it computes what the network does is seen on photos, not on noise traced once more.
    traced = torch.jit.trace(  # type: ignore[no-untyped-call]
        rounded, torch.rand(picture), check_trace=False
    )
    photo = ct.ImageType(
        name="photo", shape=picture, scale=1 / 255, color_layout=ct.colorlayout.RGB
    )
    model = ct.convert(
        traced,
        inputs=[photo],
        outputs=[ct.TensorType(name="probability", dtype=np.float32)],
        minimum_deployment_target=ct.target.iOS17,
        convert_to="mlprogram",
        compute_precision=ct.precision.FLOAT16,
    )
    model.short_description = saying.what
    model.license = saying.licence
    model.user_defined_metadata.update(metadata)
    model.save(str(target))


def by_kind(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Pairs by their kind of photo, `all` where they have none."""
    kinds: dict[str, list[Pair]] = {}
    for pair in pairs:
        kinds.setdefault(pair.row.get("kind", "all"), []).append(pair)
    return dict(sorted(kinds.items()))


def evaluate_by_kind(segmenter: Segmenter, pairs: Sequence[Pair]) -> dict[str, Evaluation]:
    """A segmenter's figures for each kind of photo."""
    return {
        kind: evaluate(segmenter, chosen, lambda _done: None)
        for kind, chosen in by_kind(pairs).items()
    }


def measure_by_kind(segmenter: Segmenter, pairs: Sequence[Pair]) -> dict[str, Confidence]:
    """How far a segmenter's word holds for each kind of photo, and for all of them together."""
    return {
        kind: measure_confidence(segmenter, chosen)
        for kind, chosen in {**by_kind(pairs), "all": pairs}.items()
    }


def trace_origin(members: Sequence[Member], data: Path) -> Making:
    """Where checkpoints come from; the data are what `models.train.loop` trains on."""
    trained = [pair for pair in read_pairs(data, common(members).where) if not held_out(pair)]
    return Making(
        date=datetime.now(UTC).date().isoformat(),
        commit=current_commit(),
        members=members,
        training_pairs=len(trained),
        training_data_sha256=hash_of_pairs(trained),
    )


def common(members: Sequence[Member]) -> Recipe:
    """A recipe that speaks for all. Raises UnfitRun where size or kind of photo differ."""
    first, *others = [member.recipe for member in members]
    if any((one.size, one.kind) != (first.size, first.kind) for one in others):
        raise UnfitRun("The checkpoints were trained at other sizes or on other kinds of photo.")
    return first


def current_commit() -> str:
    """The commit of the code that makes packages, or `unknown`."""
    command = ["git", "rev-parse", "HEAD"]
    here = Path(__file__).parent
    try:
        answer = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()


def convert_checkpoints(
    checkpoints: Sequence[Path],
    target: Path,
    data: Path,
    proving: Proving = AS_EVER,
    licence: str = OWN_LICENCE,
) -> Report:
    """Convert checkpoints, prove and measure the package, and only then put it in place.

    `proving` holds its forms against each other on dev. Where the extra for it is installed, the
    .aimodel is made of the same network and proven likewise; where not, one that lies there goes,
    for it would be another network's.

    Raises ParityError, PairsError where `data` has no train or dev split or a pair can't be read,
    PhotoError, and UnfitRun where there are too few held-out pairs to calibrate on, a file is no
    checkpoint, or the checkpoints don't go together.
    """
    # On two busy cores a second thread made a network this small twelve times slower.
    torch.set_num_threads(1)
    exported, members = load_checkpoints(checkpoints)
    recipe, source = common(members), trace_origin(members, data)
    dev = read_pairs(data, {"split": "dev"})
    apart = [pair for pair in read_pairs(data, recipe.where) if held_out(pair)]
    fitted = fit_confidence(exported, apart, recipe.size)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        convert(
            exported,
            Size(recipe.size, recipe.size),
            made,
            {**source.metadata(), **fitted.metadata()},
            replace(SEGMENTS, licence=licence),
        )
        segmenter = open_segmenter(made, "onnxruntime")
        found = parity(exported, segmenter, proving.watched(dev))
        proving.first(found)
        second = aimodel_beside(made)
        aimodel = (
            None
            if no_second_form() or not proving.second_form
            else make_second_form(exported, segmenter, second, proving.watched(dev), CHECKPOINTS)
        )
        if aimodel is not None:
            proving.check(aimodel.agreement)
        report = Report(
            origin=source,
            fitted=fitted,
            confidence=measure_by_kind(segmenter, dev),
            presence={k: measure_presence(segmenter, those) for k, those in by_kind(dev).items()},
            parameters=parameters(exported),
            multiply_accumulates=multiply_accumulates(exported, recipe.size),
            package_sha256=segmenter.info.hash,
            parity=found,
            dev=evaluate_by_kind(segmenter, dev),
            aimodel=aimodel,
        )
        replace_with(made, target)
        shutil.rmtree(aimodel_beside(target), ignore_errors=True)
        if aimodel is not None:
            second.rename(aimodel_beside(target))
    target.with_suffix(".json").write_text(json.dumps(asdict(report), indent=2) + "\n")
    return report
