"""The contact sheet: photos of the queue side by side, each with its outline and what is known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from db.values import QueueItem
from imaging.framing import Size
from pipeline.review.sheet import Bar, Drawn, Page
from tui.widgets.captions import Naming
from tui.widgets.drawn_ahead import Easel
from tui.widgets.queue import Queue
from tui.widgets.sheet_view import SheetView
from tui.widgets.thumbs import Thumb, Thumbs
from tui.widgets.tiles import SIZES, Tiles


class ContactSheet(SheetView, can_focus=True):
    """A page of the photos that a queue shows, and a frame around one of them.

    It draws what it is given by `keep`, and says by `next_undrawn` what it lacks. What is on the
    page may be looked at only by the screen's thread.
    """

    DEFAULT_CSS = "ContactSheet { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("up", "row(-1)", show=False),
        Binding("down", "row(1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("space", "swap", show=False),
        Binding("enter", "open", show=False),
    ]

    size_step: reactive[int] = reactive(0, init=False)
    """Which of `SIZES` the photos are drawn at."""

    @dataclass
    class Turned(Message):
        """Other photos are on the page, or they are to be drawn otherwise."""

    @dataclass
    class Chosen(Message):
        """The photo in the frame is to be opened."""

        photo_id: int

    @dataclass
    class Changed(Message):
        """One was taken out or in again, or the frame is around another one."""

    def __init__(self, queue: Queue, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._queue = queue
        self._thumbs = Thumbs()
        self._easel: int | None = None
        self._place = 0
        self._photo: int | None = None
        self._out: set[int] = set()
        """What was taken out, also of other pages; kept by whoever keeps where one is."""
        self._since: dict[int, tuple[int | None, float]] = {}
        self._shown: tuple[int, ...] = ()
        self._told: list[tuple[QueueItem, str]] = []

    # What is on the page

    @property
    def first(self) -> int:
        """Where in the queue the page begins."""
        return self._place // self.tiles.count * self.tiles.count

    @property
    def items(self) -> Sequence[QueueItem]:
        """The photos of the page."""
        return self._queue.items[self.first : self.first + self.tiles.count]

    @property
    def pages(self) -> tuple[int, int]:
        """Which page it is, from 1 on, and of how many."""
        count = self.tiles.count
        return self.first // count + 1, max(1, -(-len(self._queue.items) // count))

    @property
    def chosen(self) -> QueueItem | None:
        """The photo in the frame."""
        items = self._queue.items
        return items[self._place] if self._place < len(items) else None

    @property
    def page(self) -> Page:
        """What is seen now, and what keeps some of it back."""
        return Page(self.items, self._drawn(), self._out, self._queue.taken)

    def _drawn(self) -> Mapping[int, Drawn]:
        found: dict[int, Drawn] = {}
        for item in self.items:
            thumb = self.thumb(item)
            if thumb is not None:
                since = self._note_seen(item, thumb)
                found[item.photo_id] = Drawn(thumb.revision_id, since, thumb.empty, thumb.failure)
        return found

    def _note_seen(self, item: QueueItem, thumb: Thumb) -> float:
        """Since when this is seen of a photo on the page, which is now if it wasn't before."""
        before = self._since.get(item.photo_id)
        if before is None or before[0] != thumb.revision_id:
            before = self._since[item.photo_id] = thumb.revision_id, monotonic()
        return before[1]

    def bars(self) -> Mapping[int, Bar | None]:
        """What keeps each of them back."""
        page, now = self.page, monotonic()
        return {item.photo_id: page.bar(item, now) for item in page.items}

    @property
    def framed(self) -> int | None:
        """The place of the photo with the frame."""
        return None if self._photo is None else self._place - self.first

    def thumb(self, item: QueueItem) -> Thumb | None:
        """A photo drawn on the easel in use, if it is."""
        return None if self._easel is None else self._thumbs.find(item.photo_id, self._easel)

    @property
    def out(self) -> tuple[int, ...]:
        """The photos that were taken out, as far as they are in the folder."""
        return tuple(sorted(each for each in self._out if self._queue.line(each) is not None))

    def take_out(self, photo_ids: Collection[int]) -> None:
        """Take these out, as they were before."""
        self._out |= set(photo_ids)

    def is_out(self, item: QueueItem) -> bool:
        """Whether a photo was taken out."""
        return item.photo_id in self._out

    def naming(self, place: int) -> Naming:
        """The number of a photo, and its name beside those of the page."""
        first, last = self.first, self.first + len(self.items)
        names = partial(self._queue.names_at, range(first, last))
        return Naming(first + place + 1, last, lambda width: names(width)[place])

    def holder(self, item: QueueItem) -> str:
        """Who else has a photo open."""
        return self._queue.taken.get(item.photo_id, "")

    # What is drawn

    def draw_on(self, easel: Easel) -> Easel:
        """Draw as on this easel from now on; the one for a photo of the page."""
        tiles, beside = self.tiles, self.background_colors[1].rgb
        cells = Size(tiles.width, tiles.height)
        found = replace(easel, cells=cells, beside=beside)
        number = self._thumbs.number(found)
        if number != self._easel:
            self._easel = number
            self._since.clear()
            self.refresh()
        return found

    def next_undrawn(self) -> QueueItem | None:
        """A photo of this page that isn't drawn as it stands, or else of the next page."""
        start, count = self.first, self.tiles.count
        ahead = self._queue.items[start : start + 2 * count]
        return next((item for item in ahead if self._lacks(item)), None)

    def _lacks(self, item: QueueItem) -> bool:
        thumb = self.thumb(item)
        return thumb is None or thumb.revision_id != item.revision_id

    def keep(self, item: QueueItem, easel: Easel, thumb: Thumb) -> None:
        """A photo was drawn."""
        self._thumbs.keep(item.photo_id, self._thumbs.number(easel), thumb)
        for place, shown in enumerate(self.items):
            if shown.photo_id == item.photo_id:
                self._note_seen(item, thumb)
                self.refresh(self.tiles.frame(place))

    # Moving

    def go_to(self, photo_id: int | None) -> None:
        """Put the frame around a photo, or the first where it isn't shown."""
        place = None if photo_id is None else self._queue.place_of(photo_id)
        self._move(0 if place is None else place)

    def follow(self) -> None:
        """The queue has changed: the frame stays around its photo, and what is new is drawn."""
        if len(self._queue.items) > self.tiles.count and self.tiles != self._tiles_at():
            # There is room for more than it was laid out for.
            self._lay_out()
            return
        place = None if self._photo is None else self._queue.place_of(self._photo)
        self._move(self._place if place is None else place)
        before, self._told = self._told, [(item, self.holder(item)) for item in self.items]
        for at, told in enumerate(self._told):
            if at >= len(before) or before[at] != told:
                self.refresh(self.tiles.frame(at))

    def go_on(self) -> None:
        """Go to the next page where nothing waits on this one, or else to the first that does."""
        waiting = [item.photo_id for item in self.items if item.decision is None]
        if waiting:
            self.go_to(waiting[0])
        else:
            self.action_turn(1)

    def _move(self, place: int) -> None:
        before, items = self._place - self.first, self._queue.items
        self._place = max(0, min(place, len(items) - 1))
        self._photo = items[self._place].photo_id if items else None
        shown = tuple(item.photo_id for item in self.items)
        if shown != self._shown:
            self._shown = shown
            # Whoever comes back to a photo that could not be drawn may have it drawn now.
            self._thumbs.forget_failures()
            self._since = {each: seen for each, seen in self._since.items() if each in shown}
            self.refresh()
            self.post_message(self.Turned())
        elif before != (after := self._place - self.first):
            self.refresh(self.tiles.frame(before), self.tiles.frame(after))
        self.post_message(self.Changed())

    def action_step(self, photos: int) -> None:
        """Go to a photo beside, also on another page."""
        self._move(self._place + photos)

    def action_row(self, rows: int) -> None:
        """Go to a photo below or above."""
        place = self._place + rows * self.tiles.columns
        if 0 <= place < len(self._queue.items):
            self._move(place)

    def action_turn(self, pages: int) -> None:
        """Go to the next page or the one before."""
        first = self.first + pages * self.tiles.count
        if 0 <= first < len(self._queue.items):
            self._move(first + (self._place - self.first if pages < 0 else 0))

    def action_end(self, direction: int) -> None:
        """Go to the first or the last photo."""
        self._move(0 if direction < 0 else len(self._queue.items) - 1)

    def action_swap(self) -> None:
        """Take the photo in the frame out, or in again."""
        if self._photo is not None:
            self._out ^= {self._photo}
            self.refresh(self.tiles.frame(self._place - self.first))
            self.post_message(self.Changed())

    def action_open(self) -> None:
        """Open the photo in the frame."""
        if self._photo is not None:
            self.post_message(self.Chosen(self._photo))

    def on_click(self, event: events.Click) -> None:
        """Put the frame around a photo; a double click opens it."""
        at = event.get_content_offset(self)
        place = None if at is None else self.tiles.at(at.x, at.y)
        if place is not None and place < len(self.items):
            self._move(self.first + place)
            if event.chain > 1:
                self.action_open()

    def on_mouse_scroll_down(self) -> None:
        """The next page."""
        self.action_turn(1)

    def on_mouse_scroll_up(self) -> None:
        """The page before."""
        self.action_turn(-1)

    def on_resize(self) -> None:
        """Lay the photos out anew."""
        self._lay_out()

    def watch_size_step(self) -> None:
        """Draw photos larger, or more of them."""
        self._lay_out()

    def resize(self, steps: int) -> bool:
        """Larger photos, or more of them; False where there is no such size."""
        wished = self.size_step + steps
        # Few photos are as large as can be at more than one of them.
        while 0 <= wished < len(SIZES) and self._tiles_at(wished) == self.tiles:
            wished += steps
        found = 0 <= wished < len(SIZES)
        if found:
            self.size_step = wished
        return found

    def lay_out_all(self) -> None:
        """Lay the photos out for as many as there are now."""
        if self.tiles != self._tiles_at():
            self._lay_out()

    def _tiles_at(self, step: int | None = None) -> Tiles:
        size = self.size_step if step is None else step
        return Tiles.filling(self.size.width, self.size.height, size, len(self._queue.items))

    def _lay_out(self) -> None:
        # What is drawn for other tiles is seen no more, until it is known on what to draw.
        self._shown, self._easel = (), None
        self.tiles = self._tiles_at()
        self.follow()
