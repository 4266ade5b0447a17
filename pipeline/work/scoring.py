"""What a scorer's process is asked: which photo a file holds, and its lesion's outline.

Whoever only asks imports no decoder: that is the bench's, which is made in the process.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imaging.photo import USUAL_MEMORY
from imaging.values import Fingerprint, Measurements, Prediction, Rle
from models.run.setup import ModelSetup
from pipeline.work.jobs import Tell
from pipeline.work.memory import BESIDE

if TYPE_CHECKING:
    from models.package.package import PackageInfo
    from pipeline.work.model_bench import ModelBench


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
        from pipeline.work.model_bench import ModelBench

        return ModelBench(self.model, tell, self.memory)

    def spare(self) -> "ScorerSetup":
        """The CPU alone: Core ML's Neural Engine has been seen to end the process."""
        return ScorerSetup(self.model.on_cpu(), self.memory)


@dataclass(frozen=True)
class FingerprintJob:
    """What a file and the picture in it are."""

    path: Path
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = False

    def run(self, bench: "ModelBench") -> Fingerprint:
        """Hash it, and prove that it can be decoded completely. Raises PhotoError."""
        return bench.prove(self.path)


@dataclass(frozen=True)
class SegmentJob:
    """Outline the lesion of one photo."""

    path: Path
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = True

    def run(self, bench: "ModelBench") -> Segmented:
        """Segment it. Raises PhotoError and ModelError."""
        return bench.segment(*bench.read(self.path))


@dataclass(frozen=True)
class TakeInJob:
    """Outline a photo, unless its content hash is one of those that are outlined already."""

    path: Path
    outlined: frozenset[str]
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = True

    def run(self, bench: "ModelBench") -> Segmented | Fingerprint:
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

    def run(self, bench: "ModelBench") -> "PackageInfo":
        """Open the model, if it is not open yet. Raises ModelError."""
        return bench.segmenter().info


@dataclass(frozen=True)
class BackendJob:
    """What executes the model."""

    reads: ClassVar[bool] = False
    opens: ClassVar[bool] = True

    def run(self, bench: "ModelBench") -> str:
        """Open the model, if it is not open yet. Raises ModelError."""
        return bench.segmenter().backend
