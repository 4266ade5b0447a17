"""How fast a reviewer decides, from one decision to the next."""

from collections.abc import Callable
from time import monotonic

LONGEST = 60.0
"""Seconds without a key or the mouse that count: whoever does nothing for longer is away."""
REACTION = 1.0
"""Seconds that a photo must have been seen to be meant by a key where it came by itself."""
LEAST = 3
"""Decisions before anything is said of the pace."""


class Attention:
    """A clock that goes on while somebody is there, which `touch` tells."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._before, self._touched = 0.0, clock()

    def touch(self) -> None:
        """Somebody does something now."""
        self._before, self._touched = self(), self._clock()

    def __call__(self) -> float:
        """Seconds in which somebody was there until now."""
        return self._before + min(self._clock() - self._touched, LONGEST)


class Pace:
    """Decisions a minute in one sitting, which begins with `begin`.

    All that the clock counts between, also while the next photo is awaited and what was decided is
    taken back: it says when the rest will be done.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since: float | None = None
        self._spent = 0.0
        self._decided = 0

    def begin(self) -> None:
        """The first photo is seen; later ones change nothing."""
        if self._since is None:
            self._since = self._clock()

    def decide(self) -> None:
        """A photo was decided."""
        self._spend()
        self._decided += 1

    def take_back(self) -> None:
        """A decision was taken back, or refused; one of another sitting too."""
        self._spend()
        self._decided = max(0, self._decided - 1)

    def per_minute(self) -> float | None:
        """Photos a minute; None while too little is known."""
        if self._decided < LEAST or not self._spent:
            return None
        return 60 * self._decided / self._spent

    def seconds_left(self, waiting: int) -> float | None:
        """How long so many photos take; None while too little is known, and if there are none."""
        rate = self.per_minute()
        return None if rate is None or not waiting else 60 * waiting / rate

    def _spend(self) -> None:
        now = self._clock()
        if self._since is not None:
            self._spent += now - self._since
        self._since = now
