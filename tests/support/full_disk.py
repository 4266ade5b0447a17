"""A database on a disk that is full when a test wants it: SQLite itself refuses to grow."""

from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import event

from db.errors import DiskFull
from db.store import Store
from db.values import DecisionKind, DraftEdit, Tool, Verdict
from imaging.values import Patch

ROOM = 2**30
SIZES = (1500, 300, 60, 0)
"""Bytes of what it is filled with: the largest first, since each takes as long as the smallest."""


@dataclass
class Disk:
    """Where a store's database lies; `photo_id` is an outlined photo that only fills it."""

    store: Store
    photo_id: int
    full: bool = False

    def __post_init__(self) -> None:
        event.listen(self.store._engine, "checkout", self._limit)

    def _limit(self, connection: object, _record: object, _proxy: object) -> None:
        # Below its present size a database is not limited: it keeps that size then.
        pages = 1 if self.full else ROOM
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    def fill(self) -> None:
        """No edit and no decision fits any more, not even into pages that were half empty."""
        self.full = True
        for size in SIZES:
            with suppress(DiskFull):
                self._fill_with_edits(size)
            with suppress(DiskFull):
                self._fill_with_decisions(size)

    def make_room(self) -> None:
        """Everything fits again."""
        self.full = False

    def _fill_with_edits(self, size: int) -> None:
        revision = self.store.photo(self.photo_id).revision
        assert revision is not None
        filler = DraftEdit(Patch(0, 0, 1, 1, bytes(size), "", ""), Tool.BRUSH)
        while True:
            self.store.add_edit("b", self.photo_id, revision.id, 0, filler)

    def _fill_with_decisions(self, size: int) -> None:
        while True:
            seen = self.store.photo(self.photo_id)
            revision = None if seen.revision is None else seen.revision.id
            made = Verdict(
                self.photo_id, revision, seen.decision_id, DecisionKind.REJECTED, "b", 0.0
            )
            self.store.decide(replace(made, note="x" * size))
