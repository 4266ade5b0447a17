"""What the queue holds, whatever row the cursor is on."""

from collections.abc import Mapping, Sequence

from db.values import QueueItem
from pipeline.review.roster import Roster
from pipeline.review.wanted import Facet, Wanted
from tui.rows import Listing
from tui.widgets.row_view import RowView


class QueueLines(RowView):
    """Answers what is asked of the photos, shown or not."""

    @property
    def items(self) -> Sequence[QueueItem]:
        """The photos that are shown, in order."""
        return self._rows.items

    @property
    def roster(self) -> Roster:
        """All photos, shown or not."""
        return self._rows.roster

    @property
    def listing(self) -> Listing:
        """The photos as they were read last."""
        return self._rows.listing

    @property
    def wanted(self) -> Wanted:
        """Which photos are shown, and in which order."""
        return self._rows.wanted

    @property
    def arranged(self) -> bool:
        """Whether it shows other photos than all, or in another order than they are read in."""
        return self.wanted.limits or self.wanted.arranges

    @property
    def fitting(self) -> int:
        """How many of those shown are wanted; the one just decided may be no more."""
        return self._rows.items.fitting

    def choices(self, facet: Facet) -> Sequence[str]:
        """The values of a facet that some photo has, or might have."""
        return self.roster.choices(facet)

    def skipped(self) -> list[QueueItem]:
        """The skipped photos, shown or not, the first skipped first."""
        return self._rows.skipped()

    def edited(self) -> list[int]:
        """The photos that were edited since their decision, shown or not."""
        return self._rows.edited()

    def name_of(self, photo_id: int) -> str:
        """What to call a photo so that it is no other one; safe to show."""
        return self._rows.whole_name(photo_id) or "A photo"

    def place_of(self, photo_id: int) -> int | None:
        """On which row a photo is shown."""
        return self._rows.place(photo_id)

    def names_at(self, rows: range, width: int) -> list[str]:
        """The names of rows that are seen side by side, in `width` cells each."""
        return self._rows.names(rows, width)

    def line(self, photo_id: int) -> QueueItem | None:
        """A photo's line, shown or not."""
        place = self.roster.place(photo_id)
        return None if place is None else self.roster.items[place]

    @property
    def taken(self) -> Mapping[int, str]:
        """The photos that are open in other sessions, and whose they are."""
        return self._rows.taken

    def left_to_others(self) -> int:
        """How many photos wait that others have open, shown or not."""
        return self._rows.left_to_others()
