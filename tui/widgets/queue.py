"""The queue: a line for each photo, and the files that were set aside with their reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from db.values import QueueItem, Remarks, SetAside
from pipeline.review.waiting import Said, Unfinished
from pipeline.review.wanted import Wanted
from tui.rows import Chosen, Left, Listing, Row, key_of
from tui.widgets.queue_lines import QueueLines


class Queue(QueueLines, can_focus=True):
    """The photos that are wanted, in their order, and a cursor that stays on its photo."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]

    @dataclass
    class RowChosen(Message):
        """The cursor stands on another row; None when there is none."""

        row: Row | None
        followed: bool = False
        """Whether nobody went there: it came to be the first."""
        instead_of: QueueItem | None = None
        """The photo in whose place it came, which is in the folder no more."""

    @dataclass
    class Ended(Message):
        """Nobody has gone anywhere yet, and none of the photos waits."""

    def __init__(self, folder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(folder, id=id)
        self.folder = folder
        self._left = False
        self.follows_first = False
        """Whether the cursor goes to the first that waits, whichever comes to be that."""
        self.silent = False
        """Whether nobody is told where the cursor goes."""
        self.handed: int | None = None
        """The photo under the cursor where it came there by itself, as the next that waits."""
        self._resumed: Left | None = None
        """Where the cursor goes first; None once it went anywhere."""
        self._put_on: int | str | None = None
        """The row on which somebody was when what is wanted left others out."""
        self._brought = False
        """Whether the cursor came to its row because that one is wanted, and nobody went there."""
        self._lost: QueueItem | None = None
        """The photo that was under the cursor and is gone, while another place is looked for."""

    # What the queue holds

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return None if self.cursor is None else self._rows[self.cursor]

    @property
    def home(self) -> Row | None:
        """The row under the cursor; where none is shown, the photo on which the filter was put."""
        if self.current is None and isinstance(self._put_on, int):
            return self.line(self._put_on)
        return self.current

    def waiting(self) -> Iterator[QueueItem]:
        """What is to be decided of what is shown, in order; what follows the cursor comes first."""
        after = 0 if self.cursor is None else min(self.cursor + 1, len(self.items))
        return self._rows.waiting(after)

    def below(self) -> QueueItem | None:
        """The photo on the row below the cursor."""
        place = -1 if self.cursor is None else self.cursor
        return self.items[place + 1] if place + 1 < len(self.items) else None

    def find_match(self, sought: Wanted, direction: int) -> int | None:
        """The next photo of those shown that is sought, round the end if need be."""
        return self._rows.find_match(sought, -1 if self.cursor is None else self.cursor, direction)

    def resume(self, wanted: Wanted, left: Left) -> None:
        """Before anything is read: this is wanted, and there the cursor goes, or near that row."""
        self._rows.show(wanted, Chosen())
        self._resumed = left
        self.follows_first = self.follows_first and left.key is None

    def extend(self, items: Sequence[QueueItem]) -> bool:
        """These photos come behind the others; without a cursor, it takes the first that waits.

        That is, unless it resumes another one, for which it waits.

        They are drawn, which is what is returned, once there are twice as many as were: to lay all
        out anew for each page would take longer than to read it.
        """
        self._rows.extend(items)
        drawn = len(self) >= 2 * self.virtual_size.height
        if drawn:
            self._resize()
            self.refresh()
        if self.cursor is None:
            self._take_first(items)
        return drawn

    def _take_first(self, items: Sequence[QueueItem]) -> None:
        if self._resumed is not None and self._resumed.key is not None:
            if any(item.photo_id == self._resumed.key for item in items):
                self._go_back_to(self._resumed)
            return
        taken = self._rows.taken
        waiting = (item for item in items if item.decision is None and item.photo_id not in taken)
        first = next(waiting, None)
        if first is not None:
            self.hand(first)

    def replace(self, listing: Listing, chosen: Chosen, aside: Sequence[SetAside]) -> None:
        """Show these photos and files; `chosen` are those that are wanted.

        The cursor stays on its photo, and that on its line of the screen; without a photo it takes
        the first that waits.
        """
        with self._staying():
            self._rows.set_aside(aside)
            if listing is not self.listing:
                self._rows.replace(listing, chosen)

    def selecting(self, wanted: Wanted) -> Callable[[], Chosen]:
        """Finds what is wanted, on any thread; `show` shows it."""
        return self._rows.selecting(wanted)

    def show(self, wanted: Wanted, chosen: Chosen) -> None:
        """Show what is wanted, as it was found. The cursor stays on its photo if that is shown.

        Where nothing was shown, it comes back to the row on which somebody was before.
        """
        if wanted.limits:
            self._note_put_on()
        with self._staying():
            self._rows.show(wanted, chosen)

    def _note_put_on(self) -> None:
        row = self.current
        if row is not None and not (self._brought or self._left):
            self._put_on = key_of(row)

    def change(self, items: Sequence[QueueItem]) -> None:
        """These lines read otherwise now."""
        moves = self.follows_first or self.cursor is None
        with self._staying() if moves else self._changing(*(item.photo_id for item in items)):
            self._rows.change(items)

    @contextmanager
    def _staying(self) -> Iterator[None]:
        """The cursor stays on its photo, whatever comes before it or goes."""
        before, line = self.current, self._line_in_sight()
        yield
        self._resize()
        if isinstance(before, QueueItem) and self.line(before.photo_id) is None:
            self._lost = before
        place = None if before is None else self._rows.place(key_of(before))
        first = next(self._rows.waiting(0), None) if self.follows_first else None
        if first is not None and (before is None or key_of(first) != key_of(before)):
            self._go(self._rows.place(first.photo_id), followed=before is not None)
        elif place is None:
            self._place_cursor(before)
        else:
            self.set_reactive(Queue.cursor, place)
            self._hold(before)
        self._lost = None
        if line is not None:
            self._keep_on(line)
        self.refresh()

    def _place_cursor(self, before: Row | None) -> None:
        if before is None and self._resumed is not None:
            self._resume_near(self._resumed)
            self.keep_cursor_in_sight()
            return
        if self.wanted.limits:
            # Where it was among others says nothing.
            self.set_reactive(Queue.cursor, None)
            before = None
        if before is None:
            if self._put_on is None or not self.choose(self._put_on):
                self._hand_first(0)
                self._brought = self.wanted.limits
        else:
            self._go(min(self.cursor or 0, len(self) - 1) if len(self) else None)
        self.keep_cursor_in_sight()

    def _hand_first(self, row: int) -> None:
        """Go to what waits from a row on; where nothing does, to that row, of those some want."""
        waiting = next(self._rows.waiting(min(row, len(self.items))), None)
        if waiting is not None:
            self.hand(waiting)
            return
        ended = bool(self.items) and not self.wanted.limits
        self._go(min(row, len(self) - 1) if len(self) else None, told=not ended)
        if ended:
            self.post_message(self.Ended())

    def _go_back_to(self, left: Left) -> bool:
        """Go to the row that was left; False if it is shown no more, done with, or open elsewhere.

        It was done with if it was decided when there was no time left to note where that led.
        """
        if left.key is None:
            return False
        if isinstance(left.key, int):
            item = self.line(left.key)
            if item is not None and item.decision and item.decision_id != left.decision:
                return False
            if self._rows.taken.get(left.key) not in (None, left.reviewer):
                return False
        return self.choose(left.key)

    def _resume_near(self, left: Left) -> None:
        """Go to the row that was left, or else to what waits next from there."""
        self._resumed = None
        if self._go_back_to(left):
            return
        self._put_on = left.key if self.wanted.limits else None
        self._hand_first(left.row)

    def mark(self, photo_id: int, said: Said) -> None:
        """Show a decision that is on its way to the database, or was taken back in it."""
        self.mark_all({photo_id: said})

    def mark_all(self, said: Mapping[int, Said]) -> None:
        """Show such decisions on many photos at once."""
        with self._changing(*said):
            for photo_id, each in said.items():
                self._rows.mark(photo_id, each)

    def refuse(self, *photo_ids: int) -> None:
        """Show photos as they were before decisions were said of them that are refused."""
        with self._changing(*photo_ids):
            for photo_id in photo_ids:
                self._rows.refuse(photo_id)

    def remark(self, photo_id: int, remarks: Remarks) -> None:
        """Show remarks that are on their way to the database."""
        with self._changing(photo_id):
            self._rows.remark(photo_id, remarks)

    def note_remarked(self, photo_id: int, remarks: Remarks) -> None:
        """The database has these remarks now, for a reading that begins from now on."""
        self._rows.note_remarked(photo_id, remarks)

    def show_edits(self, photo_id: int, made: Unfinished) -> None:
        """Show what edits made of a photo's mask; remembered, as no list reads them."""
        with self._changing(photo_id):
            self._rows.show_edits(photo_id, made)

    def show_unedited(self, photo_id: int, area: float | None) -> None:
        """Show a photo that has no edits, whatever was shown of it before."""
        with self._changing(photo_id):
            self._rows.show_unedited(photo_id, area)

    @contextmanager
    def _changing(self, *photo_ids: int) -> Iterator[None]:
        """Rows of photos read otherwise; where only some are shown, they may come or go."""
        if self.arranged:
            with self._staying():
                yield
            return
        yield
        for photo_id in photo_ids:
            self.refresh_row(self._rows.place(photo_id))

    def unmark(self, photo_id: int) -> None:
        """The database says itself now what was decided: to a reading that begins from now on."""
        self._rows.unmark(photo_id)

    def begin_reading(self) -> set[int]:
        """What is read from now on says itself what was said of these photos."""
        return self._rows.begin_reading()

    # What is open elsewhere

    def take(self, taken: Mapping[int, str]) -> None:
        """These photos are open in other sessions, of these reviewers."""
        for photo_id in taken.keys() ^ self._rows.taken.keys():
            self.refresh_row(self._rows.place(photo_id))
        self._rows.taken = taken

    def leave_to(self, photo_id: int, holder: str) -> None:
        """This photo is open in another session, too."""
        self.take({**self._rows.taken, photo_id: holder})

    # Moving

    def hand(self, item: QueueItem, told: bool = True) -> None:
        """Go to a photo that is shown because it is the next that waits."""
        self.choose(item.photo_id, told)
        self.handed = item.photo_id

    def choose(self, key: int | str, told: bool = True) -> bool:
        """Go to a photo or a file, also when the cursor is there; False if it is not shown.

        Not `told` of by a `RowChosen` where whoever asks shows it.
        """
        index = self._rows.place(key)
        if index is not None:
            self._go(index, told)
        return index is not None

    def reveal(self, photo_id: int) -> bool:
        """Go to a photo, wanted or not; False if the folder does not hold it."""
        with self._staying():
            self._rows.reveal(photo_id)
        return self.choose(photo_id)

    def leave(self) -> None:
        """The photo under the cursor is not shown any more: a step back leads to it."""
        self._left = True

    def action_step(self, rows: int) -> None:
        """Move the cursor by this many rows."""
        if len(self):
            start = -1 if self.cursor is None else self.cursor
            if self._left and rows < 0:
                rows += 1
            self._move(max(0, min(len(self) - 1, start + rows)))

    def pass_on(self) -> None:
        """Move the cursor to the next row that is not a photo which others have open."""
        start = -1 if self.cursor is None else self.cursor
        free = (
            at
            for at in range(start + 1, len(self))
            if key_of(self._rows[at]) not in self._rows.taken
        )
        index = next(free, start)
        if index >= 0:
            self._move(index)

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.action_step(direction * max(1, self.size.height - 1))

    def action_end(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self.action_step(direction * len(self))

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        at = event.get_content_offset(self)
        index = None if at is None else self._index_at(at.y + self.scroll_offset.y)
        if index is not None:
            self._move(index)

    def _move(self, index: int) -> None:
        if index != self.cursor or self._left:
            self._go(index)

    def _go(self, index: int | None, told: bool = True, followed: bool = False) -> None:
        row = None if index is None else self._rows[index]
        self.handed, self._brought = None, False
        if row is not None:
            self._resumed = None
        # The row that was left may be wanted no more, and close up.
        self._hold(row)
        if index is not None:
            # What is not drawn yet can be gone to.
            self._resize()
            if self.wanted.limits:
                self.refresh()
        self.cursor = None if row is None else self._rows.place(key_of(row))
        self._left = False
        if told:
            self.post_message(self.RowChosen(self.current, followed, self._lost))

    def _hold(self, row: Row | None) -> None:
        self._rows.hold(row.photo_id if isinstance(row, QueueItem) else None)

    def _line_in_sight(self) -> int | None:
        """The line of the screen on which the cursor is; None where it is out of sight."""
        if self.cursor is None:
            return None
        line = self._lines_of(self.cursor)[0] - self.scroll_offset.y
        return line if 0 <= line < self.scrollable_content_region.height else None

    def _keep_on(self, line: int) -> None:
        """Scroll so that the cursor is on this line of the screen, or as near as can be."""
        if self.cursor is not None:
            top = self._lines_of(self.cursor)[0] - line
            self.scroll_to(y=top, animate=False, force=True)
            self.keep_cursor_in_sight()
