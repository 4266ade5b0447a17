"""The second form of a package: the .aimodel beside it, from the same network, proven on photos."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import nn

from models.evaluate.pairs import Pair, read_pairs
from models.package.aimodel import aimodel_beside, aimodel_hash
from models.run.coreai_backend import CoreAIBackend, why_not
from models.run.segmenter import Segmenter, open_segmenter
from models.ship.aimodel import write_aimodel
from models.ship.parity import Agreement, Parity, agree
from models.ship.read_back import read_back
from models.train.recipe import UnfitRun

CHECKPOINTS, PACKAGE = "checkpoints", "the package's own weights"
EXTRA = "pip install 'nevus[coreai-workshop]'"
_MAKERS = ("coreai-core", "coreai-torch", "torch")

Watched = Callable[[Sequence[Pair]], Iterable[Pair]]
"""Passes on the pairs that the forms are held against each other on."""


@dataclass(frozen=True)
class SecondForm:
    """What is said of an .aimodel: `made_from` is where the network came from.

    `program_sha256` is of its own program; the hash it carries is that of the package.
    """

    made_from: str
    made_with: str
    program_sha256: str
    bytes: int
    agreement: Agreement


@dataclass(frozen=True)
class Proving:
    """How forms are held against each other: who watches, and what raises where they are apart."""

    watched: Watched = iter
    check: Callable[[Agreement], None] = Agreement.check
    first: Callable[[Parity], None] = Parity.check
    """Of package and torch alone."""
    second_form: bool = True
    """Whether an .aimodel is made where one can be: seconds a photo."""


AS_EVER = Proving()
"""Nobody watches, and the limits of `models.ship.parity` hold."""


def no_second_form() -> str:
    """Why no .aimodel can be made here, as a sentence; empty if one can."""
    if why_not():
        return why_not()
    if find_spec("coreai_torch") is None:
        return f"An .aimodel is made with coreai-torch, which is not installed: {EXTRA}."
    return ""


def make_second_form(
    network: nn.Module,
    package: Segmenter,
    target: Path,
    pairs: Iterable[Pair],
    made_from: str,
) -> SecondForm:
    """Write the .aimodel of a network at `target` and measure it against torch and package.

    Raises ModelError, PhotoError; whether the three agree is for who asked to check.
    """
    write_aimodel(network, package.info, target)
    agreement = agree(network, package, Segmenter(CoreAIBackend(target, "CPU_ONLY")), pairs)
    return SecondForm(
        made_from=made_from,
        made_with=", ".join(f"{name} {_version(name)}" for name in _MAKERS),
        program_sha256=aimodel_hash(target),
        bytes=sum(file.stat().st_size for file in target.iterdir()),
        agreement=agreement,
    )


def add_second_form(package: Path, data: Path, watched: Watched = iter) -> SecondForm:
    """Make the .aimodel of a package that is there, prove it, and only then put it in place.

    The network is read back out of the package, whose JSON says of it afterwards what was measured.
    Raises ParityError, ModelError, PairsError, PhotoError, and UnfitRun where JSON and package
    don't go together or none can be made here.
    """
    reason = no_second_form()
    if reason:
        raise UnfitRun(reason)
    torch.set_num_threads(1)
    network, segmenter = read_back(package), open_segmenter(package, "onnxruntime")
    dev, target = read_pairs(data, {"split": "dev"}), aimodel_beside(package)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        found = make_second_form(network, segmenter, made, watched(dev), PACKAGE)
        found.agreement.check()
        replace_with(made, target)
    _add_to_card(package, found)
    return found


def replace_with(made: Path, target: Path) -> None:
    """Put a folder in place of another."""
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)


def _add_to_card(package: Path, found: SecondForm) -> None:
    card = package.with_suffix(".json")
    said = json.loads(card.read_text(encoding="utf-8"))
    said["aimodel"] = asdict(found)
    card.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
