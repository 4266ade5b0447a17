"""The help: every key with what it does, the signs of the queue, doubts about the colours."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.key_table import MOUSE_AND_ARROWS, SHEET_KEYS, Group
from tui.keymap import Keymap, spelt
from tui.surface.room import WIDE
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
    ("!", "set aside"),
    ("·", "not outlined"),
    (FLAG, "flagged"),
)


class HelpScreen(ModalScreen[None]):
    """Closed by escape, and the keys of quitting and of the help."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", show=False),
        Binding("q", "dismiss", "Close", show=False, id="quit"),
        Binding("question_mark", "dismiss", "Close", show=False, id="help"),
    ]

    def __init__(self, keymap: Keymap, colours: str = "") -> None:
        """`colours` is what is in doubt about those of the terminal, if anything is."""
        super().__init__()
        self._keymap, self._colours = keymap, colours

    def on_mount(self) -> None:
        """Arrange for the terminal's size."""
        # Not by breakpoints: those are looked at when a size is told, which may have been before.
        self.on_resize()

    def on_resize(self) -> None:
        """Have one panel or two."""
        self.set_class(self.app.size.width < WIDE, "-narrow")

    def compose(self) -> ComposeResult:
        """One panel over the queue and one over the details; one for all where those are one."""
        rest = Content("\n\n").join([self._column(Group.EDIT), self._sheet(), _signs()])
        if self._colours:
            heading = Content.styled("Colours", "$quiet bold")
            rest = rest + Content("\n\n") + heading + Content(f"\n{self._colours}")
        with VerticalScroll(id="help"):
            yield Static(self._column(Group.DECIDE, Group.MOVE, Group.LOOK, Group.PROGRAM))
            yield Static(rest, id="help-below")
        yield Static(id="help-between")
        with VerticalScroll(id="help-beside"):
            yield Static(rest)

    def _column(self, *groups: Group) -> Content:
        return Content("\n\n").join(self._group(group) for group in groups)

    def _group(self, group: Group) -> Content:
        lines = [
            (spelt([item.key_name for item in line]), text)
            for line, text in self._keymap.lines(group)
        ]
        if group is Group.EDIT:
            lines += MOUSE_AND_ARROWS
        heading = Content.styled(str(group), "$quiet bold")
        return Content("\n").join([heading, *(_line(*line) for line in lines)])

    def _sheet(self) -> Content:
        heading = Content.styled("On the contact sheet", "$quiet bold")
        lines = (_line(self._keymap.key_or(name), text) for name, text in SHEET_KEYS)
        return Content("\n").join([heading, *lines])


def _line(keys: str, text: str) -> Content:
    return Content.assemble((f"{keys:<{KEY - 1}} ", "bold $accent"), text)


def _signs() -> Content:
    lines = [
        Content.assemble(*(_sign(*sign) for sign in SIGNS[start : start + 2]))
        for start in range(0, len(SIGNS), 2)
    ]
    return Content("\n").join([Content.styled("Signs in the queue", "$quiet bold"), *lines])


def _sign(sign: str, meaning: str) -> Content:
    return Content.assemble((f"{sign}  ", "bold $accent"), f"{meaning:<11}")
