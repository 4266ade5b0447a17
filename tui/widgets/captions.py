"""The two lines below a photo of a page, and what stands in place of a photo that isn't drawn."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from db.values import QueueItem
from imaging.text import printable
from pipeline.review.sheet import Bar
from tui.widgets.row_view import glyph
from tui.words import FLAG, cells, cut, folded, percent

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


def name_line(item: QueueItem, number: int, name: str, width: int) -> list[tuple[str, str]]:
    """Parts of the first line, each with the name of its colour: sign, number, name, flag."""
    sign, colour = glyph(item)
    head = f" {number} "
    flag = f" {FLAG}" if item.flag else ""
    room = max(0, width - 1 - cells(head) - cells(flag))
    text = name + " " * max(0, room - cells(name))
    bright = "name" if item.decision is None else "done"
    return [(sign, colour), (head, "quiet"), (text, bright), (flag, "draft")]


def name_room(item: QueueItem, number: int, width: int) -> int:
    """Cells that the name has on it."""
    return max(1, width - 1 - cells(f" {number} ") - (2 if item.flag else 0))


def fact_line(
    item: QueueItem, bar: Bar | None, holder: str | None, width: int
) -> list[tuple[str, str]]:
    """Parts of the second line: how sure the model is, or what keeps it back; and its area."""
    word, colour = _word(item, bar, holder, width)
    area = "" if item.area_fraction is None else percent(item.area_fraction)
    room = width - cells(word)
    right = area.rjust(room) if cells(area) < room else " " * room
    return [(word, colour), (right, "quiet")]


def _word(item: QueueItem, bar: Bar | None, holder: str | None, width: int) -> tuple[str, str]:
    if bar is Bar.DECIDED:
        return str(item.decision), "done"
    if bar is Bar.ELSEWHERE:
        return cut(f"open: {printable(holder or '')}", width), "since"
    if bar in BARS:
        return BARS[bar], "draft" if bar is Bar.OUT else "since"
    sure = item.predicted_jaccard
    return ("" if sure is None else f"sure {sure:.2f}"), "quiet"


def placard(text: str, width: int, height: int, style: Style) -> list[Strip]:
    """A sentence in the middle of so many cells, in place of a photo."""
    lines = folded(text, max(1, width - 2))[:height]
    above = (height - len(lines)) // 2
    blank = Strip([Segment(" " * width, style)], width)
    told = [Strip([Segment(_centred(line, width), style)], width) for line in lines]
    return [*[blank] * above, *told, *[blank] * (height - above - len(lines))]


def _centred(line: str, width: int) -> str:
    left = (width - cells(line)) // 2
    return " " * left + line + " " * (width - left - cells(line))
