"""What the process that segments into a database says of itself, in a small file beside it.

The file says who and how far; whether that process lives, only the lease says, which ends with it.
"""

import json
import os
import socket
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Timer
from time import monotonic
from typing import Any

from db.sqlite.files import lease_of
from db.sqlite.rights import make_beside
from pipeline.intake.lease import is_held
from pipeline.intake.scan import looks_into
from pipeline.processes import lives

EVERY = 1.0
"""Seconds between two notices while photos come fast."""
ONCE = "segment"
"""The program that goes through its folder once."""
RECENT = 50
"""Photos over which the rate is told."""
TRIES, PAUSE = 20, 0.05
"""How often, and in what seconds, a holder is asked for that has only just begun."""


@dataclass(frozen=True)
class Notice:
    """Who segments which folder, since when, and how far it was `at` that time.

    `model` is the hash of its model, None where it has none. `message` stands in its way now,
    `error` is the last that went wrong; the path behind each is the one that it names, if it does.
    `ended` is whether it has said good-bye.
    """

    pid: int
    host: str
    program: str
    folder: str
    since: datetime
    at: datetime
    model: str | None = None
    found: int = 0
    done: int = 0
    per_minute: float | None = None
    message: str | None = None
    message_path: str | None = None
    error: str | None = None
    error_path: str | None = None
    error_at: datetime | None = None
    ended: bool = False

    @property
    def ends(self) -> bool:
        """Whether it ends by itself, when it has gone through its folder."""
        return self.program == ONCE

    def covers(self, folder: Path) -> bool:
        """Whether it looks at what lies in `folder`."""
        return looks_into(Path(self.folder), folder)


@dataclass(frozen=True)
class Seen:
    """Whether a process segments now, and the last notice: of that one, or of the last that did.

    `segmenting` is None where that can't be told, `notice` where it is not known; `unread` is the
    sentence on a file that is there and would tell.
    """

    segmenting: bool | None
    notice: Notice | None
    unread: str | None = None


def notice_of(database: Path) -> Path:
    """Where the notice lies."""
    return database.with_name(f"{database.name}.doing")


def look_for(database: Path) -> Seen:
    """Who segments into a database now, or who was the last."""
    again = Event()
    for _ in range(TRIES):
        seen = _look(database)
        notice = seen.notice
        told = notice is not None and not notice.ended and lives(notice.pid)
        if not seen.segmenting or told or seen.unread is not None:
            return seen
        again.wait(PAUSE)
    return Seen(True, None)


def _look(database: Path) -> Seen:
    # The notice after the lease: whoever holds it may have taken it a moment ago.
    held: bool | None = None
    try:
        held = is_held(database)
        return Seen(held, _read(notice_of(database)))
    except OSError as error:
        path = lease_of(database) if held is None else notice_of(database)
        reason = error.strerror or str(error)
        unread = f"{path} can't be read ({reason}). Look at its permissions and at its disk."
        return Seen(held, None, unread)


class Board:
    """Where the holder of a lease puts its notice; for one thread.

    What comes too soon after the last is written a little later, by a thread that a timer starts.
    """

    def __init__(self, database: Path, program: str, folder: Path) -> None:
        now = _now()
        self._database, self._path = database, notice_of(database)
        self._notice = Notice(os.getpid(), socket.gethostname(), program, str(folder), now, now)
        self._writing = Lock()
        """Held over what follows, where the timer's thread and ours meet."""
        self._next = 0.0
        self._later: Timer | None = None
        self._settled: deque[float] = deque(maxlen=RECENT)

    def use(self, model: str) -> None:
        """Which model is open, by its hash."""
        self._notice = replace(self._notice, model=model)

    def begin(self) -> None:
        """The lease was taken."""
        self._write(replace(self._notice, since=_now()))
        self._next = 0.0

    def count(self) -> None:
        """One more photo came through."""
        self._settled.append(monotonic())

    def tell(
        self, found: int, done: int, message: str | None = None, about: Path | None = None
    ) -> None:
        """How far it is; written at once where nothing more may follow, else now and then."""
        before = self._notice.message
        self._notice = replace(
            self._notice,
            found=found,
            done=done,
            message=message,
            message_path=_text(about),
            per_minute=self._rate(),
        )
        if done >= found or message != before or monotonic() >= self._next:
            self._write(self._notice)
        else:
            self._write_later()

    def complain(self, sentence: str, about: Path | None = None) -> None:
        """Something went wrong."""
        self._notice = replace(
            self._notice, error=sentence, error_path=_text(about), error_at=_now()
        )

    def end(self) -> None:
        """The lease is given back next."""
        self._write(replace(self._notice, ended=True))

    def _rate(self) -> float | None:
        if len(self._settled) < 2:
            return None
        seconds = monotonic() - self._settled[0]
        return round(60 * (len(self._settled) - 1) / seconds, 1) if seconds > 0 else None

    def _write_later(self) -> None:
        with self._writing:
            if self._later is None:
                self._later = Timer(EVERY, self._write_withheld)
                self._later.daemon = True
                self._later.start()

    def _write_withheld(self) -> None:
        with self._writing:
            # None where it was written meanwhile.
            if self._later is not None:
                self._later = None
                self._put(self._notice)

    def _write(self, notice: Notice) -> None:
        self._notice = notice
        with self._writing:
            if self._later is not None:
                self._later.cancel()
                self._later = None
            self._next = monotonic() + EVERY
            self._put(notice)

    def _put(self, notice: Notice) -> None:
        text = json.dumps(asdict(replace(notice, at=_now())), default=datetime.isoformat)
        # What can't be written, on a full disk perhaps, stops no work: the notice says of when it
        # is. Whoever reads the file meanwhile reads all of the old one or of the new one.
        part = self._path.with_name(f"{self._path.name}.part")
        with suppress(OSError):
            make_beside(self._database, part)
            part.write_text(text, encoding="ascii")
            part.replace(self._path)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _now() -> datetime:
    return datetime.now(UTC)


def _read(path: Path) -> Notice | None:
    """A notice; None where none lies, or what lies there is none. Raises OSError."""
    try:
        return _notice(json.loads(path.read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _notice(found: Mapping[str, Any]) -> Notice:
    times = {
        name: datetime.fromisoformat(found[name])
        for name in ("since", "at", "error_at")
        if found[name] is not None
    }
    return Notice(**{**found, **times, "pid": int(found["pid"])})
