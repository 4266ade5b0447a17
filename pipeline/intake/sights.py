"""What was seen of each file: whether it has changed, when it is handed on, whether it is calm."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from pipeline.intake.signature import Signature


@dataclass(frozen=True)
class Pace:
    """How often the watcher looks, in seconds."""

    rescan: float = 30.0
    """A whole look through the folder: FSEvents drops events under load and does not say so."""
    folder: float = 1.0
    """Whether the folder itself is still there."""
    settle: float = 0.4
    """How long a file's size must not change before it is handed on, where nothing says that its
    writer has closed it or has put it there whole. One that grows in jerks is given longer."""
    calm: float = 2.0
    """How long until a file that can't be read counts as complete all the same."""
    coming: float = 10.0
    """The same of one that was written so shortly before, or while it was watched: a slow writer
    pauses, and what is cut short until it goes on is not damaged."""
    longest: float = 60.0
    """How long is waited at most for a file that grows in jerks."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """A file that changed or came: since when it is as it is, and when it is due.

    `pause` is the longest that it stood still before it went on growing. `coming` is whether it was
    written while it was watched, or shortly before.
    """

    since: float
    due: float
    pause: float = 0.0
    coming: bool = False


class Sights:
    """The files of a folder as they were last seen; its owner sees to it that no two threads meet.

    Of a file that is handed on and calm nothing is kept but what its signature comes to: a folder
    may hold a hundred thousand of them, and a look at what is due passes them by.
    """

    def __init__(self, pace: Pace, clock: Callable[[], float] = monotonic) -> None:
        self._pace = pace
        self._clock = clock
        self._known: dict[Path, int] = {}
        """Every file, with the hash of its signature."""
        self._waiting: dict[Path, _Sight] = {}
        """Those that are not handed on yet: all that a look at what is due goes through."""
        self._handed: dict[Path, _Sight] = {}
        """Those that are, and were not calm when that was last asked."""
        self._next_letting_go = 0.0

    def __len__(self) -> int:
        return len(self._known)

    def note(self, path: Path, signature: Signature, *, whole: bool = False) -> None:
        """A file is there; `whole` where its writer has closed it or put it there."""
        now, waiting, seen = self._clock(), self._waiting.get(path), hash(signature)
        known = self._known.get(path)
        if seen != known:
            pause = max(waiting.pause, now - waiting.since) if waiting else 0.0
            due = now if whole else now + self._longer(self._pace.settle, pause)
            coming = known is not None or self._is_young(signature)
            self._known[path] = seen
            self._handed.pop(path, None)
            self._waiting[path] = _Sight(now, due, pause, coming)
        elif whole and waiting is not None:
            self._waiting[path] = replace(waiting, due=min(waiting.due, now))

    def miss(self, path: Path) -> bool:
        """A file is not there; whether it was."""
        self._waiting.pop(path, None)
        self._handed.pop(path, None)
        return self._known.pop(path, None) is not None

    def missing(self, found: Iterable[Path]) -> set[Path]:
        """Those that were seen and are not among what was found."""
        return self._known.keys() - set(found)

    def clear(self) -> None:
        """The folder is gone, and all that is in it."""
        self._known.clear()
        self._waiting.clear()
        self._handed.clear()

    def again(self, path: Path) -> None:
        """Have a file handed on once more when it is calm."""
        if path in self._known:
            now = self._clock()
            sight = self._sight(path) or _Sight(now - self._pace.calm, now)
            self._handed.pop(path, None)
            self._waiting[path] = replace(sight, due=sight.since + self._calm(sight))

    def calm(self, path: Path) -> bool:
        """Whether a file has not changed for so long that it won't grow any more."""
        sight = self._sight(path)
        return sight is None or self._is_calm(sight, self._clock())

    def due(self) -> list[Path]:
        """The files that are to be handed on now."""
        now = self._clock()
        self._let_go(now)
        return [path for path, sight in self._waiting.items() if sight.due <= now]

    def next_due(self) -> float | None:
        """When the next file is to be handed on; None where there is none."""
        return min((sight.due for sight in self._waiting.values()), default=None)

    def hand_on(self, path: Path) -> bool:
        """A file is handed on, unless it has changed meanwhile or is gone."""
        sight = self._waiting.get(path)
        if sight is None or sight.due > self._clock():
            return False
        self._handed[path] = self._waiting.pop(path)
        return True

    def _sight(self, path: Path) -> _Sight | None:
        return self._waiting.get(path) or self._handed.get(path)

    def _let_go(self, now: float) -> None:
        """Forget which files were moving; now and then, since a burst may be of thousands."""
        if now >= self._next_letting_go:
            self._next_letting_go = now + self._pace.calm
            calm = [path for path, sight in self._handed.items() if self._is_calm(sight, now)]
            for path in calm:
                del self._handed[path]

    def _is_calm(self, sight: _Sight, now: float) -> bool:
        return now - sight.since >= self._calm(sight)

    def _calm(self, sight: _Sight) -> float:
        usual = self._pace.coming if sight.coming else self._pace.calm
        return self._longer(usual, sight.pause)

    def _longer(self, usual: float, pause: float) -> float:
        """How long to wait for what stood still for so long before."""
        return max(usual, min(2 * pause, self._pace.longest))

    def _is_young(self, signature: Signature) -> bool:
        # Either way: a share's clock may go before ours.
        age = time.time() - signature[2] / 1e9
        return abs(age) < self._pace.coming
