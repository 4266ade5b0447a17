"""A time that is told in steps, and stays at one until it is clearly another: it doesn't jump."""

from bisect import bisect

MINUTE, HOUR = 60.0, 3600.0
STEPS = (
    *(5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0),
    *(MINUTE * minutes for minutes in (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 75)),
    *(HOUR * hours for hours in (1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 60, 80)),
)
"""Seconds, each by a quarter or a half more than the one before."""


class Steady:
    """Tells the step that a time is nearest to, and goes on only when it has come to another one.

    A time that goes to and fro between two steps is told as the one it was told as before.
    """

    def __init__(self) -> None:
        self.told: float | None = None
        """Seconds; None where nothing is known."""

    def see(self, seconds: float | None) -> None:
        """It is so many seconds by now, as far as that is known."""
        if seconds is None or self.told is None:
            self.told = None if seconds is None else _nearest(seconds)
            return
        place = STEPS.index(self.told)
        below, above = STEPS[max(0, place - 1)], STEPS[min(place + 1, len(STEPS) - 1)]
        if not below < seconds < above:
            self.told = _nearest(seconds)


def _nearest(seconds: float) -> float:
    place = bisect(STEPS, seconds)
    return min(STEPS[max(0, place - 1) : place + 1], key=lambda step: abs(step - seconds))
