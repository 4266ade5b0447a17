"""Processes of nevus that are to be killed: how they are started, found and waited for."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from tests.support import ready
from tests.support.condemned import PROGRAM
from tests.torture.world import World, environment

PYTHON = sys.executable
WORKERS_GO_FIRST = "1000"
"""What a worker says of itself to whoever ends processes where memory runs out."""


@dataclass(frozen=True)
class Doom:
    """When a process kills itself: at a statement to the database, or some time later; 0: never."""

    statement: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        if not self.statement:
            return "from outside"
        return f"statement {self.statement} + {1000 * self.seconds:.0f} ms"


def command(world: World, doom: Doom, *arguments: object) -> list[str]:
    """nevus with these arguments, that will come to its end."""
    given = (doom.statement, doom.seconds, note_of(world), *arguments)
    return [PYTHON, "-c", PROGRAM, *map(str, given)]


def note_of(world: World) -> Path:
    """Where a process notes at which statement it killed itself."""
    return world.root / "statement"


class Running:
    """A process of nevus without a terminal, from its start to its end."""

    def __init__(self, words: list[str], given: dict[str, str]) -> None:
        self._out = TemporaryFile()  # noqa: SIM115
        with Path(os.devnull).open("rb") as nothing:
            files = {0: nothing.fileno(), 1: self._out.fileno(), 2: self._out.fileno()}
            pid = ready.start(words, given, ready.ROOT, files)
            self._started = None
            if pid is None:
                self._started = subprocess.Popen(
                    words,
                    env=given,
                    cwd=ready.ROOT,
                    stdin=nothing,
                    stdout=self._out,
                    stderr=self._out,
                )
                pid = self._started.pid
        self.pid = pid
        self._status: int | None = None

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._wait(os.WNOHANG) is not None

    def wait(self) -> int:
        """Its exit status, negative where a signal ended it."""
        status = self._wait(0)
        assert status is not None
        return status

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)

    @property
    def printed(self) -> str:
        """All that it printed."""
        size = os.fstat(self._out.fileno()).st_size
        return os.pread(self._out.fileno(), size, 0).decode(errors="replace")

    def _wait(self, how: int) -> int | None:
        if self._status is None:
            pid, status = os.waitpid(self.pid, how)
            self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._status


def start(world: World, doom: Doom, *arguments: object) -> Running:
    """Start nevus without a terminal."""
    return Running(command(world, doom, *arguments), environment(world))


def workers_of(pid: int) -> list[int]:
    """The worker processes of a process; none where the system does not tell."""
    return [child for child in _children(pid) if _goes_first(child)]


def _children(pid: int) -> Iterator[int]:
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text().split():
                yield int(child)
                yield from _children(int(child))


def _goes_first(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == WORKERS_GO_FIRST
    return False
