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
    """A file that changed or came: since when it is as it is, when it is due, whether handed on.

    `pause` is the longest that it stood still before it went on growing. `coming` is whether it was
    written while it was watched, or shortly before.
    """

    since: float
    due: float
    handed: bool = False
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
        self._moving: dict[Path, _Sight] = {}
        """Those that are not handed on yet, or not calm."""

    def __len__(self) -> int:
        return len(self._known)

    def note(self, path: Path, signature: Signature, *, whole: bool = False) -> None:
        """A file is there; `whole` where its writer has closed it or put it there."""
        now, sight, seen = self._clock(), self._moving.get(path), hash(signature)
        known = self._known.get(path)
        if seen != known:
            growing = sight is not None and not sight.handed
            pause = max(sight.pause, now - sight.since) if sight and growing else 0.0
            due = now if whole else now + self._longer(self._pace.settle, pause)
            coming = known is not None or self._is_young(signature)
            self._known[path] = seen
            self._moving[path] = _Sight(now, due, pause=pause, coming=coming)
        elif whole and sight is not None and not sight.handed:
            self._moving[path] = replace(sight, due=min(sight.due, now))

    def miss(self, path: Path) -> bool:
        """A file is not there; whether it was."""
        self._moving.pop(path, None)
        return self._known.pop(path, None) is not None

    def missing(self, found: Iterable[Path]) -> set[Path]:
        """Those that were seen and are not among what was found."""
        return self._known.keys() - set(found)

    def clear(self) -> None:
        """The folder is gone, and all that is in it."""
        self._known.clear()
        self._moving.clear()

    def again(self, path: Path) -> None:
        """Have a file handed on once more when it is calm."""
        if path in self._known:
            now = self._clock()
            sight = self._moving.get(path) or _Sight(now - self._pace.calm, now)
            due = sight.since + self._calm(sight)
            self._moving[path] = replace(sight, due=due, handed=False)

    def calm(self, path: Path) -> bool:
        """Whether a file has not changed for so long that it won't grow any more."""
        sight = self._moving.get(path)
        return sight is None or self._is_calm(sight, self._clock())

    def due(self) -> list[Path]:
        """The files that are to be handed on now; those that were and are calm are let go of."""
        now = self._clock()
        for path in [
            path
            for path, sight in self._moving.items()
            if sight.handed and self._is_calm(sight, now)
        ]:
            del self._moving[path]
        return [p for p, seen in self._moving.items() if not seen.handed and seen.due <= now]

    def next_due(self) -> float | None:
        """When the next file is to be handed on; None where there is none."""
        dues = (sight.due for sight in self._moving.values() if not sight.handed)
        return min(dues, default=None)

    def hand_on(self, path: Path) -> bool:
        """A file is handed on, unless it has changed meanwhile or is gone."""
        sight = self._moving.get(path)
        if sight is None or sight.handed or sight.due > self._clock():
            return False
        self._moving[path] = replace(sight, handed=True)
        return True

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
