"""One spawned process that decodes and predicts, and may die without the app noticing much."""

import contextlib
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from imaging.decode.photo import PhotoError, PhotoUnavailable
from imaging.values import Fingerprint
from pipeline.errors import JobFailed, PhotoTooSlow, WorkerClosed, WorkerDied
from pipeline.work.jobs import (
    BackendJob,
    FingerprintJob,
    Job,
    ModelJob,
    Phase,
    Segmented,
    SegmentJob,
    Setup,
    TakeInJob,
    Viewed,
    ViewJob,
)
from pipeline.work.link import Died, Link, TimeUp
from pipeline.work.turns import Turns, Urgency
from pipeline.work.worker_process import Done, Failed, FailureKind

if TYPE_CHECKING:
    from models.package.package import PackageInfo

Answer = TypeVar("Answer")
OUTLINING = (SegmentJob, TakeInJob)
NEEDS_MODEL = (*OUTLINING, ModelJob, BackendJob)
TIME_LIMIT = 60.0
"""Seconds a photo may take to be read and decoded; a large one takes about one."""


class Worker:
    """The worker process, started when first asked, and again when it died.

    Every method blocks until its answer is there and may be called from any thread. A job whose
    process died (killed, out of memory, its model hung) is tried once more, and one that needs the
    model then once on the CPU alone; then WorkerDied. A model that computed no numbers goes to the
    CPU at once. What the CPU could do keeps later jobs there, and their receipts say so. A photo
    that takes longer than `time_limit` seconds to be read and decoded is given up at once, its
    process ended. After `close` every call raises WorkerClosed.
    """

    def __init__(
        self,
        model: Path | None,
        backend: str = "auto",
        compute_units: str = "CPU_AND_NE",
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._setup = Setup(model, backend, compute_units)
        self._time_limit = time_limit
        self._turns = Turns()
        self._starting = threading.Lock()
        self._link: Link | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        link = self._link
        return None if link is None else link.pid

    def fingerprint(self, path: Path) -> Fingerprint:
        """What a file and the picture in it are, once all of it could be decoded.

        Raises PhotoError, PhotoTooSlow, WorkerDied, JobFailed.
        """
        return self._ask(FingerprintJob(path), Urgency.BACKGROUND, path)

    def take_in(self, path: Path, outlined: frozenset[str]) -> Segmented | Fingerprint:
        """Outline one photo, unless its content hash is in `outlined`: then say which it is.

        Raises ModelError, and as `fingerprint`.
        """
        return self._ask(TakeInJob(path, outlined), Urgency.BACKGROUND, path)

    def segment(self, path: Path) -> Segmented:
        """Outline one photo that someone waits for, ahead of the batch. Raises as `take_in`."""
        return self._ask(SegmentJob(path), Urgency.SCREEN, path)

    def view(self, path: Path, longest: int) -> Viewed:
        """A photo for the screen, ahead of all that waits. Raises as `fingerprint`."""
        return self._ask(ViewJob(path, longest), Urgency.SCREEN, path)

    def model(self) -> "PackageInfo":
        """What the model is. Raises ModelError, WorkerDied, JobFailed."""
        return self._ask(ModelJob(), Urgency.SCREEN, self._setup.model)

    def backend(self) -> str:
        """What executes the model: `onnxruntime` or `coreml`. Raises as `model`."""
        return self._ask(BackendJob(), Urgency.SCREEN, self._setup.model)

    def close(self) -> None:
        """End the process; a job that runs is given up and raises WorkerClosed."""
        with self._starting:
            self._closed = True
            link = self._link
        if link is not None:
            link.kill()

    def _ask(self, job: Job[Answer], urgency: Urgency, subject: Path | None) -> Answer:
        with self._turns.turn(urgency):
            try:
                reply = self._tried(job)
                if isinstance(job, NEEDS_MODEL) and _unusable(reply):
                    reply = self._tried_on_cpu(job)
            except TimeUp as limit:
                raise self._too_slow(subject, limit.phase) from None
        if reply is None:
            raise WorkerDied(_died(job, subject))
        if isinstance(reply, Done):
            return cast("Answer", reply.answer)
        raise _error(reply, job, subject)

    def _tried(self, job: Job[Any]) -> Done | Failed | None:
        """A job's answer at the first or second try; None when the process died both times."""
        for _ in range(2):
            with contextlib.suppress(Died):
                return self._exchange(job)
        return None

    def _tried_on_cpu(self, job: Job[Any]) -> Done | Failed | None:
        # Core ML's Neural Engine has been seen to end the process. A photo that ends it on the
        # CPU as well says nothing against the Neural Engine.
        asked = self._setup
        self._start_anew_with(replace(asked, compute_units="CPU_ONLY"))
        reply: Done | Failed | None = None
        with contextlib.suppress(Died):
            reply = self._exchange(job)
        if _unusable(reply):
            self._start_anew_with(asked)
        return reply

    def _exchange(self, job: Job[Any]) -> Done | Failed:
        link = self._started()
        try:
            if isinstance(job, NEEDS_MODEL):
                opened = link.open_model()
                if isinstance(opened, Failed):
                    return opened
            return link.ask(job, self._time_limit)
        except Died:
            self._end()
            if self._closed:
                raise WorkerClosed("The worker was closed.") from None
            raise
        except BaseException:
            # Given up half way: the answer to come would be taken for the next job's.
            self._end()
            raise

    def _started(self) -> Link:
        with self._starting:
            if self._closed:
                raise WorkerClosed("The worker was closed.")
            if self._link is None or self._link.pid is None:
                self._link = Link(self._setup)
            return self._link

    def _start_anew_with(self, setup: Setup) -> None:
        self._end()
        self._setup = setup

    def _end(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.end()

    def _too_slow(self, subject: Path | None, phase: Phase) -> Exception:
        name, limit = _name(subject), f"{self._time_limit:g} seconds"
        if phase is Phase.READING:
            return PhotoUnavailable(f"{name} could not be read within {limit}. Check its disk.")
        return PhotoTooSlow(
            f"{name} took longer than {limit} to decode, so it was given up. Save it anew as a "
            "plain JPEG; once the file has changed it is tried again. To give photos longer, use "
            "--time-limit and touch this one."
        )


def _unusable(reply: Done | Failed | None) -> bool:
    """Whether another device may give a better answer."""
    return reply is None or (isinstance(reply, Failed) and reply.kind is FailureKind.NO_NUMBERS)


def _error(failed: Failed, job: Job[Any], subject: Path | None) -> Exception:
    from models.package.package import ModelError

    if failed.kind is FailureKind.PHOTO:
        return PhotoError(failed.sentence)
    if failed.kind is FailureKind.UNAVAILABLE:
        return PhotoUnavailable(failed.sentence)
    if failed.kind is FailureKind.MACHINE:
        return _in_the_way(failed.sentence, job, subject)
    if failed.kind is FailureKind.NO_NUMBERS and isinstance(job, OUTLINING):
        return JobFailed(f"{_name(subject)}: {failed.sentence}")
    if failed.kind in {FailureKind.MODEL, FailureKind.NO_NUMBERS}:
        return ModelError(failed.sentence)
    return JobFailed(
        f"{_name(subject)}: something unforeseen went wrong with it "
        f"({failed.sentence}). Please report it."
    )


def _in_the_way(reason: str, job: Job[Any], subject: Path | None) -> Exception:
    sentence = (
        f"{_name(subject)}: the system refused what was needed for it ({reason}). Make room, or "
        "close other programs."
    )
    is_of_model = isinstance(job, ModelJob | BackendJob)
    return JobFailed(sentence) if is_of_model else PhotoUnavailable(sentence)


def _died(job: Job[Any], subject: Path | None) -> str:
    if isinstance(job, OUTLINING):
        return (
            f"{_name(subject)}: the worker process died on it three times, the last time on the "
            "CPU alone, perhaps out of memory. Close other programs to make room."
        )
    if isinstance(job, NEEDS_MODEL):
        return (
            f"{_name(subject)}: the worker process died three times while opening this model, the "
            "last time on the CPU alone, perhaps out of memory. Choose another with --model, or "
            "on a Mac try --backend onnxruntime."
        )
    return (
        f"{_name(subject)}: the worker process died on it twice, perhaps out of memory. "
        "Close other programs to make room."
    )


def _name(subject: Path | None) -> str:
    return subject.name if subject is not None else "The model"
