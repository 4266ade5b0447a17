"""The help: every key with what it does, and the signs of the queue."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.keymap import COMMANDS, MOUSE_AND_ARROWS, Group
from tui.words import FLAG

KEY = 8
"""Cells for the keys on the left."""
SIGNS = (
    ("○", "waiting"),
    ("◐", "edited"),
    ("✓", "accepted"),
    ("±", "corrected"),
    ("✗", "rejected"),
    ("∅", "no lesion"),
    ("»", "skipped"),
    ("✎", "edited since"),
    ("·", "no outline yet"),
    ("!", "set aside"),
    (FLAG, "flagged"),
)


class HelpScreen(ModalScreen[None]):
    """Closed by escape, `q` or `?`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (78, "-wide")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Two columns where there is room, one under the other where not."""
        with VerticalScroll(id="help"), Container(id="help-columns"):
            yield Static(_column(Group.DECIDE, Group.MOVE, Group.LOOK, Group.PROGRAM))
            yield Static(_column(Group.EDIT) + Content("\n\n") + _signs())


def _column(*groups: Group) -> Content:
    return Content("\n\n").join(_group(group) for group in groups)


def _group(group: Group) -> Content:
    lines = [
        _line(item.shown, item.help) for item in COMMANDS if item.group == group and item.shown
    ]
    if group is Group.EDIT:
        lines += [_line(keys, text) for keys, text in MOUSE_AND_ARROWS]
    return Content("\n").join([Content.styled(str(group), "$quiet bold"), *lines])


def _line(keys: str, text: str) -> Content:
    return Content.assemble((f"{keys:<{KEY}}", "bold $accent"), text)


def _signs() -> Content:
    lines = [
        Content.assemble(*(_sign(*sign) for sign in SIGNS[start : start + 2]))
        for start in range(0, len(SIGNS), 2)
    ]
    return Content("\n").join([Content.styled("Signs in the queue", "$quiet bold"), *lines])


def _sign(sign: str, meaning: str) -> Content:
    return Content.assemble((f"{sign}  ", "bold $accent"), f"{meaning:<15}")
