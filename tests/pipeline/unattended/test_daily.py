"""A copy a day, whatever the clock does, and no file removed that is not one of them."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from db.store import Store
from pipeline.unattended.daily import REST, RETRY, Daily, DailyCopies
from pipeline.unattended.log import Event
from tests.support.databases import new_store

FIRST = date(2026, 3, 1)


class Days:
    """A database, its daily copies, and two clocks that a test sets."""

    def __init__(self, store: Store, kept: int) -> None:
        self.today, self.seconds = FIRST, 0.0
        self.told: list[tuple[Event, str]] = []
        self.copies = DailyCopies.of(store.path, None, kept)
        self.daily = self.begin()

    def begin(self) -> Daily:
        """As a new process does."""
        return Daily(
            self.copies,
            lambda *told: self.told.append(told),
            lambda: self.today,
            lambda: self.seconds,
        )

    def look(self, today: date, rest: float = REST) -> None:
        self.today = today
        self.seconds += rest
        self.daily.look()

    @property
    def kept(self) -> list[date]:
        return sorted(self.copies.days())

    @property
    def events(self) -> list[Event]:
        return [event for event, _ in self.told]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = new_store(tmp_path / "memory" / "nevus.db")
    store.close()
    return store


def later(days: int) -> date:
    return FIRST + timedelta(days=days)


def test_a_day_has_one_copy_also_after_a_start_anew(store: Store) -> None:
    days = Days(store, 7)
    for _ in range(3):
        days.look(FIRST)
        days.daily = days.begin()
    assert days.events == [Event.BACKUP]
    assert days.kept == [FIRST]
    assert Store.read(days.copies.path(FIRST), lambda copy: copy.counts("/photos").photos) == 0
    assert days.copies.day_of(days.copies.path(FIRST)) == FIRST


def test_the_oldest_go_by_their_exact_names(store: Store) -> None:
    days = Days(store, 3)
    days.look(FIRST)
    name = days.copies.path(later(0)).name
    others = [f"x{name}", f"{name}.bak", name.replace("2026-03-01", "2026-02-30"), "nevus.db"]
    for other in others:
        (days.copies.folder / other).write_text("not ours")
    for day in range(1, 5):
        days.look(later(day))
    assert days.kept == [later(2), later(3), later(4)]
    assert all((days.copies.folder / other).read_text() == "not ours" for other in others)


def test_a_clock_that_jumps_makes_no_storm_and_today_s_copy_stays(store: Store) -> None:
    days = Days(store, 3)
    far = later(2000)
    for day in (later(0), far, later(0), later(1), far, later(1), later(2), later(-2000), later(3)):
        days.look(day)
        assert days.today in days.kept
    assert len(days.events) == 6
    assert len(days.kept) == 3
    # Back and forth in one hour: the other clock says that it is too early.
    for day in (later(10), later(20), later(30)):
        days.look(day, rest=60)
    assert len(days.events) == 6


def test_what_goes_wrong_is_told_and_tried_again_later(store: Store) -> None:
    days = Days(store, 3)
    days.copies.folder.write_text("in the way")
    days.look(FIRST)
    days.look(FIRST, rest=RETRY / 2)
    assert days.events == [Event.TROUBLE]
    days.copies.folder.unlink()
    days.look(FIRST, rest=RETRY)
    assert days.events == [Event.TROUBLE, Event.BACKUP]


def test_a_disk_that_is_not_there_is_not_made(store: Store, tmp_path: Path) -> None:
    days = Days(store, 3)
    days.copies = DailyCopies.of(store.path, tmp_path / "disk" / "copies", 3)
    days.daily = days.begin()
    days.look(FIRST)
    assert days.events == [Event.TROUBLE]
    assert not (tmp_path / "disk").exists()


def test_none_is_made_where_none_is_kept(store: Store) -> None:
    days = Days(store, 0)
    days.look(FIRST)
    assert days.told == []
