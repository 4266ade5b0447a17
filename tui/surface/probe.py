"""Ask the terminal what it shows, and leave neither bytes nor settings behind."""

import fcntl
import os
import re
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic

HOME, FAR = 1.0, 3.0
"""Seconds that a terminal may take to show that it answers at all: at home, and over SSH."""
STALLED = 10.0
"""Seconds for the rest, from a terminal that has answered once."""

HELD = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP}
"""Signals that wait until the terminal is as it was."""

_ANY_ANSWER = b"\x1b[6n"
_RED, _GREEN, _BLUE = 201, 202, 203
"""A colour whose numbers mean nothing to a terminal that takes them for attributes."""
_COLOUR = b"\x1b[48;2;%d;%d;%dm\x1bP$qm\x1b\\\x1b[m" % (_RED, _GREEN, _BLUE)
_NAME = b"\x1b[>0q"
_NUMBER = 31
"""Of the picture that is sent on trial, a pixel, and is gone again before anybody answers."""
_PIXEL = b"f=24,s=1,v=1;AAAA\x1b\\"
_PICTURES = b"\x1b[16t\x1b[c\x1b[?1;1;0S" + b"".join(
    b"\x1b_G%b" % each
    for each in (
        # Whoever doesn't know U would draw it where the cursor is, and move that.
        b"a=T,U=1,i=%d,c=2,r=1,%b" % (_NUMBER, _PIXEL),
        b"a=f,r=1,X=1,i=%d,%b" % (_NUMBER, _PIXEL),
        b"a=d,d=I,q=2,i=%d\x1b\\" % _NUMBER,
    )
)
"""How large is a cell, what do you draw, and do you hang and mend a picture of Kitty's protocol?"""
_BEYOND = b"".join(
    b"\x1bPtmux;%b\x1b\\" % question.replace(b"\x1b", b"\x1b\x1b")
    for question in (
        b"\x1b_Ga=t,i=%d,%b" % (_NUMBER, _PIXEL),
        b"\x1b_Ga=f,r=1,X=1,i=%d,%b" % (_NUMBER, _PIXEL),
        b"\x1b_Ga=d,d=I,q=2,i=%d\x1b\\" % _NUMBER,
        b"\x1b[c",
    )
)
"""Do you take and mend pictures, asked of the terminal behind tmux?"""

_CURSOR = re.compile(rb"(?:\x1b\[|(?<![\xc2-\xf4])\x9b)(\d+;\d+)R")
_STRING = re.compile(rb"(?:\x1bP|(?<![\xc2-\xf4])\x90)([^\x1b\x07\x90\x9c]*)(?:\x1b\\|\x07|\x9c)")
_DRAWN = re.compile(rb"\x1b_Gi=%d(?:,[^;\x1b]*)?;([^\x1b]*)\x1b\\" % _NUMBER)
_KINDS = re.compile(rb"\x1b\[\?([\d;]+)c")
_CELL = re.compile(rb"\x1b\[6;(\d+);(\d+)t")
_SIXEL = b"4"
_PALETTE = re.compile(rb"\x1b\[\?1;0;(\d+)S")
_ENOUGH = 256
"""Colours of a palette; a terminal with fewer would mix up those of the picture."""
_KEYS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)
_KEPT = re.compile(rf"48[:;]2[:;](?:\d*:)?{_RED}[:;]{_GREEN}[:;]{_BLUE}(?![\d:])")
_REPLACED = re.compile(r"48[:;]5[:;]\d")


@dataclass(frozen=True)
class Answer:
    """What a terminal answered.

    `keeps_colour` says whether a 24-bit colour was kept as it was, or None where that wasn't said.
    `name` is name and version in the terminal's own words, or empty. `hangs` says whether it draws
    pictures in placeholders, `mends` whether a part of one can be drawn anew, `sixel` whether it
    draws Sixel in colours enough, and `cell` how many pixels wide and high a cell is. `typed` is
    what a person typed meanwhile, without the keys that are sequences.
    """

    keeps_colour: bool | None = None
    name: str = ""
    hangs: bool = False
    mends: bool = False
    sixel: bool = False
    cell: tuple[int, int] | None = None
    typed: str = ""


def ask(environment: Mapping[str, str], *, pictures: bool = False) -> Answer:
    """Ask the terminal of this process, if it is one, for its colours, its name and its `pictures`.

    It is first asked for something that every terminal knows, and for the rest only once it has
    answered: an answer that comes too late reads as keys to whoever listens then, but that to
    the first question as nothing (Textual) or next to nothing (a shell). Raises KeyboardInterrupt.
    """
    question = _PICTURES if pictures else b""
    return understand(_asked(lambda terminal: _exchange(terminal, environment, question)))


def ask_beyond_tmux(environment: Mapping[str, str]) -> Answer:
    """Ask the terminal that a tmux is shown on, which passes on what it is told to.

    It is asked whether it takes pictures, not whether it hangs them: where its cursor is, nobody
    can tell. The last question is one that each terminal answers. Raises KeyboardInterrupt.
    """
    heard = _asked(lambda terminal: _answer(terminal, _BEYOND, _patience(environment), _KINDS))
    taken = _taken(heard)
    return replace(understand(heard), hangs=taken > 0, mends=taken > 1)


def _asked(exchange: Callable[[int], bytes]) -> bytes:
    """What is heard from the terminal of this process, if it is one and is ours."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return b""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return b""
    try:
        if os.tcgetpgrp(terminal) != os.getpgrp():
            return b""
        with _undisturbed(terminal):
            heard = exchange(terminal)
    except (OSError, termios.error):
        return b""
    finally:
        os.close(terminal)
    if b"\x03" in heard:
        raise KeyboardInterrupt
    return heard


@contextmanager
def _undisturbed(terminal: int) -> Iterator[None]:
    """No echo, no lines, and no signal until the terminal is as it was."""
    before = termios.tcgetattr(terminal)
    during = termios.tcgetattr(terminal)
    during[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    during[6][termios.VMIN], during[6][termios.VTIME] = 1, 0
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        # At once: the other ways wait, or throw away what was typed ahead.
        termios.tcsetattr(terminal, termios.TCSANOW, during)
        yield
    finally:
        try:
            termios.tcsetattr(terminal, termios.TCSANOW, before)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _exchange(terminal: int, environment: Mapping[str, str], pictures: bytes) -> bytes:
    heard = _answer(terminal, _ANY_ANSWER, _patience(environment))
    if _CURSOR.search(heard) is None:
        return heard
    # screen strips the frame off a control string and prints the rest on its own terminal.
    colour = b"" if environment.get("TERM", "").startswith("screen") else _COLOUR
    # Back to where the cursor was, and away with what a terminal may have printed of this.
    question = b"\x1b7" + colour + _NAME + pictures + _ANY_ANSWER + b"\x1b8\x1b[K"
    return heard + _answer(terminal, question, STALLED)


def _patience(environment: Mapping[str, str]) -> float:
    over_ssh = environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")
    return FAR if over_ssh else HOME


def _answer(
    terminal: int, question: bytes, patience: float, last: re.Pattern[bytes] = _CURSOR
) -> bytes:
    """All that comes from the terminal until it has answered the last thing that it was asked."""
    os.write(terminal, question)
    deadline = monotonic() + patience
    heard = b""
    while last.search(heard) is None:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - monotonic()))
        news = os.read(terminal, 4096) if ready else b""
        if not news:
            break
        heard += news
    return heard


def give_back(typed: str) -> None:
    """Put what was typed before whoever reads next, where the system lets us.

    macOS does, and Linux unless dev.tty.legacy_tiocsti is 0; there it is lost.
    """
    with suppress(OSError), open("/dev/tty", "wb", buffering=0) as terminal:  # noqa: PTH123
        for byte in typed.encode():
            fcntl.ioctl(terminal, termios.TIOCSTI, bytes([byte]))


def understand(heard: bytes) -> Answer:
    """What was heard, told apart: answers, whatever their dialect, and keys."""
    strings = [each.decode("ascii", "replace") for each in _STRING.findall(heard)]
    names = [each[2:] for each in strings if each.startswith(">|")]
    typed = heard
    for answer in (_CURSOR, _STRING, _DRAWN):
        typed = answer.sub(b"", typed)
    drawn = _drawn(heard)
    cells = _CELL.search(heard)
    return Answer(
        keeps_colour=_keeps_colour([each for each in strings if "$r" in each]),
        name=names[0] if names else "",
        hangs=drawn > 0,
        mends=drawn > 1,
        sixel=_has_sixel(heard),
        cell=None if cells is None else (int(cells[2]), int(cells[1])),
        typed=_KEYS.sub("", typed.decode("utf-8", "ignore")),
    )


def _has_sixel(heard: bytes) -> bool:
    palettes = map(int, _PALETTE.findall(heard))
    kinds = (kinds.split(b";") for kinds in _KINDS.findall(heard))
    return any(_SIXEL in each for each in kinds) and all(size >= _ENOUGH for size in palettes)


def _drawn(heard: bytes) -> int:
    """How many pictures on trial were taken, if the cursor stayed where it was."""
    return _taken(heard) if len(set(_CURSOR.findall(heard))) == 1 else 0


def _taken(heard: bytes) -> int:
    return _DRAWN.findall(heard).count(b"OK")


def _keeps_colour(reports: list[str]) -> bool | None:
    # What stands before $r isn't looked at: terminals don't agree whether 0 or 1 means valid.
    if any(_KEPT.search(report) for report in reports):
        return True
    return False if any(_REPLACED.search(report) for report in reports) else None
