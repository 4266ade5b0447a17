"""Maps go where they take more room than they may: first those that nobody waits for."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from sqlite3 import Connection as Driver

from sqlalchemy import Engine

from db.sqlite.engine import driver_of, for_writing
from db.sqlite.map_check import MapKey

MOST_AT_ONCE = 64
"""Maps that go in one transaction, some 6 MB: whoever wants one meanwhile waits for it."""
LOOKED_AT = 512
"""Maps of which is asked at once whether somebody waits for them."""
PAGES_AT_ONCE = 2048
"""Given back to the disk in one transaction, 8 MB: others may have to be moved for it."""
Waiting = Callable[[Sequence[MapKey]], Set[MapKey]]
"""Which of these maps undecided photos rest on."""
_NEXT = (
    "SELECT rowid, content_hash, model_hash, framing FROM map WHERE rowid > ? "
    "ORDER BY rowid LIMIT ?"
)


@dataclass(frozen=True)
class _Room:
    """How many pages a file has, how many of them are free, and the bytes of one."""

    pages: int
    free: int
    page_bytes: int

    @property
    def used_bytes(self) -> int:
        return (self.pages - self.free) * self.page_bytes

    def pages_beyond(self, budget: int) -> int:
        """How many free pages the file could do without, for it to fit."""
        beyond = -(-(self.pages * self.page_bytes - budget) // self.page_bytes)
        return max(0, min(beyond, self.free))


def keep_within(engine: Engine, budget: int, waiting: Waiting) -> None:
    """Take out some maps where all take more than `budget` bytes; work for a moment, not for all.

    Those that no undecided photo rests on go first, the one that was made longest ago before the
    others. The room is used again by the maps to come; what lies beyond the budget, as after that
    was lowered, is given back to the disk.
    """
    if _room(engine).used_bytes > budget:
        _take_out(engine, _least_needed(engine, waiting))
    beyond = _room(engine).pages_beyond(budget)
    if beyond:
        _give_back(engine, min(beyond, PAGES_AT_ONCE))


def _room(engine: Engine) -> _Room:
    def ask(driver: Driver, what: str) -> int:
        (number,) = driver.execute(f"PRAGMA {what}").fetchone()
        return int(number)

    with driver_of(engine) as driver:
        return _Room(*(ask(driver, what) for what in ("page_count", "freelist_count", "page_size")))


def _least_needed(engine: Engine, waiting: Waiting) -> list[int]:
    """The rows of the maps that go next. Ends early where the old ones are of decided photos."""
    free, waited = list[int](), list[int]()
    for rows in _by_age(engine):
        wanted = waiting(list(rows.values()))
        free += [row for row, key in rows.items() if key not in wanted]
        waited += [row for row, key in rows.items() if key in wanted][: MOST_AT_ONCE - len(waited)]
        if len(free) >= MOST_AT_ONCE:
            break
    return [*free, *waited][:MOST_AT_ONCE]


def _by_age(engine: Engine) -> Iterator[dict[int, MapKey]]:
    """All maps, by their row, some at a time: whoever makes one makes it the last row."""
    last = 0
    while True:
        with engine.connect() as connection:
            found = connection.exec_driver_sql(_NEXT, (last, LOOKED_AT)).all()
        if not found:
            return
        yield {row: (content, model, framing) for row, content, model, framing in found}
        last = found[-1][0]


def _take_out(engine: Engine, rows: Sequence[int]) -> None:
    # Another map may have come into one of these rows since: it is lost, as any may be.
    with for_writing(engine).begin() as connection:
        connection.exec_driver_sql("DELETE FROM map WHERE rowid = ?", [(row,) for row in rows])


def _give_back(engine: Engine, pages: int) -> None:
    with driver_of(engine) as driver:
        # Each step gives one page back, and only a script is stepped through to its end.
        driver.executescript(f"PRAGMA incremental_vacuum({pages})")
