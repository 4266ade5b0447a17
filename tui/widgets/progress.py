"""The line on top: which folder, how far segmenting it has come, and how far reviewing it."""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from db.values import DecisionKind
from imaging.text import printable
from pipeline.review.tally import Tally
from tui.steady import Steady
from tui.widgets.row_view import GLYPHS
from tui.words import GAP, cells, cut, duration, fitting, shorten

if TYPE_CHECKING:
    from pipeline.intake.ingest import IngestProgress

WINDOW = 8.0
"""Seconds over which photos a second are counted."""
BAR = 16
LEAST_NAME = 12
"""Cells that the folder's name keeps, if it needs them."""
LEAST_MESSAGE = 24
"""Cells that a message keeps."""
COLOURS = {"accepted": "$success", "rejected": "$error", "quiet": "$quiet"}
"""What the colours of the signs are called here."""


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
    """nevus, the folder, and on the right what is decided, and segmented while there is some left.

    What matters least is left out where it is narrow.
    """

    progress: "reactive[IngestProgress | None]" = reactive(None)
    shown: reactive[tuple[int, int]] = reactive((0, 0))
    """How many photos the queue shows, and how many files that were set aside."""
    forgotten: reactive[int] = reactive(0)
    """How many of these files hold a photo that was forgotten: nobody need look at why."""
    outlined: reactive[int] = reactive(0)
    """How many of the photos have an outline."""
    tally: reactive[Tally] = reactive(Tally())
    """How the photos stand."""
    pace: reactive[float | None] = reactive(None)
    """Photos decided a minute."""
    left: reactive[float | None] = reactive(None)
    """Seconds until all are decided, at that pace."""

    def __init__(self, folder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._folder = folder
        self._rate = Rate()
        self._until_decided, self._until_segmented = Steady(), Steady()

    def watch_progress(self, progress: "IngestProgress | None") -> None:
        """Count for the rate."""
        if progress is not None:
            self._rate.add(progress.done)
            rate, left = self._rate.per_second(), progress.found - progress.done
            self._until_segmented.see(None if rate is None else left / rate)

    def watch_left(self, left: float | None) -> None:
        """Tell it so that it doesn't jump from photo to photo."""
        self._until_decided.see(left)

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
        decided = self._decided()
        if now.message:
            parts = self._with_message(printable(now.message), room)
        elif now.done < now.found:
            parts = _that_fit([*decided, *self._segmenting(now), *self._kinds(signs)], room)
        else:
            # In words where there is room for all.
            spelled, short = ([*decided, *self._reviewing(how)] for how in (words, signs))
            parts = _that_fit(spelled, room)
            parts = parts if len(parts) == len(spelled) else _that_fit(short, room)
        return Content(" " * GAP).join(parts)

    def _with_message(self, message: str, room: int) -> list[Content]:
        """The message is whole in a toast; its beginning, which is here, says what happened."""
        kept = min(cells(message), LEAST_MESSAGE)
        parts = _that_fit([*self._decided(), *self._kinds(signs)], room - kept - GAP)
        used = sum(part.cell_length + GAP for part in parts)
        return [*parts, Content.styled(cut(message, room - used), "$warning")]

    def _decided(self) -> list[Content]:
        tally = self.tally
        if not tally.photos:
            return []
        return [Content.assemble(f"{tally.decided} of {tally.photos}", (" decided", "$quiet"))]

    def _kinds(self, told: "Telling") -> list[Content]:
        kinds = [told(kind, count) for kind, count in self.tally.kinds()]
        return [Content("  ").join(kinds)] if kinds else []

    def _reviewing(self, told: "Telling") -> list[Content]:
        parts = self._kinds(told)
        if self._until_decided.told is not None:
            parts.append(Content.styled(time_left(self._until_decided.told), "$quiet"))
        if self.pace is not None:
            parts.append(Content.styled(f"{self.pace:.1f} a minute", "$quiet"))
        aside = self.shown[1] - self.forgotten
        if aside:
            parts.append(Content.styled(f"{aside} set aside", "$quiet"))
        more = "more" if any(self.shown) else "photos"
        return [*parts, Content.styled(f"watching for {more}", "$quiet")]

    def _verb(self) -> str:
        """What is done to the files: those that are known with an outline are only looked at."""
        photos, aside = self.shown
        found = 0 if self.progress is None else self.progress.found
        known = found <= photos + aside and self.outlined >= photos
        return "checking" if known else "segmenting"

    def _segmenting(self, now: "IngestProgress") -> list[Content]:
        verb = self._verb() if now.segmenting_here else "another nevus is segmenting"
        parts = [Content.assemble((f"{verb} ", "$quiet"), f"{now.done} of {now.found}")]
        rate = self._rate.per_second()
        if rate is not None:
            parts.append(Content.styled(f"{rate:.1f} photos/s", "$quiet"))
        if self._until_segmented.told is not None:
            parts.append(Content.styled(time_left(self._until_segmented.told), "$quiet"))
        return [*parts, bar(now.done / now.found)]


Telling = Callable[[DecisionKind, int], Content]
"""How many decisions there are of a kind, put in words or signs."""


def words(kind: DecisionKind, count: int) -> Content:
    """In words: `2 corrected`."""
    return Content.assemble(str(count), (f" {kind}", "$quiet"))


def signs(kind: DecisionKind, count: int) -> Content:
    """With the sign that the queue has for it."""
    sign, colour = GLYPHS[kind]
    return Content.assemble((sign, COLOURS[colour]), f" {count}")


def _that_fit(parts: list[Content], room: int) -> list[Content]:
    return parts[: fitting([part.cell_length for part in parts], room)]


def bar(fraction: float) -> Content:
    """A thin bar, full at 1."""
    full = round(BAR * fraction)
    return Content.assemble(("━" * full, "$accent"), ("━" * (BAR - full), "$faint"))


def time_left(seconds: float) -> str:
    """How long it takes still, roughly."""
    return f"{duration(seconds)} left"
