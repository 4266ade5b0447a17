"""The rows of the queue: what the database says of photos, and what it will say in a moment."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from db.values import QueueItem, Remarks, SetAside
from imaging.text import printable
from pipeline.review.roster import Roster
from pipeline.review.shown import Shown
from pipeline.review.waiting import (
    Said,
    Unfinished,
    foresee,
    is_skipped,
    order_skipped,
    order_waiting,
    order_wanted,
)
from pipeline.review.wanted import Wanted, searchable, select
from tui.names import Names, below, distinct, side_by_side

Row = QueueItem | SetAside
BLOCK = 128
"""Rows whose names are told apart from each other where they are shortened."""
BESIDE = 64
"""Rows on either side from which they are told apart too: they may be seen together."""
LEAST_FOLDER = 8
"""Cells that folders need beside the names to be shown at all."""


def key_of(row: Row) -> int | str:
    """What stays the same of a row when the queue is read again."""
    return row.photo_id if isinstance(row, QueueItem) else row.path


@dataclass(frozen=True)
class Left:
    """The row on which the cursor was left, where that was, and whose cursor it is.

    `key` is None where nothing waited, `decision` the id of what was decided of the photo then.
    """

    key: int | str | None
    row: int
    decision: int | None
    reviewer: str


class Listing:
    """The photos of a folder as they are read, page by page, and what they are called."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.roster = Roster(folder)
        self.names = Names()

    def extend(self, items: Sequence[QueueItem]) -> None:
        """These photos come behind the others."""
        self.roster.extend([foresee(item, None, None) for item in items])
        self.names.extend([below(item.path, self._folder) for item in items])

    def selecting(self, wanted: Wanted) -> Callable[[], "Chosen"]:
        """Finds what is wanted of those read so far; on any thread."""
        if not (wanted.limits or wanted.arranges):
            return Chosen
        # The lists themselves, no copies: they only grow, and what changes in them meanwhile is
        # looked at again by whoever shows what was found.
        roster, count = self.roster, len(self.roster)
        return lambda: Chosen(select(roster.items, roster.texts, wanted, count), count)


@dataclass(frozen=True)
class Chosen:
    """The places of what is wanted of the first so many photos."""

    places: Sequence[int] = ()
    of: int = 0


class Rows:
    """The photos that are wanted, in their order, then the files that were set aside.

    Decisions, remarks and edits that are on their way to the database are laid over what it says.
    """

    def __init__(self, folder: str) -> None:
        self._root = folder
        self.listing = Listing(folder)
        self.items = Shown(self.listing.roster)
        """The photos that are shown."""
        self.aside: Sequence[SetAside] = []
        self._all_aside: Sequence[SetAside] = []
        self._marks: dict[int, Said] = {}
        self._before: dict[int, QueueItem] = {}
        """How the lines of what is marked read before."""
        self._remarks: dict[int, Remarks] = {}
        self._stored: set[int] = set()
        self._unfinished: dict[int, Unfinished] = {}
        self._touched: set[int] = set()
        """What has changed since those that are wanted were last looked for."""
        self._short: dict[tuple[str, int, int], list[str]] = {}
        self.taken: Mapping[int, str] = {}
        """The photos that are open in other sessions, and whose they are."""

    @property
    def roster(self) -> Roster:
        """All photos, shown or not."""
        return self.listing.roster

    @property
    def wanted(self) -> Wanted:
        """What is shown, and in which order."""
        return self.items.wanted

    def __len__(self) -> int:
        return len(self.items) + len(self.aside)

    def __iter__(self) -> Iterator[Row]:
        yield from self.items
        yield from self.aside

    def __getitem__(self, index: int) -> Row:
        photos = len(self.items)
        return self.items[index] if index < photos else self.aside[index - photos]

    def place(self, key: int | str) -> int | None:
        """Where a row is shown."""
        if isinstance(key, int):
            return self.items.find(key)
        paths = (len(self.items) + at for at, file in enumerate(self.aside) if file.path == key)
        return next(paths, None)

    # What they are

    def extend(self, items: Sequence[QueueItem]) -> None:
        """These photos come behind the others."""
        before = len(self.roster)
        self.listing.extend(items)
        self.items.extend(before)
        self._lay_over({item.photo_id for item in items} & self._on_their_way())

    def replace(self, listing: Listing, chosen: Chosen) -> None:
        """These are the photos now, and `chosen` those that are wanted."""
        self.listing = listing
        self._touched.clear()
        self.show(self.wanted, chosen)

    def selecting(self, wanted: Wanted) -> Callable[[], Chosen]:
        """Finds what is wanted, on any thread, to be shown."""
        self._touched.clear()
        return self.listing.selecting(wanted)

    def show(self, wanted: Wanted, chosen: Chosen) -> None:
        """Show those that are wanted, as they were found."""
        before, self.items = self.items, Shown(self.roster, wanted, chosen.places)
        self.items.extend(chosen.of)
        if before.wanted == wanted:
            self.items.keep_as(before)
        for photo_id in self._touched:
            self.items.follow(photo_id)
        self.set_aside(self._all_aside)
        self._lay_over(self._on_their_way())

    def set_aside(self, aside: Sequence[SetAside]) -> None:
        """These files could not become photos."""
        self._all_aside = aside
        self.aside = [file for file in aside if self._is_wanted(file)]
        self._short.clear()

    def change(self, items: Sequence[QueueItem]) -> None:
        """These lines read otherwise now, of photos that are known."""
        for item in items:
            place = self.roster.place(item.photo_id)
            if place is not None:
                self._put(place, foresee(item, None, None))
        self._lay_over({item.photo_id for item in items} & self._on_their_way())

    def _is_wanted(self, file: SetAside) -> bool:
        # Its reason is no note: the same words stand in all of them.
        text = searchable(below(file.path, self._root))
        return not self.wanted.values and all(word in text for word in self.wanted.words)

    # What they are called

    def whole_name(self, photo_id: int) -> str | None:
        """What to call a photo so that it is no other one, shown or not; safe to show."""
        place = self.roster.place(photo_id)
        return None if place is None else self.listing.names.whole(place)

    def name(self, index: int, width: int) -> str:
        """A row's name in `width` cells; told apart from those around it."""
        return self._in_cells(self._name, index, width)

    def names(self, rows: range, width: int) -> list[str]:
        """The names of rows that are seen side by side, in `width` cells each."""
        key = f"{rows.start} to {rows.stop}", 0, width
        if key not in self._short:
            self._short[key] = side_by_side([self._name(row) for row in rows], width)
        return self._short[key]

    def parts(self, index: int, width: int) -> tuple[str, str]:
        """A photo's whole name, and its folder in `width` cells, told apart likewise."""
        return self._parts(index)[1], self._in_cells(self._folder_of, index, width)

    def _in_cells(self, text: Callable[[int], str], index: int, width: int) -> str:
        block, number = divmod(index, BLOCK)
        key = text.__name__, block, width
        if key not in self._short:
            first = max(0, block * BLOCK - BESIDE)
            rows = range(first, min(len(self), (block + 1) * BLOCK + BESIDE))
            told = distinct([text(row) for row in rows], width)
            self._short[key] = told[block * BLOCK - first :][:BLOCK]
        return self._short[key][number]

    def _folder_of(self, index: int) -> str:
        return self._parts(index)[0] if index < len(self.items) else ""

    def _parts(self, index: int) -> tuple[str, str]:
        return self.listing.names.parts(self.items.place(index))

    def _name(self, index: int) -> str:
        photos = len(self.items)
        if index >= photos:
            return printable(below(self.aside[index - photos].path, self._root))
        return self.listing.names.whole(self.items.place(index))

    def columns(self, room: int) -> tuple[int, int]:
        """How many cells names get of a room, and how many folders; 0: those have no column."""
        names = self.listing.names
        left = room - names.widest - 1
        least = min(LEAST_FOLDER, names.widest_folder)
        return (names.widest, left) if names.widest_folder and left >= least else (room, 0)

    @property
    def widest(self) -> int:
        """Cells in which every name and folder has room."""
        names = self.listing.names
        return names.widest + (names.widest_folder and names.widest_folder + 1)

    # What is to be done

    def waiting(self, after: int) -> Iterator[QueueItem]:
        """What is to be decided of what is shown, in order; from `after` on first.

        What others have open is left to them.
        """
        if self.wanted.limits:
            waiting = order_wanted(self.items, after)
        else:
            waiting = order_waiting(self.items, after, list(self._marks))
        return (item for item in waiting if item.photo_id not in self.taken)

    def left_to_others(self) -> int:
        """How many photos wait that others have open, shown or not."""
        places = self._places(self.taken.keys())
        items = (self.roster.items[place] for place in places)
        return sum(item.decision is None or is_skipped(item) for item in items)

    def skipped(self) -> list[QueueItem]:
        """The skipped photos, shown or not, the first skipped first."""
        items = [self.roster.items[place] for place in self._places(self.roster.skipped)]
        return order_skipped(items, list(self._marks))

    def edited(self) -> list[int]:
        """The photos that were edited since their decision, shown or not."""
        return [self.roster.items[place].photo_id for place in self._places(self.roster.edited)]

    def _places(self, photo_ids: Collection[int]) -> list[int]:
        places = (self.roster.place(photo_id) for photo_id in photo_ids)
        return sorted(place for place in places if place is not None)

    def find_match(self, sought: Wanted, start: int, direction: int) -> int | None:
        """The next photo shown, from a row on or back and round the end, that is sought."""
        photos, texts, words = len(self.items), self.roster.texts, sought.words
        for step in range(1, photos + 1):
            index = (start + direction * step) % photos
            text = texts[self.items.place(index)]
            if all(word in text for word in words):
                return self.items[index].photo_id
        return None

    # What is on its way

    def mark(self, photo_id: int, said: Said) -> None:
        """A decision is on its way to the database, or was taken back in it."""
        self._marks.pop(photo_id, None)
        self._marks[photo_id] = said
        place = self.roster.place(photo_id)
        if place is not None:
            self._before[photo_id] = self.roster.items[place]
        self._stored.discard(photo_id)
        self._unfinished.pop(photo_id, None)
        self._remarks.pop(photo_id, None)
        self.items.keep(photo_id)
        self._lay_over({photo_id})

    def refuse(self, photo_id: int) -> None:
        """The database did not take what was said: until it is read, all is as it was before."""
        before, place = self._unmark(photo_id), self.roster.place(photo_id)
        if before is not None and place is not None:
            self._put(place, before)

    def _unmark(self, photo_id: int) -> QueueItem | None:
        self._marks.pop(photo_id, None)
        return self._before.pop(photo_id, None)

    def remark(self, photo_id: int, remarks: Remarks) -> None:
        """More is said of a photo, and on its way to the database."""
        self._remarks[photo_id] = remarks
        self._stored.discard(photo_id)
        self._lay_over({photo_id})

    def note_remarked(self, photo_id: int, remarks: Remarks) -> None:
        """The database has these remarks now; later ones may be on their way."""
        if self._remarks.get(photo_id) is remarks:
            self.unmark(photo_id)

    def hold(self, photo_id: int | None) -> None:
        """This photo is looked at: it stays while it is."""
        self.items.hold(photo_id)
        self._short.clear()

    def reveal(self, photo_id: int) -> None:
        """Show a photo, wanted or not, until another one is decided."""
        if self.roster.place(photo_id) is not None:
            self.items.reveal(photo_id)
            self._short.clear()

    def unmark(self, photo_id: int) -> None:
        """The database says itself now what was decided: to a reading that begins from now on."""
        self._stored.add(photo_id)

    def begin_reading(self) -> set[int]:
        """What is read from now on says itself what was said of these photos."""
        stored, self._stored = self._stored, set()
        for photo_id in stored:
            self._unmark(photo_id)
            self._remarks.pop(photo_id, None)
        return stored

    def show_edits(self, photo_id: int, made: Unfinished) -> None:
        """Edits were made, whatever the database says until it has them."""
        self._unfinished[photo_id] = made
        self._lay_over({photo_id})

    def show_unedited(self, photo_id: int, area: float | None) -> None:
        """There are no edits, and this is the area; from now on the database says what there is."""
        self.show_edits(photo_id, Unfinished(area, edits=False, since=False))
        del self._unfinished[photo_id]

    def _on_their_way(self) -> set[int]:
        return self._marks.keys() | self._unfinished.keys() | self._remarks.keys()

    def _lay_over(self, photo_ids: Collection[int]) -> None:
        for photo_id in photo_ids:
            place = self.roster.place(photo_id)
            if place is not None:
                said, made = self._marks.get(photo_id), self._unfinished.get(photo_id)
                remarks = self._remarks.get(photo_id)
                self._put(place, foresee(self.roster.items[place], said, made, remarks))
        self._short.clear()

    def _put(self, place: int, item: QueueItem) -> None:
        self.roster.change(place, item)
        self._touched.add(item.photo_id)
        self.items.follow(item.photo_id)
