"""How names and numbers are put on a few cells of a terminal."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from imaging.form import Form
from pipeline.reshaped import Reshaped

GAP = 3
"""Cells between two parts of a line."""


def shorten(text: str, width: int) -> str:
    """The text in at most `width` cells; what is too much is left out of its middle.

    Camera names differ at their end, so the end is what stays longest.
    """
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    head = (width - 1) // 3
    start = set_cell_size(text, head).rstrip()
    return f"{start}…{_last_cells(text, width - 1 - cell_len(start))}"


def _last_cells(text: str, width: int) -> str:
    """The longest end of the text that needs no more than `width` cells."""
    first = len(text)
    while first and cell_len(text[first - 1 :]) <= width:
        first -= 1
    return text[first:]


def percent(fraction: float) -> str:
    """A fraction as a percentage: `12.3%`; what would read as nothing is said to be little."""
    return "<0.1%" if 0 < fraction < 0.0005 else f"{100 * fraction:.1f}%"


def fitting(widths: Sequence[int], room: int, gap: int = GAP) -> int:
    """How many parts of these widths, with gaps between them, go into a line of `room` cells."""
    used = -gap
    for count, width in enumerate(widths):
        used += gap + width
        if used > room:
            return count
    return len(widths)


def describe(change: Reshaped) -> str:
    """What became of a mask's parts and holes, as the end of a sentence, and what to do."""
    return (
        f"is stored with {_counted(change.after)}; before there {_were(change.before)}. "
        "If that isn't meant, U takes it back."
    )


def _counted(form: Form) -> str:
    parts = "1 part" if form.parts == 1 else f"{form.parts} parts"
    holes = "1 hole" if form.holes == 1 else f"{form.holes or 'no'} holes"
    return f"{parts} and {holes}"


def _were(form: Form) -> str:
    return f"{'was' if form.parts == 1 else 'were'} {_counted(form)}"
