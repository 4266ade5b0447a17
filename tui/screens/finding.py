"""What the keys for search, filter and sort do: which photos of the queue are shown."""

import asyncio
import re
from dataclasses import replace

from textual import on, work

from db.values import QueueItem
from imaging.text import printable
from pipeline.review.desk import Desk
from pipeline.review.wanted import ALL, Wanted
from tui.keys_in_turn import KeysInTurn
from tui.preferences import Preferences
from tui.rows import Row, key_of
from tui.screens.remarking import RemarkingScreen
from tui.sentences import not_found, nothing_fits, only_so_many
from tui.widgets.filter_line import FilterLine
from tui.widgets.filters import Filters
from tui.widgets.search_line import SearchLine

JUMP = re.compile(r"#(\d{0,9})")
"""A photo's number. What has more digits is none, and is searched for as any other word."""


class FindingScreen(RemarkingScreen):
    """A screen with a queue, of which it shows what is wanted."""

    def __init__(self, desk: Desk, folder: str, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self._search_line = SearchLine(id="search")
        self._filter_line = FilterLine(folder, preferences.keymap, id="filter")
        self._filters = Filters(folder, self._queue.choices, id="filters")
        self._wanted = ALL
        self._sought: Wanted = ALL
        self._before: tuple[Wanted, Row | None] = (ALL, None)

    # What is wanted

    def want(self, wanted: Wanted) -> None:
        """Show these photos, as soon as they are found."""
        self._wanted = self._filters.wanted = wanted
        self._select()

    def leave_filter(self) -> None:
        """Close the table of filters, or else show all photos in their order."""
        if self._chooses:
            self._close_filters()
        else:
            self.want(ALL)

    @work(group="select", exclusive=True)
    async def _select(self) -> None:
        await self._show_wanted()

    async def _show_wanted(self) -> None:
        """Find what is wanted on a thread: what is wanted last is what is shown at last."""
        listing = None
        while listing is not self._queue.listing:
            listing, wanted = self._queue.listing, self._wanted
            chosen = await asyncio.to_thread(self._queue.selecting(wanted))
        self._queue.show(wanted, chosen)
        self._tell_wanted()
        self._explain()

    def _count_shown(self) -> int:
        """Tell how many photos are shown, and how many of them because they fit, which it gives."""
        fitting, shown = self._queue.fitting, len(self._queue.items)
        self._filter_line.counts = (fitting, shown - fitting, len(self._queue.roster))
        return fitting

    def _tell_wanted(self) -> None:
        wanted, fitting = self._queue.wanted, self._count_shown()
        self._filter_line.wanted = wanted
        self._queue.empty = " ".join(nothing_fits(self._keymap)) if wanted.limits else ""
        if self._search_line.open:
            number = JUMP.fullmatch(self._search_line.text)
            found = f"{fitting} found" if wanted.words else ""
            self._search_line.count(self._too_far(number[1]) if number else found)

    def _explain(self) -> None:
        """Say why the open photo stands where it stands, which changes with the queue."""
        row, opened = self._queue.current, self._bench.opened
        if isinstance(row, QueueItem) and opened and row.photo_id == opened.details.photo_id:
            self._details.explain(row, self._queue.wanted)

    # The table of filters

    def action_filter(self) -> None:
        """Open the table in which filters and order are chosen, or close it."""
        if self._chooses:
            self._close_filters()
        else:
            self.add_class("-filtering")
            self.set_focus(self._filters)

    @property
    def _chooses(self) -> bool:
        """Whether filters and order are chosen now."""
        return self.has_class("-filtering")

    @on(Filters.Wished)
    def _take_wish(self, message: Filters.Wished) -> None:
        self.want(message.wanted)

    @on(Filters.Closed)
    def _close_filters(self) -> None:
        self.remove_class("-filtering")
        self.set_focus(self._queue)

    @on(FilterLine.Dropped)
    def _drop_filter(self) -> None:
        self.want(ALL)

    # Searching

    def action_search(self) -> None:
        """Search names and notes while it is typed, or go to a photo by its number.

        The photo that is seen is that of the row, as it is everywhere: what is opened for a letter
        and not seen before the next one is never drawn.
        """
        self._before = (self._wanted, self._queue.current)
        self.add_class("-searching")
        self._search_line.ask(self._wanted.text)

    @on(SearchLine.Typed)
    def _search(self, message: SearchLine.Typed) -> None:
        number = JUMP.fullmatch(message.text)
        if number is None:
            self.want(replace(self._wanted, text=message.text))
        elif self._wanted != self._before[0]:
            self.want(self._before[0])
        elif number[1]:
            self._jump(int(number[1]))
            self._search_line.tell(self._too_far(number[1]))

    def _jump(self, number: int) -> None:
        if 1 <= number <= len(self._queue.items):
            self._queue.choose(self._queue.items[number - 1].photo_id)

    def _too_far(self, number: str) -> str:
        """Why there is no photo of this number; nothing where there is, or none is typed yet."""
        photos = len(self._queue.items)
        return "" if not number or 1 <= int(number) <= photos else only_so_many(photos)

    def _go_to(self, number: int) -> None:
        photos = len(self._queue.items)
        if 1 <= number <= photos:
            self._jump(number)
        else:
            # The keys that follow are meant for a photo: no letter makes this number one of them.
            self._say(f"There is no photo {number}: {only_so_many(photos)}.")

    @on(SearchLine.Ended)
    def _end_search(self, message: SearchLine.Ended) -> None:
        if self._search_line.open:
            leaving = self._leave_search(message.text, message.kept)
            if isinstance(self.app, KeysInTurn):
                # What is found is not shown yet, and the keys that follow mean what is then.
                self.app.hold_until_done(leaving)

    @work(group="select", exclusive=True)
    async def _leave_search(self, text: str, kept: bool) -> None:
        number = JUMP.fullmatch(text)
        wanted = replace(self._wanted, text=text)
        if number is None and wanted.words:
            self._sought = Wanted(text)
        self._wanted = wanted if kept and number is None else self._before[0]
        await self._show_wanted()
        if kept and wanted.words and number is None and not self._queue.fitting:
            self._search_line.stay(not_found(printable(text.strip())))
            return
        if kept and number is not None and number[1]:
            self._go_to(int(number[1]))
        if not kept:
            self._return()
        self._close_search()

    def _return(self) -> None:
        before, row = self._before[1], self._queue.current
        if before is not None and (row is None or key_of(row) != key_of(before)):
            self._queue.choose(key_of(before))

    def _close_search(self) -> None:
        self._search_line.close()
        self.remove_class("-searching")
        self._filters.wanted = self._wanted
        self.set_focus(self._queue)

    def action_next_match(self, direction: int) -> None:
        """Go to the next photo that was searched for, or to the one before."""
        if not self._sought.words:
            self._say("Nothing was searched for yet. / searches names and notes.")
            return
        found = self._queue.find_match(self._sought, direction)
        if found is None:
            self._say(not_found(printable(self._sought.text.strip())))
        else:
            self._queue.choose(found)
