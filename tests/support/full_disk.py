"""A database on a disk that is full when a test wants it: SQLite itself refuses to grow."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import event

from db.errors import DiskFull
from db.store import Store
from db.values import DecisionKind, DraftEdit, Tool, Verdict
from imaging.values import Patch

ROOM = 2**30
FILLER = DraftEdit(Patch(0, 0, 1, 1, b"", "", ""), Tool.BRUSH)


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
        with suppress(DiskFull):
            self._fill_with_edits()
        with suppress(DiskFull):
            self._fill_with_decisions()

    def make_room(self) -> None:
        """Everything fits again."""
        self.full = False

    def _fill_with_edits(self) -> None:
        revision = self.store.photo(self.photo_id).revision
        assert revision is not None
        while True:
            self.store.add_edit("b", self.photo_id, revision.id, 0, FILLER)

    def _fill_with_decisions(self) -> None:
        while True:
            seen = self.store.photo(self.photo_id)
            revision = None if seen.revision is None else seen.revision.id
            kind = DecisionKind.REJECTED
            self.store.decide(Verdict(self.photo_id, revision, seen.decision_id, kind, "b", 0.0))
