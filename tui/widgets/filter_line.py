"""The line that says which photos are shown and in which order, and how to see all again."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from imaging.text import printable
from pipeline.review.wanted import ALL, Facet, Wanted
from tui.keymap import Keymap
from tui.names import below
from tui.words import GAP, cells, fitting, shorten

LONGEST_VALUE = 24
"""Cells of a folder or of what is searched for."""


class FilterLine(Widget):
    """Shown while something is wanted; a click shows all again."""

    wanted: reactive[Wanted] = reactive(ALL)
    counts: reactive[tuple[int, int, int]] = reactive((0, 0, 0))
    """How many photos fit, how many more are shown, and how many there are."""

    class Dropped(Message):
        """All photos are wanted again."""

    def __init__(self, folder: str, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._folder = folder
        self._keymap = keymap
        self.display = False

    def watch_wanted(self, wanted: Wanted) -> None:
        """Be there while there is something to say."""
        self.display = wanted.limits or wanted.arranges

    def render(self) -> Content:
        """How many, what of them is wanted, as far as there is room, and how to be rid of it."""
        width = self.content_size.width
        end = Content.assemble(
            (self._keymap.key("put_away"), "bold $accent"), (" shows all", "$quiet")
        )
        parts = self._parts()
        room = width - end.cell_length - GAP
        left = Content(" " * GAP).join(parts[: fitting([len(part) for part in parts], room)])
        return left.pad_right(max(0, width - left.cell_length - end.cell_length)) + end

    def on_click(self, event: events.Click) -> None:
        """Show all again."""
        event.stop()
        self.post_message(self.Dropped())

    def _parts(self) -> list[Content]:
        fit, more, photos = self.counts
        wanted = self.wanted
        parts = []
        if wanted.limits:
            what = f" fit, {more} more shown" if more else " shown"
            parts.append(Content.assemble(f"{fit} of {photos}", (what, "$quiet")))
        if wanted.words:
            text = shorten(printable(wanted.text.strip()), LONGEST_VALUE)
            parts.append(Content.assemble(("/", "$accent"), text))
        for facet, value in wanted.values:
            parts.append(Content.styled(told(facet, value, self._folder, LONGEST_VALUE), "$accent"))
        if wanted.arranges:
            order = f"{wanted.order}, falling" if wanted.reverse else str(wanted.order)
            parts.append(Content.assemble(("by ", "$quiet"), order))
        return parts


MEASURED = (Facet.SURENESS, Facet.AREA, Facet.DISAGREEMENT)
"""Facets whose values are numbers, of which it is to be said what they are."""


def told(facet: Facet, value: str, folder: str, width: int) -> str:
    """A value as a person reads it, in at most `width` cells."""
    value = printable(below(value, folder) if facet is Facet.FOLDER else value)
    if facet is Facet.FOLDER:
        return shorten(value + "/", width)
    if facet is Facet.SCORE and value.isdigit():
        return f"score {value}"
    if facet in MEASURED and cells(value) + len(facet) < width:
        return f"{facet} {value}"
    return shorten(value, width)
