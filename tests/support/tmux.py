"""A real tmux with nobody's settings."""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pexpect

from tests.support.terminals import PATIENCE, Player, Script, without_hints

TMUX = shutil.which("tmux")


@dataclass(frozen=True)
class Tmux:
    """A server of its own."""

    socket: Path
    environment: Mapping[str, str]

    def __call__(self, *words: str) -> str:
        """Let tmux do something; what it prints."""
        return subprocess.run(
            self._line(*words),
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        ).stdout

    def attached(self, term: str) -> Any:
        """A terminal attached to the server; nothing but TERM says what it is."""
        self("set-hook", "-g", "client-attached", "wait-for -S attached")
        line = self._line("attach")
        terminal = pexpect.spawn(line[0], line[1:], env=without_hints(TERM=term))
        self("wait-for", "attached")
        return terminal

    def shown_on(self, terminal: Script, cell: tuple[int, int]) -> Player:
        """A terminal attached to the server that answers, once tmux knows its name and pixels."""
        player = Player(terminal, self._line("attach"), without_hints())
        player.measure(cell)
        known = "#{client_termtype} #{client_cell_height}", f") {cell[1]}\n"
        player.play(lambda _: self("list-clients", "-F", known[0]).endswith(known[1]))
        return player

    def listening(self, pipe: Path) -> int:
        """A file descriptor with all that is sent to the window from now on."""
        os.mkfifo(pipe)
        self("pipe-pane", "-o", f"exec cat > {pipe}")
        return os.open(pipe, os.O_RDONLY)

    def _line(self, *words: str) -> list[str]:
        assert TMUX is not None
        return [TMUX, "-S", str(self.socket), "-f", "/dev/null", *words]


@contextmanager
def running(folder: Path, environment: Mapping[str, str]) -> Iterator[Tmux]:
    """A server with a shell in one window of 100×30 cells."""
    tmux = Tmux(folder / "tmux", environment)
    tmux("new-session", "-d", "-x", "100", "-y", "30", "/bin/sh")
    tmux("set", "-g", "exit-empty", "off", ";", "set", "-g", "remain-on-exit", "on")
    try:
        yield tmux
    finally:
        tmux("kill-server")


def read_until(source: int, end: bytes) -> bytes:
    """What comes from a file descriptor, until it holds `end` or is over."""
    deadline = monotonic() + PATIENCE
    heard = b""
    while end not in heard:
        ready, _, _ = select.select([source], [], [], max(0.0, deadline - monotonic()))
        assert ready, heard[-2000:]
        news = os.read(source, 65536)
        if not news:
            break
        heard += news
    return heard
