"""The line on top: which folder, and how far segmenting it has come."""

from collections import deque
from collections.abc import Callable
from time import monotonic

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from imaging.text import printable
from pipeline.intake.ingest import IngestProgress
from tui.words import GAP, cells, cut, fitting, shorten

WINDOW = 8.0
"""Seconds over which photos a second are counted."""
BAR = 16
LEAST_NAME = 12
"""Cells that the folder's name keeps, if it needs them."""


class Rate:
    """Photos a second over the last few seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, done: int) -> None:
        """So many are done by now."""
        now = self._clock()
        self._seen.append((now, done))
        while now - self._seen[0][0] > WINDOW:
            self._seen.popleft()

    def per_second(self) -> float | None:
        """Photos a second; None while too little is known."""
        if len(self._seen) < 2:
            return None
        (since, before), (now, done) = self._seen[0], self._seen[-1]
        return (done - before) / (now - since) if now > since and done > before else None


class Progress(Widget):
    """nevus, the folder, and on the right found and done, photos a second or a message."""

    progress: reactive[IngestProgress | None] = reactive(None)
    shown: reactive[tuple[int, int]] = reactive((0, 0))
    """How many photos the queue shows, and how many files that were set aside."""
    outlined: reactive[int] = reactive(0)
    """How many of the photos have an outline."""

    def __init__(self, folder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._folder = folder
        self._rate = Rate()

    def watch_progress(self, progress: IngestProgress | None) -> None:
        """Count for the rate."""
        if progress is not None:
            self._rate.add(progress.done)

    def render(self) -> Content:
        """One line, the right side first: the folder's name gets what is left."""
        width = self.content_size.width
        name = printable(self._folder)
        right = self._state(max(0, width - len("nevus") - 2 * GAP - min(cells(name), LEAST_NAME)))
        room = width - len("nevus") - right.cell_length - 2 * GAP
        folder = shorten(name, room)
        left = Content.assemble(("nevus", "bold $accent"), "   ", (folder, "$quiet"))
        return left.pad_right(max(0, width - left.cell_length - right.cell_length)) + right

    def _state(self, room: int) -> Content:
        now = self.progress
        if now is None:
            return Content.styled("looking through the folder", "$quiet")
        if now.message:
            # Whole in a toast; its beginning says what happened.
            return Content.styled(cut(printable(now.message), room), "$warning")
        if now.done >= now.found:
            return Content.styled(_watching(*self.shown), "$quiet")
        parts = self._parts(now)
        count = fitting([part.cell_length for part in parts], room)
        return Content(" " * GAP).join(parts[:count])

    def _verb(self) -> str:
        """What is done to the files: those that are known with an outline are only looked at."""
        photos, aside = self.shown
        found = 0 if self.progress is None else self.progress.found
        known = found <= photos + aside and self.outlined >= photos
        return "checking" if known else "segmenting"

    def _parts(self, now: IngestProgress) -> list[Content]:
        verb = self._verb() if now.segmenting_here else "another nevus is segmenting"
        parts = [Content.assemble((f"{verb} ", "$quiet"), f"{now.done} of {now.found}")]
        rate = self._rate.per_second()
        if rate is not None:
            parts.append(Content.styled(f"{rate:.1f} photos/s", "$quiet"))
            parts.append(Content.styled(time_left((now.found - now.done) / rate), "$quiet"))
        return [*parts, bar(now.done / now.found)]


def _watching(photos: int, aside: int) -> str:
    if not photos and not aside:
        return "watching for photos"
    apart = f", {aside} set aside" if aside else ""
    return f"{photos} photo{'' if photos == 1 else 's'}{apart}, watching for more"


def bar(fraction: float) -> Content:
    """A thin bar, full at 1."""
    full = round(BAR * fraction)
    return Content.assemble(("━" * full, "$accent"), ("━" * (BAR - full), "$faint"))


def time_left(seconds: float) -> str:
    """A rough time: seconds below a minute and a half, then minutes, then hours."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / 60)} min left" if seconds < 5400 else f"{seconds / 3600:.1f} h left"
