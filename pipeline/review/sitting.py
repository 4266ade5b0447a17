"""What one sitting decided, as it is stored; for the sentence that is said at its end."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import monotonic

from db.values import DecisionKind


@dataclass(frozen=True)
class Sat:
    """What was decided, in how many seconds from the first opening on, and how fast."""

    kinds: Mapping[DecisionKind, int]
    seconds: float
    median_seconds: float | None
    """Seconds that a photo was looked at until it was decided; None where nothing was."""


class Sitting:
    """Remembers the decisions that were stored and not taken back since.

    For one thread at a time; it begins when it is made.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._decided: list[tuple[int, DecisionKind, float]] = []

    def decide(self, photo_id: int, kind: DecisionKind, seconds: float) -> None:
        """A decision was stored."""
        self._decided.append((photo_id, kind, seconds))

    def take_back(self, photo_id: int) -> None:
        """The last decision on this photo was taken back; it may be of another sitting."""
        places = [place for place, one in enumerate(self._decided) if one[0] == photo_id]
        if places:
            del self._decided[places[-1]]

    def summary(self) -> Sat:
        """What was decided until now."""
        looked = [seconds for _, _, seconds in self._decided]
        return Sat(
            kinds=Counter(kind for _, kind, _ in self._decided),
            seconds=self._clock() - self._began,
            median_seconds=median(looked) if looked else None,
        )
