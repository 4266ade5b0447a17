"""The threads behind the screen: edits and decisions each in their order, photos opened beside."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Jobs:
    """Three threads; a job handed to one of them is done, whatever becomes of the screen."""

    def __init__(self) -> None:
        self._opening = ThreadPoolExecutor(1, "opening")
        self._editing = ThreadPoolExecutor(1, "editing")
        self._storing = ThreadPoolExecutor(1, "storing")

    def open(self, job: Callable[[], T]) -> Future[T]:
        """Open a photo: not before those asked for earlier."""
        return self._opening.submit(job)

    def edit(self, job: Callable[[], T]) -> asyncio.Future[T]:
        """Change a mask in memory: handed over now, done after the changes asked for earlier."""
        return asyncio.shield(asyncio.wrap_future(self._editing.submit(job)))

    def store(self, job: Callable[[], T]) -> asyncio.Future[T]:
        """Talk to the session: handed over now, done after all edits and talk asked for earlier."""
        return asyncio.shield(asyncio.wrap_future(self._store_after_edits(job)))

    def _store_after_edits(self, job: Callable[[], T]) -> Future[T]:
        edited = self._editing.submit(lambda: None)

        def after_edits() -> T:
            edited.result()
            return job()

        return self._storing.submit(after_edits)

    def close(self) -> None:
        """Finish what was asked for, but for photos nobody will see now; blocks until then."""
        self._opening.shutdown(wait=True, cancel_futures=True)
        self._editing.shutdown(wait=True)
        self._storing.shutdown(wait=True)
