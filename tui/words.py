"""How names and numbers are put on a few cells of a terminal."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from textwrap import wrap

from rich.cells import cell_len

from imaging.mask.form import Form
from pipeline.review.reshaped import Reshaped

GAP = 3
"""Cells between two parts of a line."""
FLAG = "⚑"
"""The sign of a flagged photo."""
NOTHING_EXPECTED = 0.005
"""A Jaccard that would be told as 0.00."""


def shorten(text: str, width: int) -> str:
    """The text in at most `width` cells; what is too much is left out of its middle.

    Camera names differ at their end, so the end is what stays longest.
    """
    if cells(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    start = first_cells(text, (width - 1) // 3).rstrip()
    return f"{start}…{last_cells(text, width - 1 - cells(start))}"


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; what is too much is left out of its end."""
    if cells(text) <= width:
        return text
    return first_cells(text, max(0, width - 1)).rstrip() + "…"[:width]


def cells(text: str) -> int:
    """How many cells a text needs."""
    # Most names are ASCII, and a queue asks for ten thousand of them.
    return len(text) if text.isascii() else cell_len(text)


def first_cells(text: str, width: int) -> str:
    """The longest beginning of the text that needs no more than `width` cells."""
    if text.isascii():
        return text[: max(0, width)]
    return text[: _most(width, text, lambda count: text[:count])]


def last_cells(text: str, width: int) -> str:
    """The longest end of the text that needs no more than `width` cells."""
    if text.isascii():
        return text[len(text) - min(len(text), max(0, width)) :]
    return text[len(text) - _most(width, text, lambda count: text[len(text) - count :]) :]


def lines_of(text: str, width: int) -> list[tuple[int, int]]:
    """Where each line begins and ends when the text is laid out in lines of `width` cells."""
    lines, start = [], 0
    while start < len(text):
        end = start + max(1, len(first_cells(text[start:], width)))
        lines.append((start, end))
        start = end
    return lines or [(0, 0)]


def folded(text: str, width: int) -> list[str]:
    """The text in lines of `width` cells, parted between words where its signs are narrow."""
    lines = wrap(text, width)
    if all(cells(line) <= width for line in lines):
        return lines
    return [text[start:end] for start, end in lines_of(text, width)]


def _most(width: int, text: str, part: Callable[[int], str]) -> int:
    """The most characters whose part of the text fits into `width` cells."""
    counts = range(len(text) + 1)
    return max(0, bisect_right(counts, width, key=lambda count: cell_len(part(count))) - 1)


def percent(fraction: float) -> str:
    """A fraction as a percentage: `12.3%`; what would read as nothing is said to be little."""
    return "<0.1%" if 0 < fraction < 0.0005 else f"{100 * fraction:.1f}%"


def sureness(predicted: float, word: str, unit: str = "") -> str:
    """The Jaccard that a model expects of its outline, behind a word for it and before its unit.

    Nothing is expected where it found nothing, and a zero there reads like a fault.
    """
    return "no lesion" if predicted < NOTHING_EXPECTED else f"{word} {predicted:.2f}{unit}"


def duration(seconds: float) -> str:
    """A rough time: seconds below a minute and a half, then minutes, then hours."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def fitting(widths: Sequence[int], room: int, gap: int = GAP) -> int:
    """How many parts of these widths, with gaps between them, go into a line of `room` cells."""
    used = -gap
    for count, width in enumerate(widths):
        used += gap + width
        if used > room:
            return count
    return len(widths)


def describe(change: Reshaped, take_back: str) -> str:
    """What became of a mask's parts and holes, as the end of a sentence, and the key for that."""
    return (
        f"is stored with {_counted(change.after)}; before there {_were(change.before)}. "
        f"If that isn't meant, {take_back} takes it back."
    )


def _counted(form: Form) -> str:
    parts = "1 part" if form.parts == 1 else f"{form.parts} parts"
    holes = "1 hole" if form.holes == 1 else f"{form.holes or 'no'} holes"
    return f"{parts} and {holes}"


def _were(form: Form) -> str:
    if not form.parts:
        return "was no outline"
    return f"{'was' if form.parts == 1 else 'were'} {_counted(form)}"
