"""One line to write a note on; it takes the place of the key line while it is open."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from imaging.text import printable


class Line(Input):
    """An input that holds nothing which a terminal would take for a command.

    Enter and escape end it in their turn among the keys. Textual's own way leads them over all that
    the line lies in, and the keys that come next would be written before that; they go to whoever
    has them then. Where it takes a moment until that is known, they are held back.
    """

    def __init__(self, entered: Callable[[], None], left: Callable[[], None]) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self._ends = {"enter": entered, "escape": left}
        self._held: list[events.Key] | None = None

    @property
    def holds(self) -> bool:
        """Whether keys are held back."""
        return self._held is not None

    def hold(self) -> None:
        """Hold back the keys from now on."""
        self._held = self._held or []

    def let_go(self) -> list[events.Key]:
        """The keys that were held back, as they came; from now on none is."""
        held, self._held = self._held or [], None
        return held

    def take(self, event: events.Key) -> bool:
        """Take a key that came before the line had them; False where it is none for a line."""
        if self._held is not None:
            self._held.append(events.Key(event.key, event.character))
        elif event.key in self._ends:
            self._ends[event.key]()
        elif event.character is not None and event.character.isprintable():
            self.insert_text_at_cursor(event.character)
        else:
            return False
        return True

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        has_keys = self.screen.focused is self
        if has_keys and self._held is None and event.key not in self._ends:
            return
        event.stop()
        event.prevent_default()
        if has_keys:
            self.take(event)
        else:
            self.app.post_message(events.Key(event.key, event.character))

    def replace(self, text: str, start: int, end: int) -> None:
        """What is pasted is escaped, and kept as it is seen."""
        super().replace(printable(text), start, end)


@dataclass(frozen=True)
class Written:
    """A photo's note as it is to be kept."""

    photo_id: int
    note: str


class NoteLine(Horizontal):
    """Enter keeps what is written, escape leaves the note as it was, and so does nothing else."""

    class Closed(Message):
        """The line is closed: what was written can be taken."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._photo_id: int | None = None
        self._shown = ""
        self._written: Written | None = None
        self._before: Widget | None = None
        self._line = Line(lambda: self._give_back(self._line.value), self._leave)
        self.display = False

    @property
    def open(self) -> bool:
        """Whether a note is being written."""
        return self._photo_id is not None

    def compose(self) -> ComposeResult:
        """What it is, the line, and the keys that end it."""
        yield Static("note", id="note-name")
        yield self._line
        yield Static("enter keeps  esc leaves", id="note-keys")

    def ask(self, photo_id: int, note: str) -> None:
        """Open the line with a photo's note."""
        self._photo_id, self._shown = photo_id, printable(note)
        self._before = self.screen.focused
        self._line.value = self._shown
        self._line.cursor_position = len(self._shown)
        self.display = True
        self.screen.set_focus(self._line)

    def take_key(self, event: events.Key) -> bool:
        """Take a key that came before the line had them; False where it is none for a line."""
        return self._line.take(event)

    def take(self) -> Written | None:
        """What was written and not taken yet, on the line while it is open; None: all stays."""
        if self._photo_id is not None:
            return self._on_line(self._photo_id, self._line.value)
        written, self._written = self._written, None
        return written

    def _leave(self) -> None:
        """Leave the note as it was."""
        self._give_back(self._shown)

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Whoever goes on with the mouse keeps what is written; another window ends nothing."""
        if self.app.app_focus:
            self._close(self._line.value)
            if self.screen.focused is None:
                self.screen.set_focus(self._before)

    def _give_back(self, text: str) -> None:
        self._close(text)
        self.screen.set_focus(self._before)

    def _close(self, text: str) -> None:
        photo_id, self._photo_id = self._photo_id, None
        if photo_id is not None:
            self.display = False
            self._written = self._on_line(photo_id, text)
            self.post_message(self.Closed())

    def _on_line(self, photo_id: int, text: str) -> Written | None:
        return None if text == self._shown else Written(photo_id, text.strip())
