"""What a program has on the disk, and what it has named by then, seen from beneath Python."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.watched import compiled

SOURCE = Path(__file__).with_name("flushes.c")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Flushed:
    """A program's flushes and renamings, in their order: a path, or two."""

    steps: tuple[tuple[Path, ...], ...]

    def before_name(self, target: Path) -> set[Path]:
        """What was on the disk when something got the name `target`, by the names it had then."""
        return {step[0] for step in self.steps[: self._named(target)] if len(step) == 1}

    def old_name(self, target: Path) -> Path:
        """What `target` was called before."""
        return self.steps[self._named(target)][0]

    def after_name(self, target: Path) -> set[Path]:
        """What was flushed after that."""
        return {step[0] for step in self.steps[self._named(target) :] if len(step) == 1}

    def between(self, first: Path, last: Path) -> set[Path]:
        """What was flushed after something got the name `first` and before one got `last`."""
        steps = self.steps[self._named(first) : self._named(last)]
        return {step[0] for step in steps if len(step) == 1}

    def _named(self, target: Path) -> int:
        return next(at for at, step in enumerate(self.steps) if step[1:] == (target,))


def flushed(program: str, arguments: Sequence[object], folder: Path) -> Flushed:
    """Run a Python program, and see what it has on the disk; `folder` is for what that takes."""
    library, log = folder / "flushes.so", folder / "flushes.log"
    compiled(SOURCE, library, "-shared", "-fPIC")
    given = {**os.environ, "LD_PRELOAD": str(library), "FLUSH_LOG": str(log)}
    words = [sys.executable, "-c", program, *map(str, arguments)]
    subprocess.run(words, cwd=ROOT, env=given, check=True)
    lines = log.read_text().splitlines()
    return Flushed(tuple(tuple(map(Path, line.split(" ", 1)[1].split("\t"))) for line in lines))
