"""The two lines below a photo of a page, and what stands in place of a photo that isn't drawn."""

from collections.abc import Callable
from dataclasses import dataclass

from db.values import QueueItem
from imaging.text import printable
from pipeline.review.sheet import Bar
from tui.widgets.row_view import glyph
from tui.words import FLAG, cells, cut, folded, percent, sureness

BARS = {
    Bar.OUT: "taken out",
    Bar.UNDRAWN: "not drawn yet",
    Bar.NEWER: "outlined anew",
    Bar.BARE: "no outline",
    Bar.EMPTY: "empty outline",
    Bar.EDITED: "your edits",
    Bar.SKIPPED: "skipped",
    Bar.UNREADABLE: "can't be shown",
}
"""What is told of a photo that isn't accepted with the page, in as few cells as it has."""
COLOURS = {Bar.OUT: "draft", Bar.UNDRAWN: "quiet"}
"""Of those that are as they should be; all others want a look."""


Part = tuple[str, str]
"""A text, and the name of its colour."""


@dataclass(frozen=True)
class Naming:
    """A photo's number, the last number of its page, and its name in so many cells.

    Told apart are names that have as much room, which all of a page get that the last one has.
    """

    number: int
    last: int
    name: Callable[[int], str]


def name_line(item: QueueItem, naming: Naming, width: int) -> list[Part]:
    """Parts of the first line: sign, number, name in the cells that are left, flag."""
    sign, colour = glyph(item)
    head, flag = f" {naming.number} ", f" {FLAG}" if item.flag else ""
    room = max(1, width - 1 - cells(f" {naming.last} ") - cells(flag))
    text = naming.name(room)
    bright = "name" if item.decision is None else "done"
    padded = text + " " * (width - 1 - cells(head) - cells(text) - cells(flag))
    return [(sign, colour), (head, "quiet"), (padded, bright), (flag, "draft")]


def fact_line(item: QueueItem, bar: Bar | None, holder: str, width: int) -> list[Part]:
    """Parts of the second line: how sure the model is, or what keeps it back; and its area."""
    word, colour = _word(item, bar, holder, width)
    area = "" if item.area_fraction is None else percent(item.area_fraction)
    room = width - cells(word)
    right = area.rjust(room) if cells(area) < room else " " * room
    return [(word, colour), (right, "quiet")]


def _word(item: QueueItem, bar: Bar | None, holder: str, width: int) -> Part:
    if bar is Bar.DECIDED:
        return str(item.decision), "done"
    if bar is Bar.ELSEWHERE:
        return cut(f"open: {printable(holder)}", width), "since"
    if bar in BARS:
        return BARS[bar], COLOURS.get(bar, "since")
    sure = item.predicted_jaccard
    return ("" if sure is None else sureness(sure, "sure")), "quiet"


def placard(text: str, width: int, height: int) -> list[str]:
    """A sentence in the middle of so many lines, in place of a photo."""
    lines = folded(printable(text), max(1, width - 2))[:height]
    above = (height - len(lines)) // 2
    blank = " " * width
    return [
        *[blank] * above,
        *(_centred(line, width) for line in lines),
        *[blank] * (height - above - len(lines)),
    ]


def _centred(line: str, width: int) -> str:
    left = (width - cells(line)) // 2
    return " " * left + line + " " * (width - left - cells(line))
