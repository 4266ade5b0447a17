"""The table in which a reviewer says which photos he wants to see and in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from imaging.text import printable
from pipeline.review.wanted import ALL, Facet, Order, Wanted
from tui.names import below
from tui.words import shorten

LABEL = 10
"""Cells for the names on the left."""
ROW, STEP = "row", "step"
"""What a clicked cell carries: its row, and whether it leads on or back."""
SORT, TURN, DROP = len(Facet), len(Facet) + 1, len(Facet) + 2
"""The rows below those of the facets."""
ANY = "any"
NAMES = {Facet.DISAGREEMENT: "differs"}
"""What has no room for its own name."""


class Filters(Widget, can_focus=True):
    """A row for each thing that photos can be told apart by: left and right go through its values.

    What is chosen is wanted at once.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right,space", "turn(1)", show=False),
        Binding("backspace,delete", "clear", show=False),
        Binding("enter,escape", "close", show=False),
        Binding("F", "close", show=False, id="filter"),
    ]
    wanted: reactive[Wanted] = reactive(ALL)
    row: reactive[int] = reactive(0)

    @dataclass
    class Wished(Message):
        """This is wanted now."""

        wanted: Wanted

    class Closed(Message):
        """All is said."""

    def __init__(
        self,
        folder: str,
        choices: Callable[[Facet], Sequence[str]],
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._folder = folder
        self._choices = choices

    def action_step(self, rows: int) -> None:
        """Go to another row."""
        self.row = (self.row + rows) % (DROP + 1)

    def action_turn(self, steps: int) -> None:
        """Go to the row's next value, or to the one before."""
        wanted = self.wanted
        if self.row == DROP:
            self._wish(ALL)
        elif self.row == TURN:
            self._wish(replace(wanted, reverse=not wanted.reverse))
        elif self.row == SORT:
            orders = list(Order)
            place = (orders.index(wanted.order) + steps) % len(orders)
            self._wish(replace(wanted, order=orders[place]))
        else:
            facet = list(Facet)[self.row]
            self._wish(wanted.having(facet, self._beside(facet, steps)))

    def action_clear(self) -> None:
        """Any value is wanted of this row."""
        if self.row < SORT:
            self._wish(self.wanted.having(list(Facet)[self.row], None))
        elif self.row == SORT:
            self._wish(replace(self.wanted, order=Order.QUEUE))
        else:
            self._wish(replace(self.wanted, reverse=False))

    def action_close(self) -> None:
        """All is said."""
        self.post_message(self.Closed())

    def on_click(self, event: events.Click) -> None:
        """Go on to the next value of the row that is clicked, or back."""
        row = event.style.meta.get(ROW)
        if row is not None:
            self.row = row
            self.action_turn(event.style.meta[STEP])

    def _beside(self, facet: Facet, steps: int) -> str | None:
        values = [None, *self._choices(facet)]
        value = self.wanted.value(facet)
        # One that no photo has any more is where all begin.
        place = values.index(value) if value in values else 0
        return values[(place + steps) % len(values)]

    def _wish(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.post_message(self.Wished(wanted))

    def render(self) -> Content:
        """The rows, and the keys that are needed."""
        wanted = self.wanted
        lines = [
            self._line(
                row,
                NAMES.get(facet, facet),
                self._told(facet, wanted.value(facet)),
                wanted.value(facet),
            )
            for row, facet in enumerate(Facet)
        ]
        turned = "falling" if wanted.reverse else "rising"
        keys = Content.assemble(
            ("← →", "bold $accent"), (" choose  ", "$quiet"), ("enter", "bold $accent"), " done"
        )
        return Content("\n").join([
            *lines,
            self._line(SORT, "sort by", str(wanted.order), wanted.order is not Order.QUEUE),
            self._line(TURN, "direction", turned, wanted.reverse),
            self._line(DROP, "show all", "" if wanted == ALL else "→", False),
            keys,
        ])  # fmt: skip

    def _told(self, facet: Facet, value: str | None) -> str:
        if value is None:
            return ANY
        return printable(below(value, self._folder) if facet is Facet.FOLDER else value)

    def _line(self, row: int, name: str, value: str, is_set: object) -> Content:
        """A row: back on the arrow before its value, on everywhere else."""
        here = row == self.row and self.has_focus
        room = max(4, self.content_size.width - LABEL - 4)
        value = shorten(value, room)
        back, on = ("‹", "›") if here and row < DROP else (" ", " ")
        line = Content.assemble(
            (f"{name:<{LABEL}}", "bold" if here else "$quiet"),
            Content.styled(f"{back} ", "$accent").stylize(_leads(row, -1)),
            (value, "$accent" if is_set else "" if here else "$faint"),
            (f" {on}", "$accent"),
        ).pad_right(max(0, room - len(value)))
        return line.stylize_before(_leads(row, 1))


def _leads(row: int, step: int) -> Style:
    return Style.from_meta({ROW: row, STEP: step})
