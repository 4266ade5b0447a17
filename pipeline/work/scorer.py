"""Who outlines photos: the seam, and the one process behind it."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from imaging.decode.memory import USUAL_MEMORY
from imaging.values import Fingerprint
from models.run.setup import ModelSetup
from pipeline.errors import WorkerClosed
from pipeline.settings import TIME_LIMIT
from pipeline.work.jobs import Job
from pipeline.work.scoring import (
    BackendJob,
    FingerprintJob,
    ModelBench,
    ModelJob,
    ScorerSetup,
    Segmented,
    SegmentJob,
    TakeInJob,
)
from pipeline.work.turns import Urgency
from pipeline.work.worker import Worker

if TYPE_CHECKING:
    from models.package.package import PackageInfo

Answer = TypeVar("Answer")


class Scorer(Protocol):
    """Takes files and gives back what became of each, as they are ready, in any order.

    What does the work may die, hang or run short of memory: that costs a try, and a photo it keeps
    happening to. Any thread may call it. Futures and calls raise PhotoError (the file),
    PhotoUnavailable and WorkerDied (bad luck, perhaps), PhotoTooSlow, JobFailed, ModelError where
    the model is needed, and WorkerClosed after `close`.
    """

    @property
    def room(self) -> int:
        """How many files keep it busy; more handed over at once only wait."""
        ...

    def model(self) -> "PackageInfo":
        """What the model is; blocks until it is open."""
        ...

    def backend(self) -> str:
        """What executes the model, `onnxruntime` or `coreml`; blocks until it is open."""
        ...

    def fingerprint(self, path: Path) -> Future[Fingerprint]:
        """What a file and the picture in it are, once all of it could be decoded."""
        ...

    def take_in(self, path: Path, outlined: frozenset[str]) -> Future[Segmented | Fingerprint]:
        """Outline a photo, unless its content hash is in `outlined`: then say which it is."""
        ...

    def segment(self, path: Path) -> Segmented:
        """Outline one photo that somebody waits for, ahead of all others; blocks."""
        ...

    def close(self) -> None:
        """End the work; what runs is given up."""
        ...


class OneProcess:
    """The scorer that is one process on this machine, started when it is first needed."""

    room = 2
    """One photo in work and one that waits, so that none is waited for while the last is stored."""

    def __init__(
        self, setup: ModelSetup, time_limit: float = TIME_LIMIT, memory: int = USUAL_MEMORY
    ) -> None:
        self._package = setup.package
        self._worker: Worker[ModelBench] = Worker(ScorerSetup(setup, memory), time_limit)
        # They only wait for the process, whose jobs come one by one in the order they took a turn.
        self._threads = ThreadPoolExecutor(self.room, "scorer")
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._worker.pid

    def model(self) -> "PackageInfo":
        """See Scorer."""
        return self._worker.ask(ModelJob(), Urgency.SCREEN, self._package)

    def backend(self) -> str:
        """See Scorer."""
        return self._worker.ask(BackendJob(), Urgency.SCREEN, self._package)

    def fingerprint(self, path: Path) -> Future[Fingerprint]:
        """See Scorer."""
        return self._hand_over(FingerprintJob(path), path)

    def take_in(self, path: Path, outlined: frozenset[str]) -> Future[Segmented | Fingerprint]:
        """See Scorer."""
        return self._hand_over(TakeInJob(path, outlined), path)

    def segment(self, path: Path) -> Segmented:
        """See Scorer."""
        return self._worker.ask(SegmentJob(path), Urgency.SCREEN, path)

    def close(self) -> None:
        """End the process; what waits for it raises WorkerClosed."""
        self._closed = True
        self._worker.close()
        self._threads.shutdown(wait=False)

    def _hand_over(self, job: Job[ModelBench, Answer], path: Path) -> Future[Answer]:
        if self._closed:
            raise WorkerClosed("The scorer was closed.")
        return self._threads.submit(self._worker.ask, job, Urgency.BACKGROUND, path)
