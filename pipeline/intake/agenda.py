"""Which files are to be looked at, in which order, and when one that had bad luck comes again."""

import threading
from collections.abc import Container, Iterable
from itertools import chain, islice
from pathlib import Path
from time import monotonic

LONGEST_PAUSE = 600.0


class Agenda:
    """Files to look at, each once, first come first served; postponed ones when nothing else waits,
    and behind those what was put last.

    A file is postponed for `pause` seconds, and each time for twice as long, until `longest`. Any
    thread may use it.
    """

    def __init__(self, pause: float = 0.0, longest: float = LONGEST_PAUSE) -> None:
        self._pause = pause
        self._longest = longest
        self._lock = threading.Lock()
        self._waiting: dict[Path, None] = {}
        self._first: dict[Path, None] = {}
        """What was taken as a page, and is to be looked at one by one; before all that waits."""
        self._last: dict[Path, None] = {}
        """What nobody waits for; behind all else that is there."""
        self._due: dict[Path, float] = {}
        """When a postponed file comes, on the monotonic clock."""
        self._pauses: dict[Path, float] = {}
        """How long a file is postponed the next time."""

    def __bool__(self) -> bool:
        """Whether a file waits that nothing was in the way of."""
        return bool(self._waiting or self._first or self._last)

    def add(self, *paths: Path) -> None:
        """Files are new or have changed: what luck they had before says nothing any more."""
        with self._lock:
            for path in paths:
                self._forget(path)
                self._wait(path)

    def put_back(self, path: Path) -> None:
        """A file that was taken and could not be looked at waits again."""
        with self._lock:
            self._wait(path)

    def put_first(self, paths: Iterable[Path]) -> None:
        """Files that were taken as a page wait where they waited before."""
        with self._lock:
            self._first.update(dict.fromkeys(paths))

    def put_last(self, paths: Iterable[Path]) -> None:
        """Files that were taken as a page wait until nothing else does."""
        with self._lock:
            # One that changed meanwhile waits as such.
            self._last.update(dict.fromkeys(path for path in paths if path not in self._waiting))

    def drop(self, path: Path) -> None:
        """A file is gone."""
        with self._lock:
            self._waiting.pop(path, None)
            self._first.pop(path, None)
            self._last.pop(path, None)
            self._forget(path)

    def settle(self, path: Path) -> None:
        """A file had its outcome: the next time nothing was in its way yet."""
        with self._lock:
            self._forget(path)

    def postpone(self, path: Path) -> None:
        """The machine was in a file's way: it comes again by and by."""
        with self._lock:
            pause = self._pauses.get(path, self._pause)
            self._pauses[path] = min(2 * pause, self._longest)
            self._due[path] = monotonic() + pause

    def take_page(self, besides: Container[Path], most: int) -> list[Path]:
        """The next files of those that nothing was in the way of, in their order; none where some
        of the last page are still to be taken.
        """
        with self._lock:
            waiting = () if self._first else self._waiting
            page = list(islice((path for path in waiting if path not in besides), most))
            for path in page:
                del self._waiting[path]
            return page

    def take(self, besides: Container[Path]) -> Path | None:
        """The next file, unless it is one of those in work, which must be settled first."""
        with self._lock:
            path = self._next(besides)
            if path is not None:
                self._first.pop(path, None)
                self._waiting.pop(path, None)
                self._due.pop(path, None)
                self._last.pop(path, None)
            return path

    def seconds_left(self) -> float | None:
        """How long until the next postponed file comes; None where there is none."""
        with self._lock:
            due = min(self._due.values(), default=None)
        return None if due is None else max(0.0, due - monotonic())

    def _next(self, besides: Container[Path]) -> Path | None:
        for waiting in (self._first, self._waiting):
            path = next((path for path in waiting if path not in besides), None)
            if path is not None:
                return path
        now = monotonic()
        due = (path for path, at in self._due.items() if at <= now and path not in besides)
        last = (path for path in self._last if path not in besides)
        return next(chain(due, last), None)

    def _wait(self, path: Path) -> None:
        self._last.pop(path, None)
        if path not in self._first:
            self._waiting.setdefault(path)

    def _forget(self, path: Path) -> None:
        self._due.pop(path, None)
        self._pauses.pop(path, None)
