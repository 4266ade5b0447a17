"""What is known of the photo on the screen: its outline, the model, the decision, the history."""

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from db.values import HistoryEntry, Origin, PhotoDetails, QueueItem, Remarks, Revision, SetAside
from imaging.framing import Size
from imaging.mask.parts import MaskPart
from imaging.text import printable
from imaging.values import NO_LESION_BELOW, Measurements, Receipt
from pipeline.review.editor import Before
from pipeline.review.order import explain_place
from pipeline.review.verdict import USUAL
from pipeline.review.wanted import ALL, Wanted
from tui.colour_app import call_when_sent
from tui.names import below
from tui.words import FLAG, cells, cut, folded, lines_of, percent, shorten, sureness

LABEL = 10
"""Cells for the names on the left."""
MOMENT = 7
"""Cells for when something happened."""
MOST_LESIONS = 6
"""Lesions told one by one."""
TIGHT = 24
"""Cells of width in which a number of pixels has no room."""
COMPACT_NAME = 2
"""Lines for the name where there is little room."""


class Details(VerticalScroll, can_focus=False):
    """The panel beside the picture; `compact` leaves out what a small terminal has no room for."""

    compact: reactive[bool] = reactive(False)

    def __init__(
        self,
        folder: str,
        scores: Sequence[str] = USUAL.scores,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`scores` says what each means, from 1 on."""
        super().__init__(id=id)
        self._text = Static(markup=False)
        self._folder, self._scores = folder, scores
        self._photo: PhotoDetails | None = None
        self._edited: Measurements | None = None
        self._edits = 0
        self._lesions: Sequence[MaskPart] = ()
        self._before: Before | None = None
        self._row: QueueItem | None = None
        self._wanted = ALL
        self._remarks = Remarks()
        self._drawing = False
        self._written: int | None = None
        """Lines; None where there may be more, as some don't fit."""

    @property
    def empty(self) -> bool:
        """Whether the outline that is shown has no pixel."""
        return self._photo is not None and self._edited is not None and not self._edited.area_pixels

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._text

    def explain(self, row: QueueItem, wanted: Wanted) -> None:
        """Say from now on why the photo stands where it stands in the queue, and if it waits."""
        if (row, wanted) != (self._row, self._wanted):
            self._row, self._wanted = row, wanted
            if self._photo is not None and self._photo.photo_id == row.photo_id:
                self._draw()

    def show(
        self,
        photo: PhotoDetails,
        measurements: Measurements | None,
        edits: int,
        lesions: Sequence[MaskPart] = (),
    ) -> None:
        """Show a photo; `measurements` are those of the mask as it stands, after `edits` edits.

        `lesions` are those of a mask of several.
        """
        self._photo, self._edited, self._edits = photo, measurements, edits
        self._lesions = lesions
        self._draw()

    def look_back(self, before: Before | None) -> None:
        """Tell of the mask as it was before while that is seen; None where it is seen as it is."""
        if before is not self._before:
            self._before = before
            self._draw()

    def remark(self, remarks: Remarks) -> None:
        """Show what is said of the photo, decided or not."""
        before, self._remarks = self._remarks, remarks
        if before != remarks:
            self._draw()

    def show_aside(self, file: SetAside) -> None:
        """Show a file that is no photo; its reason stands where the photo would be."""
        self._photo = None
        self._write([*self._headline(file.path), Content.styled("set aside", "$quiet")])

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
        """Draw once, after whatever else is new of the photo: the photo itself is seen first."""
        if not self._drawing:
            self._drawing = self.call_after_refresh(call_when_sent, self, self._draw_now)

    def _draw_now(self) -> None:
        self._drawing = False
        if self._photo is not None and self.is_mounted:
            self._write(self._lines(self._photo))

    def _write(self, lines: list[Content]) -> None:
        # Not laid out anew where it is as high as it was: that takes longer than to draw it.
        room, before = self._room, self._written
        self._written = None if any(each.cell_length > room for each in lines) else len(lines)
        again = self._written is None or self._written != before
        self._text.update(Content("\n").join(lines), layout=again)

    def _lines(self, photo: PhotoDetails) -> list[Content]:
        size = f"{photo.size.width} × {photo.size.height}  {photo.format}"
        lines = [*self._headline(self._path_of(photo)), Content.styled(printable(size), "$quiet")]
        lines += self._lesion(photo)
        if not self.compact:
            lines += [*receipt_lines(photo.receipt), *word_lines(photo)]
        lines += self._decision(photo)
        if not self.compact:
            lines += history_lines(photo.history, self._room)
        return lines

    def _path_of(self, photo: PhotoDetails) -> str:
        """Where it lies now, as its row has it: it may have been renamed since it was opened."""
        row = self._row
        return photo.path if row is None or row.photo_id != photo.photo_id else row.path

    @property
    def _room(self) -> int:
        return max(16, self.scrollable_content_region.width)

    def _headline(self, path: str) -> list[Content]:
        """The path below the folder, whole; only a small terminal has no room for the longest."""
        name = printable(below(path, self._folder))
        if self.compact:
            name = shorten(name, COMPACT_NAME * self._room)
        folder = name.rfind("/") + 1
        text = Content.assemble((name[:folder], "$quiet"), (name[folder:], "bold"))
        return [text[start:end] for start, end in lines_of(name, self._room)]

    def _lesion(self, photo: PhotoDetails) -> list[Content]:
        blank = [] if self.compact else [Content(""), heading("Lesion")]
        if self._before is not None:
            area = area_lines(self._before.measurements)[: 1 if self._is_tight else None]
            was = "the model's" if self._before.is_model else "as opened"
            return [*blank, *area, pair("Before", was, "$warning")]
        if self._edited is None:
            return [*blank, pair("Area", "no outline yet", "$quiet")]
        area = area_lines(self._edited)
        if self._lesions and self.compact:
            area = [area[0], pair("", f"{len(self._lesions)} lesions", "$accent")]
        elif self._lesions:
            area += lesion_lines(self._lesions, photo.size)
        return [
            *blank,
            *area[: 1 if self._is_tight else None],
            *outline_lines(photo.revision, self._edits, self._room),
        ]

    @property
    def _is_tight(self) -> bool:
        """Whether there is room for what matters most alone: beside a map, or above a note."""
        return self.compact and (bool(self._remarks.note) or self._room < TIGHT)

    def _decision(self, photo: PhotoDetails) -> list[Content]:
        row = self._row if self._row and self._row.photo_id == photo.photo_id else None
        since = row is not None and row.edited_since
        said, style = "waiting" if photo.decision is None else str(photo.decision), "$accent"
        if photo.reason:
            said = f"{said}: {printable(photo.reason)}"
        if since:
            said, style = f"{said}, edited{'' if self.compact else ' since'}", "$warning"
        elif photo.decision is None:
            style = "$quiet"
        if self.compact:
            return self._briefly(said, style)
        lines = [Content(""), heading("Decision"), Content.styled(said, style), *self._remarked()]
        if photo.disagreement is not None:
            lines.append(pair("Differs", f"{photo.disagreement:.2f} from the model"))
        if since:
            lines.append(Content.styled("a stores the edits", "$quiet"))
        elif photo.decision is None and row is not None:
            lines.append(
                Content.styled(shorten(explain_place(row, self._wanted), self._room), "$quiet")
            )
        return lines

    def _remarked(self) -> list[Content]:
        flag = [Content.assemble((FLAG, "$accent"), " flagged")] if self._remarks.flag else []
        note = folded(printable(self._remarks.note), self._room)
        return [*self._scored(), *flag, *(Content(line) for line in note)]

    def _scored(self) -> list[Content]:
        score = self._remarks.score
        if score is None:
            return []
        return [pair("Score", shorten(f"{score} {self._scores[score - 1]}", self._room - LABEL))]

    def _briefly(self, said: str, style: str) -> list[Content]:
        """What was decided and remarked, in two lines; a long decision needs its name's room."""
        flag = f" {FLAG}" if self._remarks.flag else ""
        room, note = self._room - LABEL, printable(self._remarks.note)
        if cells(said) + cells(flag) <= room:
            decided = pair("Decision", said + flag, style)
        else:
            decided = Content.styled(cut(said, self._room - cells(flag)) + flag, style)
        return [decided, pair("Note", cut(note, room))] if note else [decided]


def heading(text: str) -> Content:
    """The name of a part."""
    return Content.styled(text, "$faint bold")


def pair(name: str, value: str, style: str = "") -> Content:
    """A name and its value, in columns."""
    return Content.assemble((f"{name:<{LABEL}}", "$quiet"), (value, style))


def area_lines(measured: Measurements) -> list[Content]:
    """How large the outline is."""
    if not measured.area_pixels:
        return [pair("Area", "nothing outlined", "$warning")]
    return [
        pair("Area", percent(measured.area_fraction), "bold"),
        pair("", f"{measured.area_pixels:,} px".replace(",", " "), "$quiet"),
    ]


def lesion_lines(lesions: Sequence[MaskPart], size: Size) -> list[Content]:
    """How large each lesion is, as they are numbered on the photo; the smallest are counted."""
    told, more = lesions[:MOST_LESIONS], len(lesions) - MOST_LESIONS
    photo = size.width * size.height
    lines = [
        pair(f"Lesion {number}", percent(lesion.area / photo))
        for number, lesion in enumerate(told, 1)
    ]
    return [*lines, pair("", f"and {more} more", "$quiet")] if more > 0 else lines


def outline_lines(revision: Revision | None, edits: int, room: int) -> list[Content]:
    """Who drew the outline that is shown."""
    who = "by hand"
    if revision is not None:
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
    """How good the model expects its outline to be, if there is one, and what it did not see."""
    lines = []
    if photo.predicted_jaccard is not None:
        lines.append(pair("Outline", sureness(photo.predicted_jaccard, "sure", " (Jaccard)")))
    if photo.lesion_probability is not None:
        style = "$warning" if photo.lesion_probability < NO_LESION_BELOW else ""
        lines.append(pair("A lesion", f"{photo.lesion_probability:.0%} likely", style))
    if photo.unseen_fraction:
        lines.append(pair("Unseen", f"{percent(photo.unseen_fraction)} at the edges", "$warning"))
    return lines


def history_lines(history: tuple[HistoryEntry, ...], room: int) -> list[Content]:
    """What happened to the photo, the last first."""
    if not history:
        return []
    lines = [Content(""), heading("History")]
    for entry in reversed(history):
        told = printable(f"{entry.what}, {entry.who}" if entry.who else entry.what)
        at = f"{moment(entry.at):<{MOMENT}}"
        for line in folded(told, room - MOMENT):
            lines.append(Content.assemble((at, "$quiet"), line))
            at = " " * MOMENT
    return lines


def moment(at: datetime) -> str:
    """The time if it was today, else the day, where the reader is."""
    local, now = at.astimezone(), datetime.now().astimezone()
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%d %b}"
