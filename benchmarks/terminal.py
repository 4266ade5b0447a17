"""nevus, or any program, in a pseudo-terminal of a size: what is typed, what it sends, and when."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0
"""Seconds until a program that says nothing is given up."""
QUIET = 0.4
"""Seconds without a byte after which a program has said all."""
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
"""What today's terminals say: they can draw an update at once."""


@dataclass
class Heard:
    """What a program has sent, and when it came, as `time.perf_counter` tells it."""

    sent: bytes = b""
    times: list[tuple[int, float]] = field(default_factory=list)

    def when(self, end: int) -> float:
        """When so many bytes had come."""
        return next(at for count, at in self.times if count >= end)


@dataclass
class Terminal:
    """The other end of a program's terminal."""

    fd: int
    pid: int

    def type(self, keys: str) -> float:
        """Send keys; when they were sent."""
        at = time.perf_counter()
        os.write(self.fd, keys.encode())
        return at

    def hear(self, quiet: float = QUIET) -> Heard:
        """What comes until nothing has for a while."""
        return self._hear(lambda _: False, quiet)

    def hear_until(self, said: Callable[[bytes], object]) -> Heard:
        """What comes until something holds of it; TimeoutError where that takes for ever."""
        heard = self._hear(lambda so_far: bool(said(so_far.sent)), PATIENCE)
        if not said(heard.sent):
            raise TimeoutError(f"waited in vain; at last came {heard.sent[-300:]!r}")
        return heard

    def _hear(self, enough: Callable[[Heard], bool], quiet: float) -> Heard:
        heard = Heard()
        while not enough(heard) and select.select([self.fd], [], [], quiet)[0]:
            try:
                news = os.read(self.fd, 1 << 16)
            except OSError:
                break
            heard.sent += news
            heard.times.append((len(heard.sent), time.perf_counter()))
            self._answer(news)
        return heard

    def _answer(self, sent: bytes) -> None:
        for question, answer in ANSWERS.items():
            if question in sent:
                os.write(self.fd, answer)


@contextmanager
def running(
    command: Sequence[str], columns: int, rows: int, environment: Mapping[str, str]
) -> Iterator[Terminal]:
    """A program in a terminal of its own; it is hung up on at the end."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.execvpe(command[0], list(command), dict(environment))
    try:
        yield Terminal(fd, pid)
    finally:
        os.close(fd)
        os.waitpid(pid, 0)


def a_home(folder: Path, **more: str) -> dict[str, str]:
    """An environment whose every folder of the user lies in a folder, with 24-bit colours."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    places = {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache"}
    own = {name: str(folder / place) for name, place in places.items()}
    return {**kept, **own, "COLORTERM": "truecolor", "TERM": "xterm-256color", **more}


NEVUS = str(Path(sys.executable).with_name("nevus"))
