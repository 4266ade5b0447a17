"""Decisions on their way to the database, and those that it refused."""

import asyncio
from functools import partial
from typing import Any, TypeVar

from db.errors import StaleDecision, Unknown

T = TypeVar("T")


class Outbox:
    """Remembers a decision from the key until it is stored, and a refused one until it is made up.

    Lives on the event loop; `stored` is done in another thread.
    """

    def __init__(self) -> None:
        self._sending: dict[int, asyncio.Future[Any]] = {}
        self._refused: dict[int, Exception] = {}

    def __len__(self) -> int:
        """How many are on their way."""
        return len(self._sending)

    @property
    def refused(self) -> dict[int, Exception]:
        """The photos whose decision was refused, and why."""
        return self._refused

    def put(self, photo_id: int, stored: asyncio.Future[T]) -> asyncio.Future[T]:
        """A photo's decision is on its way until `stored` is done; `stored` itself."""
        self._sending[photo_id] = stored
        # Before whoever awaits `stored` goes on: what is shown then is true already.
        stored.add_done_callback(partial(self._note, photo_id))
        return stored

    def _note(self, photo_id: int, stored: asyncio.Future[Any]) -> None:
        del self._sending[photo_id]
        problem = None if stored.cancelled() else stored.exception()
        if isinstance(problem, Exception) and not isinstance(problem, Unknown):
            self._refused[photo_id] = problem
        else:
            # Of a photo that is gone there is nothing left to decide.
            self._refused.pop(photo_id, None)

    def holds(self, photo_id: int) -> bool:
        """Whether a photo's decision is on its way."""
        return photo_id in self._sending

    async def wait_until_gone(self, photo_id: int) -> None:
        """Wait until no decision of this photo is on its way."""
        if photo_id in self._sending:
            await asyncio.wait([self._sending[photo_id]])

    async def wait_until_empty(self) -> None:
        """Wait until nothing is on its way."""
        if self._sending:
            await asyncio.wait(list(self._sending.values()))

    def note_seen(self, photo_id: int) -> None:
        """The reviewer looks at the photo as it is: that others changed it is no news any more."""
        if isinstance(self._refused.get(photo_id), StaleDecision):
            del self._refused[photo_id]
