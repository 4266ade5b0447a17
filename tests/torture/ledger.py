"""What a reviewer was told is saved, and whether it still is."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from db.store import Store
from db.values import Remarks

STANDING = """
SELECT decision.kind, decision.score, decision.note, retraction.decision_id IS NULL,
    standing.decision_id IS decision.id
FROM decision LEFT JOIN retraction ON retraction.decision_id = decision.id
JOIN standing ON standing.photo_id = decision.photo_id
WHERE decision.note LIKE ? ORDER BY decision.id
"""


@dataclass(frozen=True)
class Said:
    """A decision of one of these kinds; its note ends as no other one's does."""

    kinds: tuple[str, ...]
    score: int
    sign: str


@dataclass
class Ledger:
    """What was on the screen as saved, and what was asked for and not yet seen as saved.

    Of the second either is right once nevus was killed: that it is there, or that it is not.
    """

    decided: list[Said] = field(default_factory=list)
    """Decisions that stand, in their order."""
    taken_back: list[Said] = field(default_factory=list)
    edits: int = 0
    """How many edits there are at least."""
    threshold: float | None = None
    """Of the last edit that was made; None where others were asked for since."""
    outlined: set[str] = field(default_factory=set)
    """The photos that a log says were outlined."""
    asked: Said | None = None
    taking_back: bool = False
    signs: int = 0

    def next_sign(self) -> str:
        """A note that nobody has written yet."""
        self.signs += 1
        return f"({self.signs})"

    def faults(self, database: Path) -> list[str]:
        """What was acknowledged and is not so."""
        last = self.decided[-1] if self.decided else None
        free = last if self.taking_back else None
        found = [
            f"{said} was saved and is {seen or 'lost'}"
            for said in self.decided
            if (seen := _stored(database, said)) != [True] and said != free
        ]
        found += [
            f"{said} was taken back and is {seen or 'lost'}"
            for said in self.taken_back
            if (seen := _stored(database, said)) != [False]
        ]
        lost = self.outlined - outlined(database)
        if lost:
            found.append(f"{sorted(lost)} were outlined and are not")
        edits, threshold = _edits(database)
        if edits < self.edits:
            found.append(f"{self.edits} edits were saved, {edits} are there")
        if self.threshold is not None and threshold != self.threshold:
            found.append(f"the last edit was saved at {self.threshold}, and is at {threshold}")
        return found

    def settle(self, database: Path) -> None:
        """Whatever was under way at a kill is so, or is not, from now on."""
        if not database.exists():
            return
        if self.asked is not None and _stored(database, self.asked) == [True]:
            self.decided.append(self.asked)
        if self.taking_back and self.decided and _stored(database, self.decided[-1]) == [False]:
            self.taken_back.append(self.decided.pop())
        self.asked, self.taking_back = None, False
        self.edits, self.threshold = _edits(database)[0], None
        _unsay(database)


def decided(database: Path) -> int:
    """How many photos stand as decided."""
    if not database.exists():
        return 0
    query = (
        "SELECT count(*) FROM standing JOIN decision ON decision.id = decision_id "
        "WHERE kind != 'skipped'"
    )
    with closing(sqlite3.connect(database)) as connection:
        count: int = connection.execute(query).fetchone()[0]
        return count


def _stored(database: Path, said: Said) -> list[bool]:
    """Whether a decision stands, for each time that it is there as it was said."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(STANDING, (f"%{said.sign}",)).fetchall()
    return [
        bool(standing)
        for kind, score, note, standing, current in rows
        if kind in said.kinds
        and score == said.score
        and standing == current
        and note.endswith(said.sign)
    ]


def _unsay(database: Path) -> None:
    """Take back what is said of photos that wait.

    A line with a note is then always that of the photo to be decided, never of the one after it.
    """
    with closing(sqlite3.connect(database)) as connection:
        said = connection.execute("SELECT photo_id, reviewer FROM remark").fetchall()
    with closing(Store.open(database)) as store:
        for photo, reviewer in said:
            store.remark(photo, reviewer, Remarks())


def outlined(database: Path) -> set[str]:
    """The names of the photos that have an outline."""
    if not database.exists():
        return set()
    query = (
        "SELECT path FROM file JOIN standing ON standing.photo_id = file.photo_id "
        "WHERE revision_id IS NOT NULL"
    )
    with closing(sqlite3.connect(database)) as connection:
        return {Path(path).name for (path,) in connection.execute(query)}


def _edits(database: Path) -> tuple[int, float | None]:
    """How many edits there are, and at which threshold the last one was made."""
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM edit").fetchone()
        last = connection.execute(
            "SELECT round(json_extract(settings, '$.threshold'), 2) FROM edit ORDER BY id DESC"
        ).fetchone()
    return count, None if last is None else last[0]
