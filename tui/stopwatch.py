"""How long each photo has been looked at."""

from collections.abc import Callable


class Stopwatch:
    """Seconds for each photo, over all the times it was shown."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds: dict[int, float] = {}
        self._running: int | None = None
        self._since = 0.0

    def start(self, photo_id: int) -> None:
        """This photo is on the screen now, and no other."""
        self.stop()
        self._running, self._since = photo_id, self._clock()

    def stop(self) -> None:
        """No photo is on the screen."""
        if self._running is not None:
            self._seconds[self._running] = self.seconds(self._running)
        self._running = None

    def seconds(self, photo_id: int) -> float:
        """How long this photo was on the screen until now, in seconds."""
        running = self._clock() - self._since if photo_id == self._running else 0.0
        return self._seconds.get(photo_id, 0.0) + running

    def reset(self, photo_id: int) -> None:
        """Count this photo from zero again: its seconds went into a decision."""
        if photo_id == self._running:
            self._running = None
        self._seconds.pop(photo_id, None)
