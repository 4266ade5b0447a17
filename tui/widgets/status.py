"""The line that says whether all is saved, and how brush, threshold and outline are set."""

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from db.values import Tool
from imaging.text import printable
from imaging.view.overlay import Shown
from pipeline.review.shape import SHAPES
from tui.words import FLAG, GAP, fitting, shorten

AT_HAND = 16
"""Lines that are kept as they were drawn."""


@dataclass(frozen=True)
class State:
    """What the status line tells; `tool` is in hand, `radius` the brush's in photo pixels.

    `score` says what it means, and `note` whether there is one.

    `unsaved` counts edits and decisions on their way, `refused` says shortly why one is not saved.
    """

    unsaved: int = 0
    refused: str = ""
    tool: Tool | None = None
    cuts: bool = False
    radius: float = 0.0
    threshold: float | None = None
    overlay: Shown = Shown.OUTLINE
    opacity: float = 0.5
    zoom: float = 1.0
    contrast: bool = False
    heat: bool = False
    instead: str = ""
    """Which mask is seen instead of the present one; empty where none is."""
    lesions: int = 0
    """How many lesions the mask has, where a reviewer said that it has several."""
    refining: bool = False
    """Whether an outline is being mended at a mark."""
    making: str = ""
    """What is being done to the outline for longer than a moment; empty where nothing is."""
    score: str = ""
    flag: bool = False
    note: bool = False
    drawn: str = ""
    """By whose graphics the photo is drawn; empty where it is drawn in cells."""
    not_drawn: str = ""
    """By whose graphics it was to be drawn, where it is not."""


class Status(Widget):
    """One line; what matters least is left out where it is too narrow."""

    state: reactive[State] = reactive(State())

    def __init__(self, reviewer: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._reviewer = printable(reviewer)
        self._lines: dict[tuple[State, int], Strip] = {}

    def notify_style_update(self) -> None:
        """Other colours hold."""
        self._lines.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """The line; said again, as "saving" and "saved" are with every decision, it is at hand."""
        said = self.state, self.size.width
        if said not in self._lines:
            if len(self._lines) >= AT_HAND:
                self._lines.clear()
            self._lines[said] = super().render_line(y)
        return self._lines[said]

    def render(self) -> Content:
        """The parts that fit, and the reviewer on the right."""
        width = self.content_size.width
        reviewer = Content.styled(shorten(self._reviewer, 16), "$quiet")
        parts = self._parts()
        room = width - reviewer.cell_length - GAP
        shown = parts[: fitting([part.cell_length for part in parts], room)]
        left = Content(" " * GAP).join(shown)
        return left.pad_right(max(0, width - left.cell_length - reviewer.cell_length)) + reviewer

    def _parts(self) -> list[Content]:
        state = self.state
        parts = [self._saved(), *self._made()]
        if state.instead:
            parts.append(Content.styled(f" {state.instead} ", "$background on $warning"))
        if state.tool is not None:
            parts.append(_in_hand(state.tool, state.cuts, state.radius))
        parts += self._said()
        if state.zoom > 1:
            parts.append(setting("zoom", f"{state.zoom:.3g}×"))
        if state.tool in SHAPES:
            parts.append(Content.styled("enter closes, ⌫ a point back", "$quiet"))
        if state.tool is Tool.REFINE:
            parts.append(
                Content.styled("refining …" if state.refining else "space marks", "$quiet")
            )
        seen = [name for name, on in (("contrast", state.contrast), ("heat map", state.heat)) if on]
        if seen:
            parts.append(setting("photo with", ", ".join(seen)))
        if state.threshold is not None:
            parts.append(setting("threshold", f"{state.threshold:.2f}"))
        shown = str(state.overlay)
        if state.overlay is not Shown.NOTHING:
            shown = f"{shown} {100 * state.opacity:.0f}%"
        parts.append(setting("mask", shown))
        if state.not_drawn:
            parts.append(setting("drawn in cells, not by", state.not_drawn))
        return [*parts, setting("drawn by", state.drawn)] if state.drawn else parts

    def _made(self) -> list[Content]:
        making = self.state.making
        return [Content.styled(f"{making} …", "$accent")] if making else []

    def _said(self) -> list[Content]:
        """What will be said of the photo with its decision."""
        state, parts = self.state, []
        if state.lesions:
            parts.append(Content(f"{state.lesions} lesions"))
        if state.score:
            parts.append(setting("score", state.score))
        if state.flag:
            parts.append(Content.assemble((FLAG, "$accent"), (" flagged", "$quiet")))
        if state.note:
            parts.append(Content.styled("note", "$quiet"))
        return parts

    def _saved(self) -> Content:
        unsaved, refused = self.state.unsaved, self.state.refused
        if refused:
            return Content.assemble(("○ ", "$error"), "not saved: ", (refused, "$error"))
        if not unsaved:
            return Content.assemble(("● ", "$success"), ("saved  ", "$quiet"))
        return Content.assemble(("○ ", "$warning"), f"saving {min(unsaved, 99)}".ljust(7))


def _in_hand(tool: Tool, cuts: bool, radius: float) -> Content:
    name, what = str(tool), "cuts" if cuts else "adds"
    if tool is Tool.REFINE:
        what = "outside" if cuts else "inside"
    if tool is Tool.BRUSH:
        name, what = "eraser" if cuts else "brush", f"{2 * radius:.0f} px wide"
    return Content.assemble((f" {name} ", "$background on $accent"), f" {what}")


def setting(name: str, value: str) -> Content:
    """A setting's name and its value."""
    return Content.assemble((f"{name} ", "$quiet"), value)
