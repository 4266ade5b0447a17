"""One line to search in; it takes the place of the key line while it is open."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.widgets.note_line import Line


class SearchLine(Horizontal):
    """Tells every letter that is typed; enter keeps what is found, escape is as if it never was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    @dataclass
    class Typed(Message):
        """This is what stands on the line now."""

        text: str

    @dataclass
    class Ended(Message):
        """The line was left; `kept` is whether what is found is to stay."""

        text: str
        kept: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._line = Line(self._keep)
        self._found = Static("", id="search-found", markup=False)
        self.open = False
        """Whether something is being searched for."""
        self._stays = False
        self.display = False

    def compose(self) -> ComposeResult:
        """What it is, the line, what came of it, and the keys that end it."""
        yield Static("search", id="search-name")
        yield self._line
        yield self._found
        yield Static("enter keeps  esc leaves", id="search-keys")

    def ask(self, text: str) -> None:
        """Open the line with a text, which the first letter replaces."""
        with self.prevent(Input.Changed):
            self._line.value = text
        self._line.action_select_all()
        self.open = self.display = True
        self._stays = False
        self.tell("#9 goes to the 9th")
        self.screen.set_focus(self._line)

    @property
    def text(self) -> str:
        """What is typed."""
        return self._line.value

    def close(self) -> None:
        """Put the line away."""
        self.open = self.display = False

    def tell(self, found: str) -> None:
        """Say what came of it."""
        self._found.update(found)

    def count(self, found: str) -> None:
        """Say how many there are, which a queue that is read anew does too: not over a reason."""
        if not self._stays:
            self.tell(found)

    def stay(self, why: str) -> None:
        """Say why there is nothing to go on with; the line keeps the keys."""
        self._stays = True
        self.tell(why)
        self.screen.set_focus(self._line)

    @on(Input.Changed)
    def _tell_typed(self, message: Input.Changed) -> None:
        message.stop()
        self._stays = False
        if self.open:
            self.post_message(self.Typed(message.value))

    def _keep(self) -> None:
        self.post_message(self.Ended(self._line.value, kept=True))

    def action_leave(self) -> None:
        """Search for nothing."""
        self.post_message(self.Ended(self._line.value, kept=False))

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Whoever goes on with the mouse keeps what is found; another window ends nothing."""
        if self.open and self.app.app_focus:
            self.post_message(self.Ended(self._line.value, kept=True))
