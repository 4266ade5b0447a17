"""The table of what each reviewer decided and of what was decided on each model's outlines."""

from collections.abc import Sequence
from itertools import zip_longest

from textual.content import Content
from textual.widget import Widget

from db.values import DecisionKind
from imaging.text import printable
from pipeline.review.statistics import Share, Spread, Statistics
from pipeline.review.tally import KINDS
from tui.widgets.row_view import GLYPHS
from tui.words import cells, folded, shorten

GAP = 2
LEAST_NAME = 8
"""Cells that a name keeps."""
SPELT = 130
"""Cells in which signs have room for their words."""
UNKNOWN = "–"
Line = tuple[str, ...]


class Shares(Widget):
    """A line for all, one for each reviewer, one for each model; columns as wide as they need."""

    DEFAULT_CSS = "Shares { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._statistics: Statistics | None = None

    def show(self, statistics: Statistics) -> None:
        """Tell these."""
        self._statistics = statistics
        self.refresh(layout=True)

    def render(self) -> Content:
        """The table."""
        if self._statistics is None:
            return Content()
        room = self.content_size.width
        table = _table(self._statistics, wide=room >= SPELT)
        columns = _columns(table)
        if _least(columns) > room:
            columns = [*columns[:2], *columns[2 + len(KINDS) :]]
        widths = _widths(columns, room)
        lines = [_line(line, widths) for line in zip(*columns, strict=True)]
        told = [Content.styled(line, "$quiet") for line in _legend(room)]
        return Content("\n").join([*lines, Content(), *told])


def _table(found: Statistics, wide: bool) -> list[Line]:
    kinds = [_spelt(kind) if wide else GLYPHS[kind][0] for kind in KINDS]
    return [
        ("", "photos", *kinds, "seconds", *_alike(wide)),
        _share(found.total),
        ("by reviewer",),
        *map(_share, found.reviewers),
        ("by model",),
        *map(_share, found.models),
    ]


def _spelt(kind: DecisionKind) -> str:
    return f"{GLYPHS[kind][0]} {kind}"


def _alike(wide: bool) -> tuple[str, str, str]:
    """What the columns are called that tell how much of the model's outlines was right."""
    return (
        ("Dice, changed", "middle half", "Dice, all") if wide else ("changed", "mid. half", "all")
    )


def _legend(room: int) -> list[str]:
    """What the columns tell, in sentences; and what the signs mean where they stand alone."""
    wide = room >= SPELT
    changed, half, every = _alike(wide)
    signs = [] if wide else ["   ".join(map(_spelt, KINDS))]
    sentence = (
        "Dice says how alike the model's outline and the one that was taken are: 1 where they are "
        f"the same. {changed}: the median of those that were corrected. {half}: a quarter of these "
        f"lie below the first number, a quarter above the second. {every}: the median of all that "
        "were taken, changed or not. seconds: the median of what the photos took."
    )
    return [*signs, *folded(sentence, max(1, room))]


def _columns(table: Sequence[Line]) -> list[Line]:
    """The table by columns; a heading has nothing in those after its name."""
    return list(zip_longest(*table, fillvalue=""))


def _least(columns: Sequence[Line]) -> int:
    return LEAST_NAME + sum(GAP + max(map(cells, column)) for column in columns[1:])


def _share(share: Share) -> Line:
    kinds = (f"{share.kinds.get(kind, 0):,}" for kind in KINDS)
    changed, taken = share.changed, share.taken
    return (
        printable(share.name),
        f"{share.reviewed:,}",
        *kinds,
        UNKNOWN if share.seconds is None else f"{share.seconds.median:.1f}",
        _middle(changed),
        UNKNOWN if changed is None else f"{changed.lower:.2f}–{changed.upper:.2f}",
        _middle(taken),
    )


def _middle(spread: Spread | None) -> str:
    return UNKNOWN if spread is None else f"{spread.median:.3f}"


def _widths(columns: Sequence[Line], room: int) -> list[int]:
    names, *others = (max(map(cells, column)) for column in columns)
    rest = room - sum(width + GAP for width in others)
    return [max(LEAST_NAME, min(names, rest)), *others]


def _line(line: Line, widths: Sequence[int]) -> Content:
    name, *numbers = line
    if name and not any(numbers):
        return Content.styled(name, "$quiet bold")
    name = shorten(name, widths[0])
    told = name + " " * (widths[0] - cells(name))
    for number, width in zip(numbers, widths[1:], strict=True):
        told += " " * (GAP + width - cells(number)) + number
    return Content(told) if name else Content.styled(told, "$quiet")
