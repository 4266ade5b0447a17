"""A Core ML package on disk: what it takes, what it gives, and a hash of what it computes."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from imaging.framing import FRAMINGS, Size
from imaging.values import NO_LESION_BELOW
from models.package.interface import PROBABILITY, NotTaken, check_kind, map_output, picture_input
from models.package.messages import model_messages

DEFAULT_THRESHOLD = 0.5
_DATA = Path("Data") / "com.apple.CoreML"
THRESHOLD_KEY = "org.nevus.threshold"
FRAMING_KEY = "org.nevus.framing"
JACCARD_SLOPE_KEY = "org.nevus.jaccard_slope"
JACCARD_INTERCEPT_KEY = "org.nevus.jaccard_intercept"
LESION_SLOPE_KEY = "org.nevus.lesion_slope"
LESION_INTERCEPT_KEY = "org.nevus.lesion_intercept"
OWN_LICENCE = "Apache-2.0"
LONGEST_LICENCE = 60
HIGHEST_PEAK = 0.9995
"""Beyond it float16, in which maps are kept, hardly tells one probability from the next."""


class ModelError(Exception):
    """A model that can't be used; the message says which, why, and what to do."""


class NotAPackage(ModelError):
    """What was named as a model is something else."""


class NoNumbers(ModelError):
    """A model that computed values which are no numbers, perhaps where it runs and nowhere else."""


@dataclass(frozen=True)
class PackageInfo:
    """What a package says of itself.

    `hash` is the SHA-256 of its program and weights: `Manifest.json`, which holds random
    identifiers, doesn't count. `threshold` turns its probabilities into a mask. The Jaccard to
    predict of a mask is `jaccard_intercept` + `jaccard_slope` times what its probabilities expect,
    where there is a lesion; how sure that is, `lesion_slope` and `lesion_intercept` tell from the
    greatest probability's logit (no slope: it doesn't say). `license` is empty if not said.
    `colour` is how its picture's channels lie, `output` what its map holds (see
    `models.package.interface`).
    """

    name: str
    hash: str
    input_name: str
    input_size: Size
    output_name: str
    framing: str = "fit"
    threshold: float = DEFAULT_THRESHOLD
    jaccard_slope: float = 1.0
    jaccard_intercept: float = 0.0
    lesion_slope: float | None = None
    lesion_intercept: float = 0.0
    colour: str = "RGB"
    output: str = PROBABILITY
    license: str = ""

    @property
    def title(self) -> str:
        """Its name, and its licence where that is another than nevus's own."""
        terms = " ".join(self.license.split())
        if terms in {"", OWN_LICENCE}:
            return self.name
        return f"{self.name} ({terms[:LONGEST_LICENCE]})"

    def lesion_probability(self, peak: float) -> float | None:
        """How sure it is that there is a lesion where a map's greatest probability is `peak`."""
        if self.lesion_slope is None:
            return None
        return 1 / (1 + math.exp(-self.lesion_intercept - self.lesion_slope * peak_logit(peak)))

    def predicted_jaccard(self, expected: float, lesion: float | None = None) -> float:
        """The Jaccard to predict, from 0 to 1, where the probabilities expect `expected`.

        It is 0 where there is no lesion, so where there is perhaps none it counts as little as it
        is sure that there is one. Above that limit the map's peak would only blur the order.
        """
        told = min(1.0, max(0.0, self.jaccard_intercept + self.jaccard_slope * expected))
        return told if lesion is None or lesion >= NO_LESION_BELOW else told * lesion


def peak_logit(peak: float) -> float:
    """The logit of a map's greatest probability, within what float16 can tell apart."""
    held = min(HIGHEST_PEAK, max(1 - HIGHEST_PEAK, peak))
    return math.log(held / (1 - held))


def check_package(path: Path) -> None:
    """Raise ModelError where there is no ML Program package at `path`."""
    shown = str(path)
    if not path.exists():
        raise ModelError(
            f"There is no model at {shown}. "
            "Name an .mlpackage with --model, or install nevus again."
        )
    if not (path / "Manifest.json").is_file() or not program_file(path).is_file():
        raise NotAPackage(f"{shown} is not an .mlpackage (a folder with Manifest.json and Data).")
    try:
        whole = "rootModelIdentifier" in json.loads((path / "Manifest.json").read_bytes())
    except (OSError, ValueError, TypeError):
        whole = False
    if not whole:
        raise ModelError(f"{shown} is damaged: its Manifest.json can't be read. Copy it again.")


def program_file(path: Path) -> Path:
    """The file with the package's program."""
    return path / _DATA / "model.mlmodel"


def weights_folder(path: Path) -> Path:
    """The folder with the package's weights."""
    return path / _DATA / "weights"


def package_hash(path: Path) -> str:
    """SHA-256, hexadecimal, of program and weights. Raises ModelError."""
    digest = sha256()
    try:
        for file in _hashed_files(path):
            digest.update(file.name.encode() + b"\0")
            digest.update(sha256(file.read_bytes()).digest())
    except OSError as error:
        raise ModelError(
            f"{path} can't be read ({error}). Change its permissions, or copy it again."
        ) from error
    return digest.hexdigest()


def read_package(path: Path) -> PackageInfo:
    """Read a package's description. Raises ModelError."""
    check_package(path)
    spec = read_spec(path)
    metadata = dict(spec.description.metadata.userDefined)
    with damage_said(path):
        try:
            check_kind(spec)
            name, size, colour = picture_input(spec.description)
            output_name, output = map_output(spec, metadata)
        except NotTaken as reason:
            raise ModelError(f"{path} {reason}") from reason
    return PackageInfo(
        name=path.stem,
        hash=package_hash(path),
        input_name=name,
        input_size=size,
        output_name=output_name,
        framing=said_framing(path, metadata),
        threshold=said_threshold(path, metadata),
        jaccard_slope=said_number(path, metadata, JACCARD_SLOPE_KEY, 1.0),
        jaccard_intercept=said_number(path, metadata, JACCARD_INTERCEPT_KEY, 0.0),
        lesion_slope=(
            said_number(path, metadata, LESION_SLOPE_KEY, 0.0)
            if LESION_SLOPE_KEY in metadata
            else None
        ),
        lesion_intercept=said_number(path, metadata, LESION_INTERCEPT_KEY, 0.0),
        colour=colour,
        output=output,
        license=str(spec.description.metadata.license),
    )


def read_spec(path: Path) -> Any:
    """A package's protobuf specification. Raises ModelError."""
    # Not load_spec: it opens the package for writing and saves Manifest.json again, which a
    # package installed by an administrator doesn't allow.
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        return model_messages().Model.FromString(program_file(path).read_bytes())
    except (DecodeError, OSError) as error:
        raise _damaged(path, error) from error


@contextmanager
def damage_said(path: Path) -> Iterator[None]:
    """In the block what a package can't have been made with is told as its damage: ModelError."""
    try:
        yield
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ModelError:
    return ModelError(f"{path} is damaged and can't be read ({error}). Copy it again.")


def _hashed_files(path: Path) -> Iterator[Path]:
    yield program_file(path)
    yield from sorted(file for file in weights_folder(path).glob("*") if file.is_file())


def said_framing(path: Path, metadata: dict[str, str]) -> str:
    """The framing that a model asks for. Raises ModelError."""
    name = metadata.get(FRAMING_KEY, "fit")
    if name not in FRAMINGS:
        raise ModelError(f"{path} wants the framing {name}; nevus has {', '.join(FRAMINGS)}.")
    return name


def said_threshold(path: Path, metadata: dict[str, str]) -> float:
    """The threshold that a model asks for. Raises ModelError."""
    value = said_number(path, metadata, THRESHOLD_KEY, DEFAULT_THRESHOLD)
    if not 0 < value < 1:
        raise ModelError(f"{path} has the threshold {value:g}; it lies between 0 and 1.")
    return value


def said_number(path: Path, metadata: dict[str, str], key: str, default: float) -> float:
    """A number that a model says of itself. Raises ModelError."""
    text = metadata.get(key, str(default))
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ModelError(f"{path} says {text} for {key}, which is no number. Convert it again.")
    return value
