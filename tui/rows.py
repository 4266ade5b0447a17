"""The rows of the queue: what the database says of photos, and what it will say in a moment."""

from collections.abc import Iterator, Sequence

from db.values import QueueItem, SetAside
from imaging.text import printable
from pipeline.review.tally import Tally
from pipeline.review.waiting import Said, Unfinished, foresee, order_skipped, order_waiting
from tui.names import Names, below, labels

Row = QueueItem | SetAside


def key_of(row: Row) -> int | str:
    """What stays the same of a row when the queue is read again."""
    return row.photo_id if isinstance(row, QueueItem) else row.path


class Rows:
    """The photos in their order, then the files that were set aside.

    Decisions and edits that are on their way to the database are laid over what it says.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.items: list[QueueItem] = []
        self.aside: Sequence[SetAside] = []
        self.tally = Tally()
        """How the photos stand."""
        self._places: dict[int | str, int] = {}
        self._marks: dict[int, Said] = {}
        self._stored: set[int] = set()
        self._unfinished: dict[int, Unfinished] = {}
        self._names = Names(labels)
        self._aside_names = Names(lambda paths: [printable(path) for path in paths])

    def __len__(self) -> int:
        return len(self.items) + len(self.aside)

    def __iter__(self) -> Iterator[Row]:
        yield from self.items
        yield from self.aside

    def __getitem__(self, index: int) -> Row:
        photos = len(self.items)
        return self.items[index] if index < photos else self.aside[index - photos]

    def place(self, key: int | str) -> int | None:
        """Where a row is."""
        return self._places.get(key)

    def fill(self, items: Sequence[QueueItem], aside: Sequence[SetAside]) -> None:
        """These are the rows now."""
        self.items, self.aside = [self._as_it_is(item) for item in items], list(aside)
        self.tally = Tally.of(self.items)
        self._places = {key_of(row): index for index, row in enumerate(self)}
        self._names.set([below(item.path, self._folder) for item in items])
        self._aside_names.set([below(file.path, self._folder) for file in aside])

    def name(self, index: int, width: int | None = None) -> str:
        """What to call a row, safe to show; told apart from the others also in `width` cells."""
        photos = len(self.items)
        names, index = (
            (self._names, index) if index < photos else (self._aside_names, index - photos)
        )
        return names.whole(index) if width is None else names.short(index, width)

    # What is to be done

    def waiting(self, after: int) -> Iterator[QueueItem]:
        """What is to be decided, in order; undecided photos from `after` on come first."""
        return order_waiting(self.items, after, list(self._marks))

    def skipped(self) -> list[QueueItem]:
        """The skipped photos, the first skipped first."""
        return order_skipped(self.items, list(self._marks))

    # What is on its way

    def mark(self, photo_id: int, said: Said) -> None:
        """A decision is on its way to the database, or was taken back in it."""
        self._marks.pop(photo_id, None)
        self._marks[photo_id] = said
        self._stored.discard(photo_id)
        self._unfinished.pop(photo_id, None)
        self._lay_over(photo_id)

    def unmark(self, photo_id: int) -> None:
        """The database says itself now what was decided: to a reading that begins from now on."""
        self._stored.add(photo_id)

    def begin_reading(self) -> None:
        """What will be filled in is read from now on."""
        for photo_id in self._stored:
            self._marks.pop(photo_id, None)
        self._stored.clear()

    def show_edits(self, photo_id: int, made: Unfinished | None) -> None:
        """Edits were made, or there are none."""
        if made is not None:
            self._unfinished[photo_id] = made
            self._lay_over(photo_id)
        else:
            self._unfinished.pop(photo_id, None)

    def _lay_over(self, photo_id: int) -> None:
        place = self._places.get(photo_id)
        if place is not None:
            before, after = self.items[place], self._as_it_is(self.items[place])
            self.items[place], self.tally = after, self.tally.change(before, after)

    def _as_it_is(self, item: QueueItem) -> QueueItem:
        photo_id = item.photo_id
        return foresee(item, self._marks.get(photo_id), self._unfinished.get(photo_id))
