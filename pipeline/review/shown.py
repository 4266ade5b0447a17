"""Which photos of a roster are shown, in which order, and how that changes as they are decided."""

from bisect import bisect
from collections.abc import Sequence
from typing import overload

from db.values import QueueItem
from pipeline.review.roster import Roster
from pipeline.review.wanted import ALL, Wanted, fits, rank


class Shown(Sequence[QueueItem]):
    """The photos that are wanted, in order; `places` are those of them in the roster, of `select`.

    The one decided last stays, also where it is wanted no more: a step back leads to it. Those that
    change stay where they are in the order. For one thread.
    """

    def __init__(
        self, roster: Roster, wanted: Wanted = ALL, places: Sequence[int] | None = None
    ) -> None:
        self.wanted = wanted
        self._roster = roster
        self._whole = not (wanted.limits or wanted.arranges)
        self._places = [] if places is None else list(places)
        self._kept: int | None = None

    def __len__(self) -> int:
        return len(self._roster) if self._whole else len(self._places)

    @overload
    def __getitem__(self, index: int) -> QueueItem: ...
    @overload
    def __getitem__(self, index: slice) -> list[QueueItem]: ...
    def __getitem__(self, index: int | slice) -> QueueItem | list[QueueItem]:
        items = self._roster.items
        if self._whole:
            return items[index]
        if isinstance(index, slice):
            return [items[place] for place in self._places[index]]
        return items[self._places[index]]

    def place(self, index: int) -> int:
        """The place in the roster of what is shown here."""
        return index if self._whole else self._places[index]

    def find(self, photo_id: int) -> int | None:
        """Where a photo is shown."""
        place = self._roster.place(photo_id)
        if place is None or self._whole:
            return place
        try:
            return self._places.index(place)
        except ValueError:
            return None

    def fits(self, photo_id: int) -> bool:
        """Whether a photo of the roster is wanted."""
        place = self._roster.place(photo_id)
        if place is None:
            return False
        return fits(self._roster.items[place], self._roster.texts[place], self.wanted)

    @property
    def fitting(self) -> int:
        """How many are shown because they are wanted."""
        kept = self._kept
        stale = kept is not None and not self.fits(kept) and self.find(kept) is not None
        return len(self) - stale

    def keep(self, photo_id: int | None) -> None:
        """This one was decided now; the one before it goes, where it is wanted no more."""
        before, self._kept = self._kept, photo_id
        if before is not None and before != photo_id:
            self.follow(before)

    def keep_as(self, other: "Shown") -> None:
        """Keep what another one kept."""
        self._kept = other._kept
        if self._kept is not None and other.find(self._kept) is not None:
            self._insert(self._kept)

    def follow(self, photo_id: int) -> None:
        """A photo has changed: it comes or goes, if need be."""
        if self._whole:
            return
        if self.fits(photo_id):
            self._insert(photo_id)
        elif photo_id != self._kept and (index := self.find(photo_id)) is not None:
            del self._places[index]

    def _insert(self, photo_id: int) -> None:
        place = self._roster.place(photo_id)
        if not self._whole and place is not None and self.find(photo_id) is None:
            self._places.insert(bisect(self._places, self._rank(place), key=self._rank), place)

    def _rank(self, place: int) -> tuple[object, ...]:
        return rank(self._roster.items[place], place, self.wanted)
