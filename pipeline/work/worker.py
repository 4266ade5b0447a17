"""One spawned process for jobs that may end it, started anew as often as that happens."""

import contextlib
import threading
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from imaging.photo import PhotoError, PhotoUnavailable
from pipeline.errors import JobFailed, PhotoTooSlow, WorkerClosed, WorkerDied
from pipeline.work.jobs import Bench, Done, Failed, FailureKind, Job, OpenJob, Phase, Setup
from pipeline.work.link import Died, Link, TimeUp
from pipeline.work.memory import TooLarge
from pipeline.work.turns import Turns, Urgency

Answer = TypeVar("Answer")
BenchT = TypeVar("BenchT", bound=Bench)


class Worker(Generic[BenchT]):
    """The process, started when first asked, and again when it died.

    `ask` blocks until its answer is there and may be called from any thread. A job whose process
    died (killed, out of memory, its model hung) is tried once more, and one that opens the bench
    then once with the setup's spare; then WorkerDied. A model that computed no numbers goes to the
    spare at once. What the spare could do keeps later jobs there, and their receipts say so. A
    photo that takes longer than `time_limit` seconds to be read and decoded is given up at once,
    its process ended; so is one that makes the process grow by more than its setup allows: what a
    file needs it needs each time, and it is set aside until it changes. After `close` every call
    raises WorkerClosed.
    """

    def __init__(self, setup: Setup[BenchT], time_limit: float) -> None:
        self._setup = setup
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

    def start(self) -> None:
        """Start the process if none runs; what is in the way of that, a job will say."""
        with contextlib.suppress(OSError, WorkerClosed):
            self._started()

    def open(self) -> None:
        """Start it and have it open its bench; what is in the way of that, a job will say."""
        with contextlib.suppress(Exception):
            self.ask(OpenJob(), Urgency.BACKGROUND, Path())

    def close(self) -> None:
        """End the process; a job that runs is given up and raises WorkerClosed."""
        with self._starting:
            self._closed = True
            link = self._link
        if link is not None:
            link.kill()

    def ask(self, job: Job[BenchT, Answer], urgency: Urgency, subject: Path) -> Answer:
        """A job's answer; failures speak of `subject`, the photo or the package, by its name.

        Raises PhotoError, PhotoTooSlow, WorkerDied, WorkerClosed, JobFailed and, where the job
        opens the bench, ModelError.
        """
        with self._turns.turn(urgency):
            try:
                reply = self._tried(job)
                spare = self._setup.spare()
                if job.opens and spare is not None and _unusable(reply):
                    reply = self._tried_with(spare, job)
            except TimeUp as limit:
                raise self._too_slow(subject, limit.phase) from None
            except TooLarge:
                raise _too_large(subject) from None
        if reply is None:
            raise WorkerDied(_died(job, subject))
        if isinstance(reply, Done):
            return cast("Answer", reply.answer)
        raise _error(reply, job, subject)

    def _tried(self, job: Job[BenchT, Any]) -> Done | Failed | None:
        """A job's answer at the first or second try; None when the process died both times."""
        for _ in range(2):
            with contextlib.suppress(Died):
                return self._exchange(job)
        return None

    def _tried_with(self, spare: Setup[BenchT], job: Job[BenchT, Any]) -> Done | Failed | None:
        # A photo that ends the spare as well says nothing against the setup that was asked for.
        asked = self._setup
        self._start_anew_with(spare)
        reply: Done | Failed | None = None
        try:
            with contextlib.suppress(Died):
                reply = self._exchange(job)
        finally:
            if not isinstance(reply, Done):
                self._start_anew_with(asked)
        return reply

    def _exchange(self, job: Job[BenchT, Any]) -> Done | Failed:
        try:
            link = self._started()
        except OSError as error:
            # No process to be had, for now.
            return Failed(FailureKind.MACHINE, error.strerror or str(error))
        try:
            if job.opens:
                opened = link.open()
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

    def _start_anew_with(self, setup: Setup[BenchT]) -> None:
        self._end()
        self._setup = setup

    def _end(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.end()

    def _too_slow(self, subject: Path, phase: Phase) -> Exception:
        name, limit = subject.name, f"{self._time_limit:g} seconds"
        if phase is Phase.READING:
            return PhotoUnavailable(f"{name} could not be read within {limit}. Check its disk.")
        return PhotoTooSlow(
            f"{name} took longer than {limit} to decode, so it was given up. Save it anew as a "
            "plain JPEG; once the file has changed it is tried again. To give photos longer, use "
            "--time-limit and touch this one."
        )


def _too_large(subject: Path) -> PhotoError:
    return PhotoError(
        f"{subject.name} took more memory than a photo may, so it was given up. Save it anew as a "
        "plain JPEG; once the file has changed it is tried again. To give photos more, use "
        "--memory and touch this one."
    )


_NO_NUMBERS = frozenset({FailureKind.NO_NUMBERS, FailureKind.NEVER_NUMBERS})


def _unusable(reply: Done | Failed | None) -> bool:
    """Whether another device may give a better answer."""
    return reply is None or (isinstance(reply, Failed) and reply.kind in _NO_NUMBERS)


def _error(failed: Failed, job: Job[Any, Any], subject: Path) -> Exception:
    from models.package.package import ModelError

    if failed.kind is FailureKind.PHOTO:
        return PhotoError(failed.sentence)
    if failed.kind is FailureKind.UNAVAILABLE:
        return PhotoUnavailable(failed.sentence)
    if failed.kind is FailureKind.MACHINE:
        return _in_the_way(failed.sentence, job, subject)
    if failed.kind is FailureKind.NO_NUMBERS:
        return JobFailed(f"{subject.name}: {failed.sentence}")
    if failed.kind in {FailureKind.MODEL, FailureKind.NEVER_NUMBERS}:
        return ModelError(failed.sentence)
    return JobFailed(
        f"{subject.name}: something unforeseen went wrong with it "
        f"({failed.sentence}). Please report it."
    )


def _in_the_way(reason: str, job: Job[Any, Any], subject: Path) -> Exception:
    sentence = (
        f"{subject.name}: the system refused what was needed for it ({reason}). Make room, or "
        "close other programs."
    )
    return PhotoUnavailable(sentence) if job.reads else JobFailed(sentence)


def _died(job: Job[Any, Any], subject: Path) -> str:
    if job.opens and job.reads:
        return (
            f"{subject.name}: the worker process died on it three times, the last time on the "
            "CPU alone, perhaps out of memory. Close other programs to make room."
        )
    if job.opens:
        return (
            f"{subject.name}: the worker process died three times while opening this model, the "
            "last time on the CPU alone, perhaps out of memory. Choose another with --model, or "
            "on a Mac try --backend onnxruntime."
        )
    return (
        f"{subject.name}: the worker process died on it twice, perhaps out of memory. "
        "Close other programs to make room."
    )
