"""Who outlines photos: the seam, and the processes on this machine behind it."""

import heapq
import itertools
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from imaging.photo import USUAL_MEMORY
from imaging.values import Fingerprint
from models.run.setup import ModelSetup
from pipeline.errors import WorkerClosed
from pipeline.settings import Settings
from pipeline.settings_table import TIME_LIMIT
from pipeline.work.jobs import Job
from pipeline.work.scoring import (
    BackendJob,
    FingerprintJob,
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
    from pipeline.work.model_bench import ModelBench

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

    def expect(self, files: int) -> None:
        """So many files will come soon: begin what takes time before the first one."""
        ...

    def model(self) -> "PackageInfo":
        """What the model is; blocks until it is open."""
        ...

    def backend(self) -> str:
        """What executes the model, `onnxruntime`, `coreml` or `coreai`; blocks until it is open."""
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


class Pool:
    """The scorer that is processes on this machine, each started when it is first needed.

    Each decodes and outlines one photo at a time, so that what dies takes one photo with it; a
    file that waits goes to whichever is free. On a Mac all of them share one Neural Engine: how
    many gain anything there has not been measured.
    """

    def __init__(
        self,
        setup: ModelSetup,
        workers: int = 1,
        time_limit: float = TIME_LIMIT,
        memory: int = USUAL_MEMORY,
    ) -> None:
        self._package = setup.package
        self._workers = [Worker(ScorerSetup(setup, memory), time_limit) for _ in range(workers)]
        # One for each process that is busy, which waits for it.
        self._threads = ThreadPoolExecutor(workers, "scorer")
        self._numbers = itertools.count()
        self._changing = threading.Lock()
        """Held over what follows, and never while anything is waited for."""
        self._waiting: list[_Errand] = []
        self._idle = list(range(workers))
        """A heap: few photos keep to the first processes, and start no others."""
        self._closed = False

    @classmethod
    def of(cls, settings: Settings) -> "Pool":
        """As many processes, with such a model and such limits, as the settings say."""
        limits = settings.time_limit, settings.photo_bytes()
        return cls(settings.setup(), settings.worker_count(), *limits)

    @property
    def room(self) -> int:
        """See Scorer: as many wait as are in work, so that none waits while answers are stored."""
        return 2 * len(self._workers)

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of the processes that run."""
        return tuple(pid for worker in self._workers if (pid := worker.pid) is not None)

    def expect(self, files: int) -> None:
        """See Scorer."""
        # The first opens the model for whoever asks what it is.
        for number, worker in enumerate(self._workers[:files]):
            begin = worker.open if number else worker.start
            threading.Thread(target=begin, name="scorer's start", daemon=True).start()

    def model(self) -> "PackageInfo":
        """See Scorer."""
        return self._hand_over(ModelJob(), Urgency.SCREEN, self._package).result()

    def backend(self) -> str:
        """See Scorer."""
        return self._hand_over(BackendJob(), Urgency.SCREEN, self._package).result()

    def fingerprint(self, path: Path) -> Future[Fingerprint]:
        """See Scorer."""
        return self._hand_over(FingerprintJob(path), Urgency.BACKGROUND, path)

    def take_in(self, path: Path, outlined: frozenset[str]) -> Future[Segmented | Fingerprint]:
        """See Scorer."""
        return self._hand_over(TakeInJob(path, outlined), Urgency.BACKGROUND, path)

    def segment(self, path: Path) -> Segmented:
        """See Scorer."""
        return self._hand_over(SegmentJob(path), Urgency.SCREEN, path).result()

    def close(self) -> None:
        """End the processes; what waits for one raises WorkerClosed."""
        with self._changing:
            self._closed = True
            given_up, self._waiting = self._waiting, []
        for worker in self._workers:
            worker.close()
        for errand in given_up:
            if errand.answer.set_running_or_notify_cancel():
                errand.answer.set_exception(_closed())
        self._threads.shutdown(wait=False)

    def _hand_over(
        self, job: "Job[ModelBench, Answer]", urgency: Urgency, subject: Path
    ) -> Future[Answer]:
        errand = _Errand(urgency, next(self._numbers), job, subject)
        with self._changing:
            if self._closed:
                raise _closed()
            heapq.heappush(self._waiting, errand)
            if self._idle:
                self._threads.submit(self._work_off, heapq.heappop(self._idle))
        return errand.answer

    def _work_off(self, number: int) -> None:
        """Give a process one errand after the other, until none waits; in a thread of its own."""
        worker = self._workers[number]
        while (errand := self._next(number)) is not None:
            try:
                answer = worker.ask(errand.job, errand.urgency, errand.subject)
            except BaseException as error:
                errand.answer.set_exception(error)
            else:
                errand.answer.set_result(answer)

    def _next(self, number: int) -> "_Errand | None":
        """The next errand for a process, which is idle where there is none."""
        with self._changing:
            while self._waiting:
                errand = heapq.heappop(self._waiting)
                if errand.answer.set_running_or_notify_cancel():
                    return errand
            heapq.heappush(self._idle, number)
            return None


@dataclass(frozen=True, order=True)
class _Errand:
    """A job that waits for a process: the urgent first, then in order of arrival."""

    urgency: Urgency
    number: int
    job: "Job[ModelBench, Any]" = field(compare=False)
    subject: Path = field(compare=False)
    answer: Future[Any] = field(default_factory=Future, compare=False)


def _closed() -> WorkerClosed:
    return WorkerClosed("The scorer was closed.")
