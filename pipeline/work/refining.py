"""What the viewer's process does with a refiner: it has the photo whole, and opens the network."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from imaging.framing import Probabilities
from imaging.mask.marks import Marks
from imaging.mask.window import Window
from imaging.values import Fingerprint
from models.run.setup import ModelSetup
from pipeline.work.shelf import Whole

if TYPE_CHECKING:
    from models.run.refiner import NetworkRefiner


@dataclass(frozen=True, eq=False)
class Refined:
    """A better outline in a window, float32 (side, side), and which photo it is of."""

    fingerprint: Fingerprint
    outline: Probabilities


class Refining:
    """The network, opened when it is first asked for: most photos need none."""

    def __init__(self, setup: ModelSetup) -> None:
        self._setup = setup
        self._refiner: NetworkRefiner | None = None

    def refiner(self) -> "NetworkRefiner":
        """The opened network. Raises ModelError."""
        if self._refiner is None:
            self._refiner = self._setup.open_refiner()
        return self._refiner


class RefiningBench(Protocol):
    """What a process needs to refine."""

    refining: Refining

    def open(self) -> None:
        """Open the network."""

    def whole(self, path: Path) -> Whole:
        """A photo at its full size. Raises PhotoError."""
        ...


@dataclass(frozen=True)
class SideJob:
    """How many pixels the refiner sees a side."""

    reads: ClassVar[bool] = False
    opens: ClassVar[bool] = True

    def run(self, bench: RefiningBench) -> int:
        """Say so. Raises ModelError."""
        return bench.refining.refiner().side


@dataclass(frozen=True, eq=False)
class RefineJob:
    """Mend an outline, float32 (side, side), in a window of a photo, at the window's marks."""

    path: Path
    window: Window
    outline: Probabilities
    marks: Marks
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = True

    def run(self, bench: RefiningBench) -> Refined:
        """Look through the window, and run the network. Raises PhotoError and ModelError."""
        from models.run.refiner import stacked

        whole = bench.whole(self.path)
        picture = self.window.cut(whole.levels[0], len(self.outline))
        seen = stacked(picture, self.outline, self.marks)
        return Refined(whole.fingerprint, bench.refining.refiner().refine(seen))
