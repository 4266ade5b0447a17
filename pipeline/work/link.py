"""One worker process and the pipe to it, from its start to its end."""

import contextlib
import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator
from multiprocessing import resource_tracker
from time import monotonic
from typing import Any

from models.run.ending import end_process
from pipeline.work.jobs import Done, Failed, Job, OpenJob, Phase, Setup, Word
from pipeline.work.memory import MemoryWatch
from pipeline.work.worker_process import serve

LONGEST_JOB = 600.0
"""Seconds after which a model counts as hung; a Mac may compile it for minutes at first."""
LAST_BREATH = 0.5
"""Seconds a killed process is waited for: one that waits for a disk can't even be killed."""


_STARTING = threading.Lock()
"""Two that start at once would swap stderr back in the wrong order."""


class Died(Exception):
    """The process ended, or its model hung, before it answered."""


class TimeUp(Exception):
    """A photo took longer than a photo may; `phase` says at what."""

    def __init__(self, phase: Phase) -> None:
        super().__init__(phase)
        self.phase = phase


class Link:
    """A running worker process. One job at a time; only `kill` may be called meanwhile."""

    def __init__(self, setup: Setup[Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._bell, self._ring = context.Pipe(duplex=False)
        self._process = context.Process(
            target=serve, args=(theirs, setup), name="nevus worker", daemon=True
        )
        with _STARTING, _real_stderr():
            resource_tracker.ensure_running()  # type: ignore[attr-defined, unused-ignore]
            with _interrupts_blocked():
                self._process.start()
        theirs.close()
        self._memory = MemoryWatch(self._process.pid, setup.most_growth)
        self._ready = False
        self._opened = False

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process.is_alive() else None

    def open(self) -> Done | Failed:
        """Open the bench, if it is not open yet. Raises Died."""
        if self._opened:
            return Done(None)
        reply = self.ask(OpenJob(), LONGEST_JOB)
        self._opened = isinstance(reply, Done)
        return reply

    def ask(self, job: Job[Any, Any], time_limit: float) -> Done | Failed:
        """A job's answer; a photo may be read and decoded for `time_limit` seconds.

        Raises Died, TimeUp and TooLarge; then, as after any exception, this is of no more use.
        """
        try:
            self._get_ready()
            self._ours.send(job)
            return self._answer(job, time_limit)
        except (EOFError, OSError):
            raise Died from None

    def kill(self) -> None:
        """End the process, whatever it does; any thread may call this.

        Whoever waits for an answer is told, even where the process waits for a disk and stays.
        """
        with contextlib.suppress(OSError):
            self._ring.send(None)
        end_process(self._process, LAST_BREATH)

    def end(self) -> None:
        """End the process and the pipe."""
        self.kill()
        for end in (self._ours, self._bell, self._ring):
            end.close()

    def _get_ready(self) -> None:
        # A process that starts on a busy machine takes its time, which no photo is to pay for.
        if not self._ready:
            self._hear(monotonic() + LONGEST_JOB, Phase.COMPUTING)
            self._ready = True

    def _answer(self, job: Job[Any, Any], time_limit: float) -> Done | Failed:
        self._memory.begin(watched=job.reads)
        phase = Phase.READING if job.reads else Phase.COMPUTING
        until = monotonic() + (time_limit if job.reads else LONGEST_JOB)
        while isinstance(word := self._hear(until, phase), Phase):
            phase = word
            if phase is Phase.COMPUTING:
                # The file has done its part; what follows is the model's.
                until = monotonic() + LONGEST_JOB
        return word

    def _hear(self, until: float, phase: Phase) -> Word:
        ready = self._memory.wait([self._ours, self._bell], until)
        if self._bell in ready:
            raise Died
        if not ready:
            raise Died if phase is Phase.COMPUTING else TimeUp(phase)
        word: Word = self._ours.recv()
        return word


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
