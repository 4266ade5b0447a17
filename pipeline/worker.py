"""One spawned process that decodes and predicts, and may die without the app noticing much."""

import contextlib
import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from imaging.photo import Photo, PhotoError
from imaging.text import printable
from imaging.values import Fingerprint
from pipeline.errors import JobFailed, WorkerClosed, WorkerDied
from pipeline.jobs import (
    BackendJob,
    FingerprintJob,
    Job,
    ModelJob,
    Segmented,
    SegmentJob,
    Setup,
    ViewJob,
)
from pipeline.turns import Turns, Urgency
from pipeline.worker_process import Done, Failed, FailureKind, serve

if TYPE_CHECKING:
    from models.package import PackageInfo

Answer = TypeVar("Answer")
NEEDS_MODEL = (SegmentJob, ModelJob, BackendJob)
LONGEST_JOB = 600.0
"""Seconds after which a job counts as hung; a Mac may compile the model for minutes at first."""


class _Died(Exception):
    """The process ended before it answered."""


class Worker:
    """The worker process, started when first asked, and again when it died.

    Every method blocks until its answer is there and may be called from any thread. A job whose
    process died (killed, out of memory, hung) is tried once more, and one that needs the model then
    once on the CPU alone; then WorkerDied. A model that computed no numbers goes to the CPU at
    once. What the CPU could do keeps later jobs there, and their receipts say so. After `close`
    every call raises WorkerClosed.
    """

    def __init__(
        self, model: Path | None, backend: str = "auto", compute_units: str = "CPU_AND_NE"
    ) -> None:
        self._setup = Setup(model, backend, compute_units)
        self._turns = Turns()
        self._starting = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection[Any, Any] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

    def fingerprint(self, path: Path) -> Fingerprint:
        """What a file and the picture in it are. Raises PhotoError, WorkerDied, JobFailed."""
        return self._ask(FingerprintJob(path), Urgency.BACKGROUND, path)

    def segment(self, path: Path) -> Segmented:
        """Outline one photo. Raises PhotoError, ModelError, WorkerDied, JobFailed."""
        return self._ask(SegmentJob(path), Urgency.BACKGROUND, path)

    def view(self, path: Path, longest: int) -> Photo:
        """A photo for the screen, ahead of all that waits. Raises as `fingerprint`."""
        return self._ask(ViewJob(path, longest), Urgency.SCREEN, path)

    def model(self) -> "PackageInfo":
        """What the model is. Raises ModelError, WorkerDied, JobFailed."""
        return self._ask(ModelJob(), Urgency.BACKGROUND, self._setup.model)

    def backend(self) -> str:
        """What executes the model: `onnxruntime` or `coreml`. Raises as `model`."""
        return self._ask(BackendJob(), Urgency.BACKGROUND, self._setup.model)

    def close(self) -> None:
        """End the process; a job that runs is given up and raises WorkerClosed."""
        with self._starting:
            self._closed = True
            process = self._process
        if process is not None:
            process.kill()
            process.join()

    def _ask(self, job: Job[Answer], urgency: Urgency, subject: Path | None) -> Answer:
        with self._turns.turn(urgency):
            reply = self._tried(job)
            if isinstance(job, NEEDS_MODEL) and _unusable(reply):
                reply = self._tried_on_cpu(job)
        if reply is None:
            raise WorkerDied(_died(job, subject))
        if isinstance(reply, Done):
            return cast("Answer", reply.answer)
        raise _error(reply, job, subject)

    def _tried(self, job: Job[Any]) -> Done | Failed | None:
        """A job's answer at the first or second try; None when the process died both times."""
        for _ in range(2):
            with contextlib.suppress(_Died):
                return self._exchange(job)
        return None

    def _tried_on_cpu(self, job: Job[Any]) -> Done | Failed | None:
        # Core ML's Neural Engine has been seen to end the process. A photo that ends it on the
        # CPU as well says nothing against the Neural Engine.
        asked = self._setup
        self._start_anew_with(replace(asked, compute_units="CPU_ONLY"))
        reply: Done | Failed | None = None
        with contextlib.suppress(_Died):
            reply = self._exchange(job)
        if _unusable(reply):
            self._start_anew_with(asked)
        return reply

    def _exchange(self, job: Job[Any]) -> Done | Failed:
        connection = self._started()
        try:
            connection.send(job)
            if not connection.poll(LONGEST_JOB):
                raise EOFError
            return cast("Done | Failed", connection.recv())
        except (EOFError, OSError):
            self._end_process()
            if self._closed:
                raise WorkerClosed("The worker was closed.") from None
            raise _Died from None
        except BaseException:
            # Interrupted half way: the answer to come would be taken for the next job's.
            self._end_process()
            raise

    def _started(self) -> "Connection[Any, Any]":
        with self._starting:
            if self._closed:
                raise WorkerClosed("The worker was closed.")
            if self._connection is None or self._process is None or not self._process.is_alive():
                self._process, self._connection = _start(self._setup)
            return self._connection

    def _start_anew_with(self, setup: Setup) -> None:
        self._end_process()
        self._setup = setup

    def _end_process(self) -> None:
        process, connection = self._process, self._connection
        if process is not None:
            process.kill()
            process.join()
        if connection is not None:
            connection.close()
        self._connection = None


def _start(setup: Setup) -> "tuple[SpawnProcess, Connection[Any, Any]]":
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, setup), name="nevus worker", daemon=True)
    with _real_stderr():
        resource_tracker.ensure_running()  # type: ignore[attr-defined, unused-ignore]
        with _interrupts_blocked():
            process.start()
    theirs.close()
    return process, ours


@contextlib.contextmanager
def _real_stderr() -> Iterator[None]:
    # A full-screen app swaps stderr for one without a file number, which multiprocessing passes on.
    with contextlib.redirect_stderr(sys.__stderr__):
        yield


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    # The process inherits this: ctrl+c in a terminal reaches the whole group, and ours to handle.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _unusable(reply: Done | Failed | None) -> bool:
    """Whether another device may give a better answer."""
    return reply is None or (isinstance(reply, Failed) and reply.kind is FailureKind.NO_NUMBERS)


def _error(failed: Failed, job: Job[Any], subject: Path | None) -> Exception:
    from models.package import ModelError

    if failed.kind is FailureKind.PHOTO:
        return PhotoError(failed.sentence)
    if failed.kind is FailureKind.NO_NUMBERS and isinstance(job, SegmentJob):
        return JobFailed(f"{_name(subject)}: {failed.sentence}")
    if failed.kind in {FailureKind.MODEL, FailureKind.NO_NUMBERS}:
        return ModelError(failed.sentence)
    return JobFailed(
        f"{_name(subject)}: something unforeseen went wrong with it "
        f"({printable(failed.sentence)}). Please report it."
    )


def _died(job: Job[Any], subject: Path | None) -> str:
    if isinstance(job, SegmentJob):
        return (
            f"{_name(subject)}: the worker process died on it three times, the last time on the "
            "CPU alone, perhaps out of memory. Look at the file; once it has changed it is tried "
            "again."
        )
    if isinstance(job, NEEDS_MODEL):
        return (
            f"{_name(subject)}: the worker process died three times while opening this model, the "
            "last time on the CPU alone, perhaps out of memory. Choose another with --model, or "
            "on a Mac try --backend onnxruntime."
        )
    return (
        f"{_name(subject)}: the worker process died on it twice, perhaps out of memory. "
        "Look at the file; once it has changed it is tried again."
    )


def _name(subject: Path | None) -> str:
    return printable(subject.name) if subject is not None else "The model"
