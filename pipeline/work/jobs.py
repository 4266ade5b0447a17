"""What the worker process does: jobs that travel to it, and the answers that come back.

A job that needs a file reads it once, so that what was hashed is what was decoded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from imaging.decode.photo import Photo, PhotoFile, decode, fingerprint, read_file
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.mask.outline import draw_mask
from imaging.values import Fingerprint, Measurements, Prediction, Rle

if TYPE_CHECKING:
    from models.package.package import PackageInfo
    from models.run.segmenter import Segmenter

Answer_co = TypeVar("Answer_co", covariant=True)
PROOF_SIDE = 64
"""Pixels a side of the picture that only proves that a photo can be decoded."""


class Phase(Enum):
    """What a job is at; the worker tells it as it goes on, so that a hang can be explained."""

    READING = "reading"
    DECODING = "decoding"
    COMPUTING = "computing"


@dataclass(frozen=True)
class Setup:
    """Which model the worker opens, and how."""

    model: Path | None
    backend: str
    compute_units: str


@dataclass(frozen=True, eq=False)
class Segmented:
    """A photo's prediction with the mask that was drawn from it at `threshold`."""

    fingerprint: Fingerprint
    prediction: Prediction
    rle: Rle
    measurements: Measurements
    threshold: float


@dataclass(frozen=True, eq=False)
class Viewed:
    """A photo for the screen, and which one it is."""

    fingerprint: Fingerprint
    photo: Photo


class Bench:
    """What the worker keeps between jobs: the model, opened when it is first asked for.

    `tell` hears when a job comes to its next phase.
    """

    def __init__(self, setup: Setup, tell: Callable[[Phase], None] = lambda _phase: None) -> None:
        self._setup = setup
        self._tell = tell
        self._segmenter: Segmenter | None = None

    def segmenter(self) -> "Segmenter":
        """The opened model. Raises ModelError."""
        # Late: a folder whose photos are all known never pays for a runtime.
        from models.package.package import ModelError
        from models.run.segmenter import open_segmenter

        if self._setup.model is None:
            raise ModelError("No model was given: photos are stored, but not outlined.")
        if self._segmenter is None:
            self._segmenter = open_segmenter(
                self._setup.model, self._setup.backend, self._setup.compute_units
            )
        return self._segmenter

    def read(self, path: Path) -> tuple[PhotoFile, Fingerprint]:
        """A file's bytes and what they are. Raises PhotoError."""
        file = read_file(path)
        self._tell(Phase.DECODING)
        return file, fingerprint(file)

    def segment(self, file: PhotoFile, identity: Fingerprint) -> Segmented:
        """Decode, predict, draw and measure. Raises PhotoError and ModelError."""
        segmenter = self.segmenter()
        photo = decode(file, segmenter.decoded_side)
        self._tell(Phase.COMPUTING)
        prediction = segmenter.predict(photo)
        threshold = segmenter.info.threshold
        mask = draw_mask(prediction.grid, prediction.framing, threshold)
        return Segmented(identity, prediction, rle.encode(mask), measure(mask), threshold)


class Job(Protocol[Answer_co]):
    """Something the worker can do; it and its answer are pickled."""

    def run(self, bench: Bench, /) -> Answer_co:
        """Do it, in the worker process."""
        ...


@dataclass(frozen=True)
class FingerprintJob:
    """What a file and the picture in it are."""

    path: Path

    def run(self, bench: Bench) -> Fingerprint:
        """Hash it, and prove that it can be decoded completely. Raises PhotoError."""
        file, identity = bench.read(self.path)
        decode(file, PROOF_SIDE)
        return identity


@dataclass(frozen=True)
class SegmentJob:
    """Outline the lesion of one photo."""

    path: Path

    def run(self, bench: Bench) -> Segmented:
        """Segment it. Raises PhotoError and ModelError."""
        return bench.segment(*bench.read(self.path))


@dataclass(frozen=True)
class TakeInJob:
    """Outline a photo, unless its content hash is one of those that are outlined already."""

    path: Path
    outlined: frozenset[str]

    def run(self, bench: Bench) -> Segmented | Fingerprint:
        """Segment it, or say which photo it is. Raises PhotoError and ModelError."""
        file, identity = bench.read(self.path)
        if identity.content_hash in self.outlined:
            return identity
        return bench.segment(file, identity)


@dataclass(frozen=True)
class ViewJob:
    """A photo for the screen, its longer side at most `longest` pixels."""

    path: Path
    longest: int

    def run(self, bench: Bench) -> Viewed:
        """Decode it small. Raises PhotoError."""
        file, identity = bench.read(self.path)
        return Viewed(identity, decode(file, self.longest))


@dataclass(frozen=True)
class ModelJob:
    """What the model is."""

    def run(self, bench: Bench) -> "PackageInfo":
        """Open the model, if it is not open yet. Raises ModelError."""
        return bench.segmenter().info


@dataclass(frozen=True)
class BackendJob:
    """What executes the model."""

    def run(self, bench: Bench) -> str:
        """Open the model, if it is not open yet. Raises ModelError."""
        return bench.segmenter().backend
