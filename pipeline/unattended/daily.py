"""A copy of the database a day, by the date in its name; old ones are removed by their names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from time import monotonic

from db.errors import StoreError
from pipeline.counted import stand
from pipeline.errors import PipelineError
from pipeline.unattended.log import Event
from pipeline.upkeep.backup import back_up

REST = 6 * 3600.0
"""Seconds after a copy in which none is made, whatever the clock says."""
RETRY = 3600.0
"""Seconds after a copy that failed."""


@dataclass(frozen=True)
class DailyCopies:
    """Where the copies of a database lie, by their names, and how many are kept; 0 for none."""

    database: Path
    folder: Path
    kept: int

    @classmethod
    def of(cls, database: Path, folder: Path | None, kept: int) -> "DailyCopies":
        """In a folder, or else in one beside the database."""
        return cls(database, folder or database.with_name(f"{database.name}.daily"), kept)

    def path(self, day: date) -> Path:
        """The copy of a day."""
        return self.folder / f"{self._stem()}{day:%Y-%m-%d}.db"

    def days(self) -> dict[date, Path]:
        """The copies that are there. Raises OSError."""
        days = ((self.day_of(path), path) for path in self.folder.iterdir())
        return {day: path for day, path in days if day is not None}

    def day_of(self, path: Path) -> date | None:
        """The day whose copy this is by its name, wherever it lies; None where it is none."""
        name = re.escape(self._stem()) + r"(\d{4}-\d\d-\d\d)\.db"
        named = re.fullmatch(name, path.name)
        return _day(named.group(1)) if named else None

    def remove_old(self, today: date) -> None:
        """Remove what is more than is kept, and never today's. Raises OSError."""
        others = self.days()
        others.pop(today, None)
        # Those from days to come go first, but a clock gone back makes all of them so.
        order = sorted(others, key=lambda day: (day <= today, day), reverse=True)
        for day in order[max(0, self.kept - 1) :]:
            others[day].unlink(missing_ok=True)

    def _stem(self) -> str:
        # Two databases of one name may have their copies in one folder.
        key = sha256(str(self.database).encode()).hexdigest()[:8]
        return f"{self.database.stem}-{key}-"


class Daily:
    """Makes a copy where today has none; `look` is to be called now and then, by one thread.

    The clock may go back and forth: a date gets one copy at most, and after each there is a rest
    that is measured by another clock.
    """

    def __init__(
        self,
        copies: DailyCopies,
        tell: Callable[[Event, str], None],
        today: Callable[[], date] = date.today,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._copies, self._tell = copies, tell
        self._today, self._seconds = today, seconds
        self._next = float("-inf")

    def look(self) -> None:
        """Make the copy that is due, if one is; what goes wrong is told and tried again later."""
        if not self._copies.kept or self._seconds() < self._next:
            return
        today = self._today()
        try:
            if not self._copies.path(today).exists():
                self._copy(today)
        except (StoreError, PipelineError) as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(
                f"{self._copies.folder} can't be looked through for copies of the database "
                f"({error.strerror or error}). Look at its disk and its permissions."
            )
        except Exception as error:
            # Whatever it is, the photos that come are not to wait for it.
            self._fail(f"No copy: something unforeseen went wrong ({error!r}). Please report it.")

    def _copy(self, today: date) -> None:
        if self._copies.folder.parent == self._copies.database.parent:
            self._copies.folder.mkdir(mode=0o700, exist_ok=True)
        made = back_up(self._copies.database, self._copies.path(today))
        self._next = self._seconds() + REST
        self._tell(Event.BACKUP, f"{made.path}: {stand(made.counts)}.")
        self._copies.remove_old(today)

    def _fail(self, sentence: str) -> None:
        self._next = self._seconds() + RETRY
        self._tell(Event.TROUBLE, sentence)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None
