"""What a scorer's process does: it reads a photo once, and outlines what it read.

What was hashed is what was decoded.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imaging.decode.memory import USUAL_MEMORY
from imaging.decode.photo import PhotoFile, decode, fingerprint, read_file
from imaging.mask import rle
from imaging.mask.measure import measured
from imaging.mask.outline import draw_part
from imaging.values import Fingerprint, Measurements, Prediction, Rle
from models.run.setup import ModelSetup
from pipeline.work.jobs import Phase, Tell
from pipeline.work.memory import BESIDE

if TYPE_CHECKING:
    from models.package.package import PackageInfo
    from models.run.segmenter import Segmenter

PROOF_SIDE = 64
"""Pixels a side of the picture that only proves that a photo can be decoded."""


@dataclass(frozen=True, eq=False)
class Segmented:
    """A photo's prediction with the mask that was drawn from it at `threshold`."""

    fingerprint: Fingerprint
    prediction: Prediction
    rle: Rle
    measurements: Measurements
    threshold: float


@dataclass(frozen=True)
class ScorerSetup:
    """A process that runs this model; a photo may take `memory` bytes."""

    model: ModelSetup
    memory: int = USUAL_MEMORY

    @property
    def most_growth(self) -> int:
        """See Setup."""
        return self.memory + BESIDE

    def bench(self, tell: Tell) -> "ModelBench":
        """A bench without a model, as yet."""
        return ModelBench(self.model, tell, self.memory)

    def spare(self) -> "ScorerSetup":
        """The CPU alone: Core ML's Neural Engine has been seen to end the process."""
        return ScorerSetup(self.model.on_cpu(), self.memory)


class ModelBench:
    """The model, opened when it is first asked for: a folder of known photos pays for no runtime.

    `tell` hears when a job comes to its next phase. `memory` is what a photo may take, in bytes.
    """

    def __init__(
        self,
        setup: ModelSetup,
        tell: Tell = lambda _phase: None,
        memory: int = USUAL_MEMORY,
    ) -> None:
        self.memory = memory
        self._setup = setup
        self._tell = tell
        self._segmenter: Segmenter | None = None

    def open(self) -> None:
        """Open the model, if it is not open yet. Raises ModelError."""
        self.segmenter()

    def segmenter(self) -> "Segmenter":
        """The opened model. Raises ModelError."""
        if self._segmenter is None:
            self._segmenter = self._setup.open()
        return self._segmenter

    def read(self, path: Path) -> tuple[PhotoFile, Fingerprint]:
        """A file's bytes and what they are. Raises PhotoError."""
        file = read_file(path)
        self._tell(Phase.DECODING)
        return file, fingerprint(file, self.memory)

    def segment(self, file: PhotoFile, identity: Fingerprint) -> Segmented:
        """Decode, predict, draw and measure. Raises PhotoError and ModelError."""
        segmenter = self.segmenter()
        photo = decode(file, segmenter.decoded_side, self.memory)
        self._tell(Phase.COMPUTING)
        prediction = segmenter.predict(photo)
        threshold = segmenter.info.threshold
        drawn, size = draw_part(prediction.grid, prediction.framing, threshold), photo.size
        mask = rle.encode_part(drawn, size)
        return Segmented(identity, prediction, mask, measured(drawn.area, size), threshold)


@dataclass(frozen=True)
class FingerprintJob:
    """What a file and the picture in it are."""

    path: Path
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = False

    def run(self, bench: ModelBench) -> Fingerprint:
        """Hash it, and prove that it can be decoded completely. Raises PhotoError."""
        file, identity = bench.read(self.path)
        decode(file, PROOF_SIDE, bench.memory)
        return identity


@dataclass(frozen=True)
class SegmentJob:
    """Outline the lesion of one photo."""

    path: Path
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = True

    def run(self, bench: ModelBench) -> Segmented:
        """Segment it. Raises PhotoError and ModelError."""
        return bench.segment(*bench.read(self.path))


@dataclass(frozen=True)
class TakeInJob:
    """Outline a photo, unless its content hash is one of those that are outlined already."""

    path: Path
    outlined: frozenset[str]
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = True

    def run(self, bench: ModelBench) -> Segmented | Fingerprint:
        """Segment it, or say which photo it is. Raises PhotoError and ModelError."""
        file, identity = bench.read(self.path)
        if identity.content_hash in self.outlined:
            return identity
        return bench.segment(file, identity)


@dataclass(frozen=True)
class ModelJob:
    """What the model is."""

    reads: ClassVar[bool] = False
    opens: ClassVar[bool] = True

    def run(self, bench: ModelBench) -> "PackageInfo":
        """Open the model, if it is not open yet. Raises ModelError."""
        return bench.segmenter().info


@dataclass(frozen=True)
class BackendJob:
    """What executes the model."""

    reads: ClassVar[bool] = False
    opens: ClassVar[bool] = True

    def run(self, bench: ModelBench) -> str:
        """Open the model, if it is not open yet. Raises ModelError."""
        return bench.segmenter().backend
