"""Run programs with every look-up, connection and new file of their native code written down.

A small library is preloaded before each of them and the processes it starts: Python's audit hook
sees nothing of what a library calls by itself.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("watch.c")
COMPILER = shutil.which("cc") or shutil.which("gcc")
WHY_NOT = (
    "only Linux preloads a library without asking"
    if sys.platform != "linux"
    else "no C compiler here"
    if COMPILER is None
    else ""
)
"""Why nothing can be watched on this machine; empty where it can."""
_NO_FILES = (Path("/dev"), Path("/proc"))
_FONTS = Path("/var/cache/fontconfig")
"""The system's own list of its fonts: whoever asks for one first has it made, here or at home."""


class Seen(NamedTuple):
    """What processes did that reaches out, and what they left behind outside nevus's folders."""

    lookups: tuple[str, ...]
    connections: tuple[str, ...]
    left: tuple[str, ...]


def compiled(source: Path, target: Path, *options: str) -> Path:
    """A C file made a library or a program."""
    subprocess.run([str(COMPILER), *options, "-o", target, source, "-ldl"], check=True)
    return target


@dataclass(frozen=True)
class Household:
    """A person's folders, all empty at first and none of them real, and the preloaded library."""

    root: Path
    library: Path

    @property
    def own(self) -> tuple[Path, ...]:
        """The folders that are nevus's own."""
        return tuple(self.root / kind / "nevus" for kind in ("cache", "config", "data", "state"))

    def environment(self, name: str) -> dict[str, str]:
        """What a process is started with; what it does is written down under the name."""
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
        places = {
            f"XDG_{kind.upper()}_HOME": str(self.root / kind)
            for kind in ("cache", "config", "data", "state")
        }
        temporary = self.root / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            **kept,
            **places,
            "HOME": str(self.root),
            "TMPDIR": str(temporary),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LD_PRELOAD": str(self.library),
            "WATCH_LOG": str(self._log(name)),
            # As somebody might have it who wants it of other programs.
            "ORT_DISABLE_TELEMETRY": "0",
        }

    def seen(self, name: str, *given: Path) -> Seen:
        """What was done under a name; what lies in the `given` folders was asked for."""
        done = [line.split(" ", 1) for line in self._lines(name)]
        kinds: dict[str, list[str]] = {"lookup": [], "connection": [], "file": []}
        for kind, what in done:
            kinds[kind].append(what)
        made = {Path(what) for what in kinds["file"]} | set(self.root.rglob("*"))
        fonts = (_FONTS, self.root / "cache" / _FONTS.name)
        expected = (*self.own, *given, *_NO_FILES, *fonts)
        left = sorted(str(path) for path in made if self._is_left(path, expected))
        return Seen(tuple(kinds["lookup"]), tuple(kinds["connection"]), tuple(left))

    def _lines(self, name: str) -> list[str]:
        log = self._log(name)
        return log.read_text(errors="replace").splitlines() if log.exists() else []

    def _log(self, name: str) -> Path:
        return self.library.with_name(f"{name}.log")

    def _is_left(self, path: Path, expected: tuple[Path, ...]) -> bool:
        """Whether a file lies where none should; a folder is judged by what is in it."""
        inside = any(path.is_relative_to(folder) for folder in expected)
        return path.is_file() and not inside
