"""Terminals written down: what some answer to what they are asked, on a real pseudo-terminal."""

import fcntl
import os
import re
import signal
import struct
import sys
import termios
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pexpect

from tests.support.ready import InTerminal

PATIENCE = 120
"""Seconds; something that hangs, not something slow, is what ends a test."""
AGAIN = 0.1
"""Seconds without output after which it is looked whether what is waited for is there."""
ROOT = Path(__file__).parents[2]
QUESTION = re.compile(
    rb"\x1b\[6n|\x1bP\$qm\x1b\\|\x1b\[>0?q|\x1b\[c|\x1b\[16t|(\x1b_Ga=.)(?![^\x1b]*q=2)[^\x1b]*\x1b\\"
)
CURSOR, COLOUR, NAME = b"\x1b[6n", b"\x1bP$qm\x1b\\", b"\x1b[>0q"
NAME_FOR_TMUX = b"\x1b[>q"
HANG, TAKE, MEND = b"\x1b_Ga=T", b"\x1b_Ga=t", b"\x1b_Ga=f"
"""Questions on pictures, by how they begin."""
CELL, KIND = b"\x1b[16t", b"\x1b[c"
HERE = b"\x1b[5;1R"


@dataclass(frozen=True)
class Script:
    """What a terminal answers to each question; to others nothing."""

    answers: Mapping[bytes, bytes]


def script(colour: bytes = b"", name: bytes = b"", cursor: bytes = HERE) -> Script:
    """A terminal that says where its cursor is, and perhaps more."""
    return Script({CURSOR: cursor, COLOUR: colour, NAME: name})


MUTE = Script({})
SAID = b"\x1bP1$r0;48:2::201:202:203m\x1b\\"
XTERM = script(b"\x1bP1$r0;48:2::201:202:203m\x1b\\", b"\x1bP>|XTerm(390)\x1b\\")
XTERM_256 = script(b"\x1bP1$r0;48:5:188m\x1b\\", b"\x1bP>|XTerm(330)\x1b\\")
KITTY = script(b"\x1bP1$r48:2:201:202:203m\x1b\\", b"\x1bP>|kitty(0.35.2)\x1b\\")
DRAWING_KITTY = Script(
    {
        **KITTY.answers,
        HANG: b"\x1b_Gi=31;OK\x1b\\",
        NAME_FOR_TMUX: KITTY.answers[NAME],
        TAKE: b"\x1b_Gi=31;OK\x1b\\",
        MEND: b"\x1b_Gi=31,r=1;OK\x1b\\",
        CELL: b"\x1b[6;18;9t",
        KIND: b"\x1b[?62;52;c",
    }
)
ITERM = script(b"\x1bP1$r0m\x1b\\", b"\x1bP>|iTerm2 3.5.10\x1b\\")
FOOT = script(b"\x1bP1$r0;48:2::201:202:203m\x1b\\", b"\x1bP>|foot(1.16.2)\x1b\\")
WINDOWS = script(b"\x1bP1$r0;48;2;201;202;203m\x1b\\")
VTE = script(b"\x1bP0$r\x1b\\", b"\x1bP>|VTE(7200)\x1b\\")
EIGHT_BIT = script(b"\x901$r0;48;2;201;202;203m\x9c", cursor=b"\x9b5;1R")
BELL = script(b"\x1bP1$r0;48:2:0:201:202:203m\x07")
REVERSED = script(b"\x1bP0$r48;2;201;202;203m\x1b\\")
APPLE = script()
MOSH = script()
TMUX = script(name=b"\x1bP>|tmux 3.3a\x1b\\")
FORGETFUL = script(b"\x1bP1$r0m\x1b\\")


def without_hints(**changed: str) -> dict[str, str]:
    """The environment without a word on colours or size, as it is over plain SSH."""
    hints = {"COLORTERM", "NO_COLOR", "TMUX", "TMUX_PANE", "STY", "NEVUS_COLOR", "TERM_PROGRAM"}
    hints |= {"COLUMNS", "LINES"}
    kept = {name: value for name, value in os.environ.items() if name not in hints}
    return {**kept, "TERM": "xterm-256color", **changed}


def _mind_hangups() -> None:
    """Tests may run where they are ignored (nohup), which a process hands down."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Player:
    """A process in a terminal that answers as it is written down, and keeps what it was sent."""

    def __init__(
        self, terminal: Script, command: list[str], environment: Mapping[str, str], **more: Any
    ) -> None:
        self._terminal = terminal
        self._answered = 0
        self.sent = b""
        self.child: Any = InTerminal(
            command[0],
            command[1:],
            cwd=str(ROOT),
            env=dict(environment),
            timeout=PATIENCE,
            preexec_fn=_mind_hangups,
            **more,
        )

    def play(self, until: Callable[[bytes], object] = lambda sent: False) -> bytes:
        """Answer until something holds of all that was sent, or the process has ended."""
        deadline = monotonic() + PATIENCE
        while not until(self.sent):
            assert monotonic() < deadline, self.sent[-2000:]
            try:
                self.sent += self.child.read_nonblocking(65536, timeout=AGAIN)
            except pexpect.TIMEOUT:
                # What is waited for may come without a word to the terminal.
                continue
            except pexpect.EOF:
                break
            self._answer()
        return self.sent

    def _answer(self) -> None:
        for question in QUESTION.finditer(self.sent, self._answered):
            self._answered = question.end()
            self.type(self._terminal.answers.get(question[1] or question[0], b""))

    def measure(self, cell: tuple[int, int]) -> None:
        """Say how many pixels a cell has, as the system hands it down."""
        lines, columns = self.child.getwinsize()
        size = struct.pack("HHHH", lines, columns, columns * cell[0], lines * cell[1])
        fcntl.ioctl(self.child.child_fd, termios.TIOCSWINSZ, size)

    def type(self, keys: bytes) -> None:
        """Send what is typed, or what the terminal says."""
        if keys:
            self.child.send(keys)


def played(terminal: Script, program: str, environment: Mapping[str, str]) -> bytes:
    """All that a Python program sends to a terminal."""
    player = Player(terminal, [sys.executable, "-c", program], environment)
    with closing(player.child):
        return player.play()
