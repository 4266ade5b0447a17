"""Hears what others do in the same database, soon and at next to no cost."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from db.claims import Claim
from db.errors import StoreError
from db.sqlite.changes import Changes
from pipeline.review.session import ReviewSession

EVERY = 0.5
"""Seconds between two looks, each of which costs microseconds where nothing was committed."""


@dataclass(frozen=True)
class News:
    """What has changed since the queue was read.

    `said` is whether decisions were stored or taken back, `arrived` whether files, outlines or set
    aside ones are new; `claims` says of what is open in other sessions who has it.
    """

    said: bool = False
    arrived: bool = False
    claims: Mapping[int, str] = field(default_factory=dict)


class Listening:
    """Tells `hear` of news, from `start` to `stop`, on a thread of its own.

    `tick` is called at each look. What can't be read now is read at the next look; whoever works on
    the database says what is wrong with it.
    """

    def __init__(
        self, session: ReviewSession, hear: Callable[[News], None], tick: Callable[[], None]
    ) -> None:
        self._session = session
        self._hear = hear
        self._tick = tick
        self._changes: Changes | None = None
        self._unread = False
        self._claims: list[Claim] = []
        self._told: Mapping[int, str] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; no call to `hear` comes after it."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._changes is not None:
            self._changes.close()

    def look(self) -> None:
        """Tell what is new, if anything is. Raises StoreError."""
        said = arrived = False
        if self._changes is None:
            self._changes = self._session.watch()
        self._unread = self._changes.any() or self._unread
        if self._unread:
            said, arrived = self._session.news()
            self._claims = self._session.claims()
            self._unread = False
        # Also where nothing was committed: claims run out.
        claims = self._session.open_elsewhere(self._claims)
        if said or arrived or claims != self._told:
            self._told = claims
            self._hear(News(said, arrived, claims))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except StoreError:
                self._unread = True
            self._tick()
            self._stopping.wait(EVERY)
