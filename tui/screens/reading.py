"""How the queue is read: all of it, or what has changed."""

import asyncio
import gc
from collections.abc import Sequence
from enum import IntEnum, auto
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker

from db.queue import PAGE
from db.values import Cause, QueueItem, SetAside
from pipeline.review.desk import Desk
from tui.failures import EXPECTED
from tui.preferences import Preferences
from tui.rows import Listing
from tui.screens.deciding import DecidingScreen

if TYPE_CHECKING:
    from pipeline.intake.ingest import IngestProgress

NEWS_EVERY = 0.3
"""Seconds between two readings of the queue while photos come in, at least."""
PAUSE_PER_READING = 5
"""A queue that takes long to read is read the less often."""


class Asked(IntEnum):
    """What of the queue is to be read; each takes in those before it."""

    CHANGED = auto()
    """The lines that have changed."""
    LISTED = auto()
    """All of it if anything has come or gone."""
    WHOLE = auto()
    """All of it."""


class ReadingScreen(DecidingScreen):
    """A screen whose queue follows what the database holds."""

    class Drawn(Message):
        """A photo is drawn, or there is none to draw: what could wait for that may begin."""

    def __init__(self, desk: Desk, folder: Path, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self._asked = Asked.CHANGED
        self._reading = self._read_again = self._read_whole = False
        self._is_shown = False
        """Whether the queue that was read last is what is shown."""
        self._reading_took = 0.0
        self._news: Timer | None = None

    @property
    def waiting(self) -> int | None:
        """How many photos wait; None while the queue was not read to its end."""
        return self._queue.roster.tally.waiting if self._read_whole else None

    def hear(self, progress: "IngestProgress") -> None:
        """Show how far ingest is, and before long what it brought."""
        before, self._progress.progress = self._progress.progress, progress
        if progress.message and (before is None or before.message != progress.message):
            self._say(progress.message, "warning")
        self._expect_news()

    def _expect_news(self) -> None:
        """Read before long whatever has come or gone."""
        if self._news is None:
            pause = max(NEWS_EVERY, PAUSE_PER_READING * self._reading_took)
            self._news = self.set_timer(pause, self._read_news)

    def _read_news(self) -> None:
        self._news = None
        self._ask(Asked.LISTED)

    def _read_queue(self) -> None:
        """Read all of it anew, now or after what is being read."""
        self._ask(Asked.WHOLE)

    def _ask(self, asked: Asked) -> None:
        self._asked = max(self._asked, asked)
        self._read_on()

    @on(DecidingScreen.StoreChanged)
    def _read_on(self) -> None:
        """Read what has changed; not while something is read, but after that."""
        self._read_again = self._reading
        if not self._reading:
            self._reading = True
            self._read()

    @work(group="queue")
    async def _read(self) -> None:
        asked, self._asked = self._asked, Asked.CHANGED
        try:
            if await self._is_whole(asked):
                await self._read_whole_queue()
            else:
                lines = self._desk.read_changed(self._queue.begin_reading())
                changed = await asyncio.wrap_future(lines)
                self._queue.change(changed)
        except EXPECTED as problem:
            self._complain(problem)
        else:
            self._count()
            self._look_at_news()
            self._explain()
        finally:
            self._reading = False
        if self._read_again:
            self._read_on()

    async def _is_whole(self, asked: Asked) -> bool:
        """Whether the whole queue is to be read for what was asked."""
        if asked is Asked.LISTED and self._is_shown:
            # News are told more often than anything comes or goes.
            return not await asyncio.wrap_future(self._desk.is_listed())
        return asked is not Asked.CHANGED

    async def _read_whole_queue(self) -> None:
        started, first = monotonic(), self._queue.current is None
        self._is_shown = False
        self._queue.begin_reading()
        try:
            if first:
                # Before a photo is handed out; later they are heard of.
                self._queue.take(await asyncio.wrap_future(self._desk.read_claims()))
            # Where only some are wanted, which these are is found once all are read.
            shown = not (len(self._queue.roster) or self._queue.arranged)
            listing = await self._read_pages(shown)
            aside = await asyncio.wrap_future(self._desk.read_set_aside())
            await self._replace(listing, aside)
        finally:
            self._reading_took = monotonic() - started
        self._progress.forgotten = sum(file.cause is Cause.FORGOTTEN for file in aside)
        self._read_whole = self._is_shown = True
        roster = self._queue.roster
        self._progress.shown, self._progress.outlined = (len(roster), len(aside)), roster.outlined
        if first:
            self._tell_skipped(self._queue.current)
            if not isinstance(self._queue.current, QueueItem):
                self.post_message(self.Drawn())
        self._arrange()

    async def _read_pages(self, shown: bool) -> Listing:
        """The whole queue, each page of it shown at once where nothing is shown yet."""
        listing = self._queue.listing if shown else Listing(self._folder)
        for page in self._desk.read_queue():
            read = await asyncio.wrap_future(page)
            if shown:
                if self._queue.extend(read):
                    # Whatever looks for garbage would go through all these lines, and stop the
                    # screen for a third of a second where they are a hundred thousand.
                    gc.freeze()
                    self._count()
                    self._arrange()
            else:
                listing.extend(read)
            if len(read) < PAGE:
                break
        return listing

    async def _replace(self, listing: Listing, aside: Sequence[SetAside]) -> None:
        """Show a listing in place of the one before, as what is wanted of it was found."""
        wanted = None
        while wanted != self._queue.wanted:
            wanted = self._queue.wanted
            chosen = await asyncio.to_thread(listing.selecting(wanted))
        self._queue.replace(listing, chosen, aside)

    def _look_at_news(self) -> None:
        """What the news mean for what is open."""
        raise NotImplementedError

    def _arrange(self) -> None:
        """Give the queue the room that its names need."""
        raise NotImplementedError

    def _open(self, item: QueueItem) -> Worker[None]:
        """Open a photo and show it."""
        raise NotImplementedError

    def _try_again(self) -> None:
        """Open a photo that could not be opened: its folder may be back."""
        row = self._queue.current
        if self._unopened and isinstance(row, QueueItem) and row.photo_id == self._unopened[0]:
            self._unopened = None
            self._open(row)
