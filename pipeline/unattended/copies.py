"""Which copy of a database is the newest that could be put back."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.errors import StoreError
from db.sqlite.inspection import form_in
from pipeline.unattended.daily import DailyCopies
from pipeline.upkeep.places import Noted, noted


@dataclass(frozen=True)
class LastCopy:
    """A copy of the database that is whole, and when it was made; `daily`, or by hand."""

    path: str
    at: datetime
    bytes: int
    daily: bool


@dataclass(frozen=True)
class Copies:
    """The newest good copy, and a sentence on each newer one that is none, or out of reach."""

    last: LastCopy | None
    passed_over: tuple[str, ...]


def look_for_copies(daily: DailyCopies, now: datetime) -> Copies:
    """Look at the copies by when they were made, the newest first, until one is good.

    When one was made was noted then: a copy is written anew where a photo is forgotten in it. One
    from a time to come was made under a wrong clock, and comes last.
    """
    passed_over: list[str] = []
    for at, path in sorted(_made(daily), key=lambda made: (made[0] <= now, made), reverse=True):
        try:
            form_in(path)
            size = path.stat().st_size
        except (StoreError, OSError) as error:
            passed_over.append(_why_not(path, at, error))
            continue
        last = LastCopy(str(path), at, size, daily.day_of(path) is not None)
        return Copies(last, tuple(passed_over))
    return Copies(None, tuple(passed_over))


def _made(daily: DailyCopies) -> Iterator[tuple[datetime, Path]]:
    listed = {entry.path: entry for entry in _lying(daily)}
    listed |= {entry.path: entry for entry in noted(daily.database)}
    for entry in listed.values():
        yield entry.made_at or _written(entry.path), entry.path


def _lying(daily: DailyCopies) -> Iterator[Noted]:
    """The daily copies that are there, though the list of them be lost."""
    with suppress(OSError):
        for path in daily.days().values():
            # As it is noted, so that it is the same one.
            yield Noted(path.resolve(), None)


def _written(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def _why_not(path: Path, at: datetime, error: Exception) -> str:
    made = f"The copy of {at.astimezone():%Y-%m-%d %H:%M}"
    if not path.parent.is_dir():
        return f"{made} lies on a disk that is not there now: {path}."
    return f"{made} can't be used: {error}"
