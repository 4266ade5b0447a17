"""One line to write a note on; it takes the place of the key line while it is open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from imaging.text import printable


class Line(Input):
    """An input that holds nothing which a terminal would take for a command.

    Enter ends it at once, not by way of all that the line lies in.
    """

    def __init__(self, entered: Callable[[], None]) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self._entered = entered

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._entered()

    def replace(self, text: str, start: int, end: int) -> None:
        """What is pasted is escaped, and kept as it is seen."""
        super().replace(printable(text), start, end)


@dataclass(frozen=True)
class Written:
    """A photo's note as it is to be kept."""

    photo_id: int
    note: str


PAUSE = 0.5
"""Seconds without a letter after which a note is kept as far as it is written."""


class NoteLine(Horizontal):
    """Enter keeps what is written, escape leaves the note as it was, and so does nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    class Closed(Message):
        """The line is closed: what was written can be taken."""

    @dataclass
    class Paused(Message):
        """Somebody has stopped to write for a moment: it is a part of a note."""

        written: Written

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._photo_id: int | None = None
        self._shown = self._told = ""
        self._pause: Timer | None = None
        self._written: Written | None = None
        self._before: Widget | None = None
        self._line = Line(lambda: self._give_back(self._line.value))
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
        self._told = self._shown
        self._before = self.screen.focused
        self._line.value = self._shown
        self._line.cursor_position = len(self._shown)
        self.display = True
        self.screen.set_focus(self._line)

    def take(self) -> Written | None:
        """What was written and not taken yet, on the line while it is open; None: all stays."""
        if self._photo_id is not None:
            return self._on_line(self._photo_id, self._line.value)
        written, self._written = self._written, None
        return written

    @on(Input.Changed)
    def _wait_for_pause(self) -> None:
        self._end_pause()
        self._pause = self.set_timer(PAUSE, self._tell_part)

    def _end_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = None

    def _tell_part(self) -> None:
        text = self._line.value
        if self._photo_id is not None and text != self._told:
            self._told = text
            self.post_message(self.Paused(Written(self._photo_id, text.strip())))

    def action_leave(self) -> None:
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
        self._end_pause()
        if photo_id is not None:
            self.display = False
            self._written = self._on_line(photo_id, text)
            self.post_message(self.Closed())

    def _on_line(self, photo_id: int, text: str) -> Written | None:
        return None if text == self._shown else Written(photo_id, text.strip())
