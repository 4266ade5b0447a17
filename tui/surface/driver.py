"""Textual's driver for terminals, made to outlast them."""

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, Protocol, runtime_checkable

from textual.drivers.linux_driver import LinuxDriver

from tui.surface.mirror import Mirror


class LastingFile:
    """A terminal's file that sends what is new, and minds nothing: what is written to a terminal
    that is gone is lost.

    Textual writes from a thread of its own, through a short queue. An error would end that thread,
    the queue would fill, and the screen would wait for room in it for ever, with edits unsaved.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._mirror = Mirror()
        # Added to by who draws, taken from by who writes.
        self._waiting: deque[Callable[[], None]] = deque()

    def call_at_mark(self, sent: Callable[[], None]) -> None:
        """Call this where an empty text is written next, which somebody does after this."""
        self._waiting.append(sent)

    def write(self, text: str) -> int:
        """Write a text, if anybody is there to read it; an empty one marks that all is sent."""
        with suppress(OSError, ValueError):
            self._file.write(self._mirror.news(text))
        if not text and self._waiting:
            self._send()
            self._waiting.popleft()()
        return len(text)

    def flush(self) -> None:
        """Send what was written, if it can be sent."""
        self._send()
        self._mirror.settle()

    def _send(self) -> None:
        with suppress(OSError, ValueError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@runtime_checkable
class Tidy(Protocol):
    """An app that leaves something in the terminal, and takes it away."""

    def parting(self) -> str:
        """What a terminal is to be sent before it is let go of."""


class LastingDriver(LinuxDriver):
    """Draws to a terminal while there is one."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file: Any = LastingFile(self._file)
        threading.Thread(target=self._leave_with_terminal, name="terminal", daemon=True).start()

    def _leave_with_terminal(self) -> None:
        """Have the app leave where its terminal is gone, which not every signal says.

        Whoever is between, as `make` is, may keep SIGHUP to itself; and whoever reads from a
        terminal that is gone is told at once, again and again, that there is nothing.
        """
        if not hasattr(select, "poll") or not os.isatty(self.fileno):
            return
        terminal = select.poll()
        terminal.register(self.fileno, 0)
        # Nothing is asked for: it waits until there is no terminal.
        if any(told & select.POLLHUP for _, told in terminal.poll()):
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._app.exit)

    def call_when_sent(self, sent: Callable[[], None]) -> None:
        """Call this, on the thread that writes, once all that is drawn so far is sent."""
        self._file.call_at_mark(sent)
        self.write("")

    def stop_application_mode(self) -> None:
        """Let go of the terminal, in which nothing is left."""
        if isinstance(self._app, Tidy):
            self.write(self._app.parting())
        super().stop_application_mode()

    def _sigcont_application(self, *_: Any) -> None:
        """Take the terminal up again, if it was let go of.

        Whoever loses the terminal is told to go on, too. Textual would start its threads a second
        time then, which nobody ends: the process would stay for ever.
        """
        if self._must_signal_resume:
            super()._sigcont_application()
