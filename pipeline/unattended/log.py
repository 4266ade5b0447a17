"""The log: a line a photo and a line for whatever else is worth one, as text or as JSON.

Nothing of a name reaches it unescaped, and what can't be written stops nobody.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from imaging.text import printable


@dataclass(frozen=True)
class PhotoLine:
    """What became of a photo: milliseconds in a worker's hands and of those the model's, and the
    outline's area as a fraction of the photo, each None where there is none.
    """

    photo: str
    outcome: str
    milliseconds: float | None = None
    model_milliseconds: float | None = None
    area_fraction: float | None = None
    reason: str | None = None


class Event(StrEnum):
    """What else a line tells of."""

    STARTED = "started"
    NOTE = "note"
    TROUBLE = "trouble"
    BACKUP = "backup"
    ENDED = "ended"


@dataclass(frozen=True)
class EventLine:
    """A sentence on something that is no photo."""

    event: Event
    sentence: str


Line = PhotoLine | EventLine
Form = Callable[[datetime, Line], str]


def as_text(at: datetime, line: Line) -> str:
    """A line for people, without its end."""
    when = f"{at:%Y-%m-%dT%H:%M:%S%z}"
    if isinstance(line, EventLine):
        return printable(f"{when}  {line.event:<9}  {line.sentence}")
    parts = [f"{line.outcome:<9}", line.photo]
    if line.milliseconds is not None:
        parts.append(f"{line.milliseconds:.0f} ms")
    if line.area_fraction is not None:
        parts.append(f"{line.area_fraction:.2%}")
    if line.reason is not None:
        parts.append(line.reason)
    return printable("  ".join([when, *parts]))


def as_json(at: datetime, line: Line) -> str:
    """A line for programs: one JSON object in ASCII, without its end."""
    kind = {"event": "photo"} if isinstance(line, PhotoLine) else {}
    return json.dumps({"at": at.isoformat(timespec="milliseconds"), **kind, **asdict(line)})


class Log:
    """Writes lines somewhere, each in one piece; any thread may call it.

    `write` takes a line with its end and raises OSError where it can't be written. Such lines are
    lost, and counted: the next that can be written says how many.
    """

    def __init__(
        self, write: Callable[[str], None], form: Form, now: Callable[[], datetime]
    ) -> None:
        self._write, self._form, self._now = write, form, now
        self._one_by_one = threading.Lock()
        self._lost = 0

    def photo(self, line: PhotoLine) -> None:
        """What became of a photo."""
        self._add(line)

    def tell(self, event: Event, sentence: str) -> None:
        """Something else."""
        self._add(EventLine(event, sentence))

    def _add(self, line: Line) -> None:
        with self._one_by_one:
            lines = [line]
            if self._lost:
                sentence = f"{self._lost} lines of this log could not be written."
                lines.insert(0, EventLine(Event.TROUBLE, sentence))
            try:
                self._write("".join(f"{self._form(self._now(), each)}\n" for each in lines))
                self._lost = 0
            except OSError:
                self._lost += 1
