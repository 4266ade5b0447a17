"""The steps of the threshold, and those asked for faster than a mask is drawn."""

from threading import Lock

STEP = 0.05
LOWEST, HIGHEST = 0.05, 0.95
USUAL = 0.5
"""Where an outline was drawn at none."""


def step_threshold(threshold: float | None, steps: int) -> float:
    """A threshold so many steps higher, as far as it goes; else from the usual one."""
    wanted = round((USUAL if threshold is None else threshold) + steps * STEP, 2)
    return min(max(wanted, LOWEST), HIGHEST)


class ThresholdSteps:
    """Steps asked for that the editing lane has not taken yet: keys come faster than a large mask
    is drawn, and it is drawn once for all of them.

    The screen's thread adds and the lane's takes; the lock orders the two, so that a step is either
    drawn with those before it or asked for anew.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._taken = False
        self._lock = Lock()

    def add(self, steps: int) -> bool:
        """Ask for more; False when they were taken already."""
        with self._lock:
            self._steps += 0 if self._taken else steps
            return not self._taken

    def take(self) -> int:
        """All that was asked for."""
        with self._lock:
            self._taken = True
            return self._steps
