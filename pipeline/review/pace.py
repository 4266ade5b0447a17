"""How fast a reviewer decides, from one decision to the next."""

from collections.abc import Callable
from time import monotonic

LONGEST = 300.0
"""Seconds of a gap between two decisions that count: whoever is away for longer has a break."""
LEAST = 3
"""Decisions before anything is said of the pace."""


class Pace:
    """Decisions a minute in one sitting, which begins with `begin`.

    All the time between counts, also that in which the next photo is awaited and what was decided
    is taken back: it says when the rest will be done.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
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
            self._spent += min(now - self._since, LONGEST)
        self._since = now
