"""What the viewer's process is asked: photos for the screen, and better outlines of them.

Whoever only asks imports no decoder: that is the bench's, which is made in the process.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imaging.framing import Framing
from imaging.photo import USUAL_MEMORY
from models.run.setup import ModelSetup
from pipeline.work.jobs import Tell
from pipeline.work.memory import BESIDE
from pipeline.work.refining import Refining
from pipeline.work.shelf import Viewed

if TYPE_CHECKING:
    from pipeline.work.picture_bench import PictureBench

MOST_BYTES = 512 * 2**20
"""Of kept pictures: fourteen of 12 megapixels, or the one that is larger than that."""


@dataclass(frozen=True)
class ViewerSetup:
    """A process that decodes for the screen, and mends outlines with `refiner`.

    A photo may take `memory` bytes.
    """

    refiner: ModelSetup
    most_bytes: int = MOST_BYTES
    memory: int = USUAL_MEMORY

    @property
    def most_growth(self) -> int:
        """See Setup; one photo may be decoded ahead while another one is asked for."""
        return 2 * self.memory + BESIDE

    def bench(self, tell: Tell) -> "PictureBench":
        """An empty shelf, and a thread that decodes ahead."""
        from pipeline.work.picture_bench import PictureBench

        return PictureBench(Refining(self.refiner), self.most_bytes, tell, self.memory)

    def spare(self) -> "ViewerSetup":
        """The CPU alone for the refiner: Core ML's Neural Engine has been seen to end a process."""
        return replace(self, refiner=self.refiner.on_cpu())


@dataclass(frozen=True)
class ViewJob:
    """A photo for the screen, its longer side at most `longest` pixels."""

    path: Path
    longest: int
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = False

    def run(self, bench: "PictureBench") -> Viewed:
        """Decode it small, unless it is kept whole. Raises PhotoError."""
        return bench.small(self.path, self.longest)


@dataclass(frozen=True)
class RegionJob:
    """What a framing shows of a photo."""

    path: Path
    framing: Framing
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = False

    def run(self, bench: "PictureBench") -> Viewed:
        """Lay it on the grid, from full resolution. Raises PhotoError."""
        return bench.whole(self.path).region(self.framing)


@dataclass(frozen=True)
class AheadJob:
    """A photo that the screen is about to show."""

    path: Path
    reads: ClassVar[bool] = False
    opens: ClassVar[bool] = False

    def run(self, bench: "PictureBench") -> None:
        """Have it decoded while nothing else is asked for."""
        bench.wish(self.path)
