"""A process that decodes for the screen alone, so that the screen never waits behind the batch."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from imaging.framing import Framing, Probabilities
from imaging.mask.marks import Marks
from imaging.mask.window import Window
from imaging.photo import USUAL_MEMORY
from models.package.shipped import shipped_refiner
from models.run.setup import ModelSetup
from pipeline.settings import Settings
from pipeline.settings_table import TIME_LIMIT
from pipeline.work.refining import Refined, RefineJob, SideJob
from pipeline.work.shelf import Viewed
from pipeline.work.turns import Urgency
from pipeline.work.viewing import (
    MOST_BYTES,
    AheadJob,
    RegionJob,
    ViewerSetup,
    ViewJob,
)
from pipeline.work.worker import Worker

if TYPE_CHECKING:
    from pipeline.work.picture_bench import PictureBench


class Viewer:
    """Photos for the screen, whole and small or a part at a size, each with its fingerprint.

    Beside them a network that mends outlines, which wants a photo whole as well.
    The last ones are kept at full size in the process, at most `most_bytes` of them, and no longer
    than their files stay as they are; only what is shown crosses the pipe. Methods block and may be
    called from any thread. They raise PhotoError, PhotoTooSlow, WorkerDied, JobFailed and, after
    `close`, WorkerClosed.
    """

    def __init__(
        self,
        time_limit: float = TIME_LIMIT,
        most_bytes: int = MOST_BYTES,
        memory: int = USUAL_MEMORY,
        refiner: ModelSetup | None = None,
    ) -> None:
        self._refiner = refiner or ModelSetup(shipped_refiner())
        setup = ViewerSetup(self._refiner, most_bytes, memory)
        self._worker: Worker[PictureBench] = Worker(setup, time_limit)
        self._side: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Viewer":
        """With such limits and such a runtime as the settings say."""
        memory = settings.photo_bytes()
        return cls(settings.time_limit, memory=memory, refiner=settings.refiner())

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._worker.pid

    def expect(self) -> None:
        """A photo will be asked for soon: start the process meanwhile."""
        threading.Thread(target=self._worker.start, name="viewer's start", daemon=True).start()

    def view(self, path: Path, longest: int, urgency: Urgency = Urgency.SCREEN) -> Viewed:
        """The whole photo, its longer side at most `longest` pixels."""
        return self._worker.ask(ViewJob(path, longest), urgency, path)

    def region(self, path: Path, framing: Framing) -> Viewed:
        """What a framing shows of the photo, uint8 (gh, gw, 3), made from its full resolution.

        The first time the photo is decoded whole, unless it was asked for ahead.
        """
        return self._worker.ask(RegionJob(path, framing), Urgency.SCREEN, path)

    def ahead(self, path: Path) -> None:
        """Have the photo decoded whole while nobody waits; says nothing of one that can't be."""
        self._worker.ask(AheadJob(path), Urgency.BACKGROUND, path)

    def refiner_side(self) -> int:
        """How many pixels a refiner sees a side; the first time it is opened. Raises ModelError."""
        if self._side is None:
            self._side = self._worker.ask(SideJob(), Urgency.SCREEN, self._refiner.package)
        return self._side

    def refine(self, path: Path, window: Window, outline: Probabilities, marks: Marks) -> Refined:
        """A better outline, float32 (side, side), of one in a window of the photo.

        The marks are in the window's pixels. Raises ModelError too.
        """
        return self._worker.ask(RefineJob(path, window, outline, marks), Urgency.SCREEN, path)

    def close(self) -> None:
        """End the process; what waits for it raises WorkerClosed."""
        self._worker.close()
