"""Which photos of a roster are shown, in which order, and how that changes as they are decided."""

from bisect import bisect
from collections.abc import Sequence
from typing import overload

from db.values import QueueItem
from pipeline.review.roster import Roster
from pipeline.review.wanted import ALL, Wanted, fits, rank


class Shown(Sequence[QueueItem]):
    """The photos that are wanted, in order; `places` are those of them in the roster, of `select`.

    The one decided last stays, also where it is wanted no more: a step back leads to it; and so
    does the one that is looked at. Those that change stay where they are in the order. For one
    thread.
    """

    def __init__(
        self, roster: Roster, wanted: Wanted = ALL, places: Sequence[int] | None = None
    ) -> None:
        self.wanted = wanted
        self._roster = roster
        self._whole = not (wanted.limits or wanted.arranges)
        self._places = [] if places is None else list(places)
        self._kept: int | None = None
        self._held: int | None = None

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

    def _is_wanted(self, photo_id: int) -> bool:
        place = self._roster.place(photo_id)
        return place is not None and self._fits(place)

    @property
    def fitting(self) -> int:
        """How many are shown because they are wanted."""
        stale = {each for each in (self._kept, self._held) if each is not None}
        return len(self) - sum(
            self.find(each) is not None and not self._is_wanted(each) for each in stale
        )

    def keep(self, photo_id: int) -> None:
        """This one was decided now; the one before it goes, where it is wanted no more."""
        before, self._kept = self._kept, photo_id
        self._let_go(before)

    def hold(self, photo_id: int | None) -> None:
        """This one is looked at now; the one before it goes, where it is wanted no more."""
        before, self._held = self._held, photo_id
        self._let_go(before)

    def _let_go(self, photo_id: int | None) -> None:
        if photo_id is not None:
            self.follow(photo_id)

    def reveal(self, photo_id: int) -> None:
        """Show this one, wanted or not, as the one that was decided last."""
        self.keep(photo_id)
        self._insert(photo_id)

    def extend(self, first: int) -> None:
        """Photos have come behind the others in the roster, from this place on."""
        if not self._whole:
            for place in range(first, len(self._roster)):
                if self._fits(place):
                    self._put(place)

    def keep_as(self, other: "Shown") -> None:
        """Keep and hold what another one did."""
        self._kept, self._held = other._kept, other._held
        for photo_id in (self._kept, self._held):
            if photo_id is not None and other.find(photo_id) is not None:
                self._insert(photo_id)

    def follow(self, photo_id: int) -> None:
        """A photo has changed: it comes or goes, if need be."""
        if self._whole:
            return
        if self._is_wanted(photo_id):
            self._insert(photo_id)
        elif (
            photo_id not in (self._kept, self._held) and (index := self.find(photo_id)) is not None
        ):
            del self._places[index]

    def _insert(self, photo_id: int) -> None:
        place = self._roster.place(photo_id)
        if not self._whole and place is not None and self.find(photo_id) is None:
            self._put(place)

    def _put(self, place: int) -> None:
        self._places.insert(bisect(self._places, self._rank(place), key=self._rank), place)

    def _fits(self, place: int) -> bool:
        return fits(self._roster.items[place], self._roster.texts[place], self.wanted)

    def _rank(self, place: int) -> tuple[object, ...]:
        return rank(self._roster.items[place], place, self.wanted)
