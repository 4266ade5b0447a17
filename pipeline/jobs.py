"""What the worker process does: jobs that travel to it, and the answers that come back."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from imaging import rle
from imaging.measure import measure
from imaging.outline import draw_mask
from imaging.photo import Photo, fingerprint, read_photo
from imaging.values import Fingerprint, Measurements, Prediction, Rle

if TYPE_CHECKING:
    from models.package import PackageInfo
    from models.segmenter import Segmenter

Answer_co = TypeVar("Answer_co", covariant=True)


@dataclass(frozen=True)
class Setup:
    """Which model the worker opens, and how."""

    model: Path | None
    backend: str
    compute_units: str


@dataclass(frozen=True, eq=False)
class Segmented:
    """A prediction with the mask that was drawn from it at `threshold`."""

    prediction: Prediction
    rle: Rle
    measurements: Measurements
    threshold: float


class Bench:
    """What the worker keeps between jobs: the model, opened when it is first asked for."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._segmenter: Segmenter | None = None

    def segmenter(self) -> "Segmenter":
        """The opened model. Raises ModelError."""
        # Late: a folder whose photos are all known never pays for a runtime.
        from models.package import ModelError
        from models.segmenter import open_segmenter

        if self._setup.model is None:
            raise ModelError("No model was given: photos are stored, but not outlined.")
        if self._segmenter is None:
            self._segmenter = open_segmenter(
                self._setup.model, self._setup.backend, self._setup.compute_units
            )
        return self._segmenter


class Job(Protocol[Answer_co]):
    """Something the worker can do; it and its answer are pickled."""

    def run(self, bench: Bench, /) -> Answer_co:
        """Do it, in the worker process."""
        ...


@dataclass(frozen=True)
class FingerprintJob:
    """What a file and the picture in it are."""

    path: Path

    def run(self, _bench: Bench) -> Fingerprint:
        """Read the file once. Raises PhotoError."""
        return fingerprint(self.path)


@dataclass(frozen=True)
class SegmentJob:
    """Outline the lesion of one photo."""

    path: Path

    def run(self, bench: Bench) -> Segmented:
        """Decode, predict, draw and measure. Raises PhotoError and ModelError."""
        segmenter = bench.segmenter()
        photo = read_photo(self.path, segmenter.decoded_side)
        prediction = segmenter.predict(photo)
        threshold = segmenter.info.threshold
        mask = draw_mask(prediction.grid, prediction.framing, threshold)
        return Segmented(prediction, rle.encode(mask), measure(mask), threshold)


@dataclass(frozen=True)
class ViewJob:
    """A photo for the screen, its longer side at most `longest` pixels."""

    path: Path
    longest: int

    def run(self, _bench: Bench) -> Photo:
        """Decode it small. Raises PhotoError."""
        return read_photo(self.path, self.longest)


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
