"""What is known of the photo on the screen: its outline, the model, the decision, the history."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from db.values import HistoryEntry, Origin, PhotoDetails, Revision, SetAside
from imaging.text import printable
from imaging.values import Measurements, Receipt
from tui.words import percent, shorten

LABEL = 10
"""Cells for the names on the left."""


class Details(VerticalScroll, can_focus=False):
    """The panel beside the picture; `compact` leaves out what a small terminal has no room for."""

    compact: reactive[bool] = reactive(False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._photo: PhotoDetails | None = None
        self._edited: Measurements | None = None
        self._edits = 0
        self._reason = ""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(markup=False)

    def explain(self, reason: str) -> None:
        """Say from now on why the photo stands where it stands in the queue."""
        if reason != self._reason:
            self._reason = reason
            self._draw()

    def show(self, photo: PhotoDetails, measurements: Measurements | None, edits: int) -> None:
        """Show a photo; `measurements` are those of the mask as it stands, after `edits` edits."""
        self._photo, self._edited, self._edits = photo, measurements, edits
        self._draw()

    def show_aside(self, file: SetAside) -> None:
        """Show a file that is no photo; its reason stands where the photo would be."""
        self._photo = None
        self._write([self._headline(file.name), Content.styled("set aside", "$quiet")])

    def clear(self) -> None:
        """Show nothing."""
        self._photo = None
        self._write([])

    def on_resize(self) -> None:
        """Fit names into the new width."""
        self._draw()

    def watch_compact(self) -> None:
        """Show more or less."""
        self._draw()

    def _draw(self) -> None:
        if self._photo is not None and self.is_mounted:
            self._write(self._lines(self._photo))

    def _write(self, lines: list[Content]) -> None:
        self.query_one(Static).update(Content("\n").join(lines))

    def _lines(self, photo: PhotoDetails) -> list[Content]:
        size = f"{photo.size.width} × {photo.size.height}  {photo.format}"
        lines = [self._headline(photo.name), Content.styled(printable(size), "$quiet")]
        lines += self._lesion(photo)
        if not self.compact:
            lines += [*receipt_lines(photo.receipt), *word_lines(photo)]
        lines += self._decision(photo)
        if not self.compact:
            lines += history_lines(photo.history, self._room)
        return lines

    @property
    def _room(self) -> int:
        return max(16, self.scrollable_content_region.width)

    def _headline(self, name: str) -> Content:
        return Content.styled(shorten(printable(name), self._room), "bold")

    def _lesion(self, photo: PhotoDetails) -> list[Content]:
        blank = [] if self.compact else [Content(""), heading("Lesion")]
        if self._edited is None:
            return [*blank, pair("Area", "no outline yet", "$quiet")]
        return [
            *blank,
            pair("Area", percent(self._edited.area_fraction), "bold"),
            pair("", f"{self._edited.area_pixels:,} px".replace(",", " "), "$quiet"),
            *outline_lines(photo.revision, self._edits, self._room),
        ]

    def _decision(self, photo: PhotoDetails) -> list[Content]:
        said = "waiting" if photo.decision is None else str(photo.decision)
        style = "$quiet" if photo.decision is None else "$accent"
        if self.compact:
            return [pair("Decision", said, style)]
        lines = [Content(""), heading("Decision"), Content.styled(said, style)]
        if photo.decision is None and self._reason:
            lines.append(Content.styled(shorten(self._reason, self._room), "$quiet"))
        return lines


def heading(text: str) -> Content:
    """The name of a part."""
    return Content.styled(text, "$faint bold")


def pair(name: str, value: str, style: str = "") -> Content:
    """A name and its value, in columns."""
    return Content.assemble((f"{name:<{LABEL}}", "$quiet"), (value, style))


def outline_lines(revision: Revision | None, edits: int, room: int) -> list[Content]:
    """Who drew the outline that is shown."""
    if revision is None:
        return []
    who = "model" if revision.origin is Origin.MODEL else printable(revision.author)
    drawn = f"{who}, {edits} edit{'' if edits == 1 else 's'}" if edits else who
    return [pair("Drawn by", shorten(drawn, room - LABEL))]


def receipt_lines(receipt: Receipt | None) -> list[Content]:
    """Which model drew, where, and how long it took."""
    if receipt is None:
        return []
    return [
        Content(""),
        heading("Model"),
        pair("Name", printable(receipt.model_name)),
        pair("Hash", receipt.model_hash[:12]),
        pair("Run by", printable(f"{receipt.backend}, {receipt.device}")),
        pair("Took", f"{receipt.milliseconds:.0f} ms"),
    ]


def word_lines(photo: PhotoDetails) -> list[Content]:
    """How good the model expects its outline to be, and how much of the photo it did not see."""
    lines = []
    if photo.predicted_jaccard is not None:
        lines.append(pair("Predicts", f"Jaccard {photo.predicted_jaccard:.2f}"))
    if photo.unseen_fraction:
        lines.append(pair("Unseen", f"{percent(photo.unseen_fraction)} at the edges", "$warning"))
    return lines


def history_lines(history: tuple[HistoryEntry, ...], room: int) -> list[Content]:
    """What happened to the photo, the last first."""
    if not history:
        return []
    lines = [Content(""), heading("History")]
    for entry in reversed(history):
        text = printable(f"{entry.what}, {entry.who}")
        lines.append(
            Content.assemble((f"{moment(entry.at):<7}", "$quiet"), (shorten(text, room - 7), ""))
        )
    return lines


def moment(at: datetime) -> str:
    """The time if it was today, else the day, where the reader is."""
    local, now = at.astimezone(), datetime.now().astimezone()
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%d %b}"
