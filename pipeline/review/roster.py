"""The photos of a folder in the order to review them, and what of them is counted."""

from collections import Counter
from collections.abc import Sequence
from posixpath import dirname

from db.values import QueueItem
from pipeline.review.tally import Tally
from pipeline.review.waiting import is_skipped
from pipeline.review.wanted import CHOICES, Facet, searchable


class Roster:
    """Grows by pages and changes by lines, each of which takes as long however many there are.

    For one thread. What is counted of the photos is counted as they come, never anew.
    """

    def __init__(self, folder: str) -> None:
        self._root = folder.rstrip("/") + "/"
        self._below = len(self._root)
        self.items: list[QueueItem] = []
        self.texts: list[str] = []
        """What of each photo is searched."""
        self.tally = Tally()
        """How the photos stand."""
        self.outlined = 0
        """How many of them have an outline."""
        self.skipped: set[int] = set()
        self.edited: set[int] = set()
        """Those that were edited since their decision, by their ids."""
        self._places: dict[int, int] = {}
        self._folders: Counter[str] = Counter()
        self._reviewers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self.items)

    def extend(self, items: Sequence[QueueItem]) -> None:
        """These photos come behind the others."""
        for place, item in enumerate(items, len(self.items)):
            self._places[item.photo_id] = place
            self._folders[dirname(item.path)] += 1
            self._count(item, 1)
        self.items += items
        self.texts += map(self._searched, items)
        self.tally = self.tally.add(items)

    def place(self, photo_id: int) -> int | None:
        """Where a photo is."""
        return self._places.get(photo_id)

    def change(self, place: int, after: QueueItem) -> None:
        """A photo's line reads otherwise."""
        before = self.items[place]
        self._count(before, -1)
        self._count(after, 1)
        self.items[place], self.texts[place] = after, self._searched(after)
        self.tally = self.tally.change(before, after)

    def choices(self, facet: Facet) -> Sequence[str]:
        """The values of a facet that some photo has, or might have."""
        if facet is Facet.FOLDER:
            return self._all_folders()
        if facet is Facet.REVIEWER:
            return sorted(+self._reviewers)
        return CHOICES[facet]

    def _all_folders(self) -> list[str]:
        """Those that hold photos, and all above them, in the order of a tree."""
        found: set[str] = set()
        for folder in self._folders:
            parts = folder[self._below :].split("/") if len(folder) > self._below else []
            found |= {"/".join(parts[: end + 1]) for end in range(len(parts))}
        return [self._root + folder for folder in sorted(found, key=lambda path: path.split("/"))]

    def _searched(self, item: QueueItem) -> str:
        # A line each, so that no word is found across them.
        return searchable(f"{item.path[self._below :]}\n{item.note}")

    def _count(self, item: QueueItem, one: int) -> None:
        self.outlined += one * item.segmented
        if item.reviewer:
            self._reviewers[item.reviewer] += one
        for ids, belongs in ((self.skipped, is_skipped(item)), (self.edited, item.edited_since)):
            if belongs:
                (ids.add if one > 0 else ids.discard)(item.photo_id)
