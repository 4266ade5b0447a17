"""One line to search in; it takes the place of the key line while it is open."""

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.widgets.note_line import Line


class SearchLine(Horizontal):
    """Tells every letter that is typed; enter keeps what is found, escape is as if it never was."""

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
        self._line = Line(lambda: self._end(kept=True), lambda: self._end(kept=False))
        self._found = Static("", id="search-found", markup=False)
        self.open = False
        """Whether something is being searched for."""
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
        self.tell("#9 goes to the 9th")
        self.screen.set_focus(self._line)

    def close(self) -> None:
        """Put the line away."""
        self.open = self.display = False

    def tell(self, found: str) -> None:
        """Say what came of it."""
        self._found.update(found)

    def stay(self, why: str) -> None:
        """Say why there is nothing to go on with; the line keeps the keys."""
        self.tell(why)
        self.screen.set_focus(self._line)

    def take_key(self, event: events.Key) -> bool:
        """Take a key that came before the line had them; False where it is none for a line."""
        return self._line.take(event)

    def let_go(self) -> list[events.Key]:
        """The keys that came since the line was to end, for whoever has them now."""
        return self._line.let_go()

    @on(Input.Changed)
    def _tell_typed(self, message: Input.Changed) -> None:
        message.stop()
        # The key that ended the line may have come before this: its text is told with that.
        if self.open and not self._line.holds:
            self.post_message(self.Typed(message.value))

    def _end(self, *, kept: bool) -> None:
        # What is found is not shown yet, and the keys that follow mean what is then.
        self._line.hold()
        self.post_message(self.Ended(self._line.value, kept))

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Whoever goes on with the mouse keeps what is found; another window ends nothing."""
        if self.open and self.app.app_focus:
            self.post_message(self.Ended(self._line.value, kept=True))
