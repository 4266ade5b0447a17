"""One thread that does what it is handed, in that order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Lane:
    """A thread for jobs that must not overtake each other; any thread may hand it some.

    What was handed over is done, whatever becomes of who waits for it: its future can't be
    cancelled. Only the end of the process loses it.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, name)
        self._last_change: Future[Any] | None = None

    @property
    def changing(self) -> bool:
        """Whether a change that was handed over is not made yet. For the thread that hands over."""
        # First in, first out: once the last is made, all are.
        return self._last_change is not None and not self._last_change.done()

    def change(self, job: Callable[[], T]) -> Future[T]:
        """Do a job as `submit` does, of which `changing` tells until it is done."""
        change = self._last_change = self.submit(job)
        return change

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Do a job after all that were handed over before; the future has what it returns."""
        promise: Future[T] = Future()
        # As if it ran already: a screen that stops waiting would else take back what waits here.
        promise.set_running_or_notify_cancel()
        self._pool.submit(_keep, promise, job)
        return promise

    def close(self) -> None:
        """Do what was handed over, then end the thread; blocks until then."""
        self._pool.shutdown(wait=True)


def _keep(promise: Future[T], job: Callable[[], T]) -> None:
    try:
        result = job()
    except BaseException as error:
        # It is raised to whoever waits; the lane goes on with the next job.
        promise.set_exception(error)
    else:
        promise.set_result(result)
