"""One thread that does what it is handed, in that order."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Lane:
    """A thread for jobs that must not overtake each other; any thread may hand it some.

    What was handed over is done, whatever becomes of who waits for it: its future can't be
    cancelled. Only the end of the process loses it.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, name)
        self._changes: deque[tuple[Future[Any], object]] = deque()

    @property
    def changing(self) -> int:
        """How many edits that were handed over are not made yet. For the thread that does that."""
        self._forget_made()
        return len({id(edit) for _, edit in self._changes})

    @property
    def being_made(self) -> object:
        """The first edit that was handed over and is not made yet; None where all are made."""
        self._forget_made()
        return self._changes[0][1] if self._changes else None

    def _forget_made(self) -> None:
        # First in, first out: what is made is in front.
        while self._changes and self._changes[0][0].done():
            self._changes.popleft()

    def change(self, job: Callable[[], T], edit: object) -> Future[T]:
        """Do a job as `submit` does, of which `changing` tells until it is done.

        Jobs of one `edit`, as the points of a stroke are, count as one.
        """
        change = self.submit(job)
        self._changes.append((change, edit))
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


def after(first: Future[Any] | None, begin: Callable[[], Future[T]]) -> Future[T]:
    """What `begin` promises, begun once the first is done, or at once where there is none to wait.

    `begin` then runs on the thread that has done the first. Cancelled before that, it is not begun.
    """
    if first is None or first.done():
        return begin()
    promise: Future[T] = Future()

    def go_on(_first: Future[Any]) -> None:
        if promise.set_running_or_notify_cancel():
            try:
                begin().add_done_callback(lambda done: _keep(promise, done.result))
            except RuntimeError:
                # Whoever would do it has ended meanwhile, and so does who waits for it.
                promise.set_exception(CancelledError())

    first.add_done_callback(go_on)
    return promise
