"""`nevus` as it is typed: in this process, or where the process is the point in one of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest

from tui.cli import main

NEVUS = [str(Path(sys.executable).parent / "nevus")]


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object, **environment: str) -> Done:
    """`nevus` with these arguments; any exception that leaves it fails the test.

    What native code and child processes print is in the streams as well.
    """
    with TemporaryFile() as out, TemporaryFile() as err, Path(os.devnull).open("rb") as nothing:
        with (
            pytest.MonkeyPatch.context() as patch,
            _leading_to(nothing, 0),
            _leading_to(out, 1),
            _leading_to(err, 2),
        ):
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["nevus", *map(str, arguments)])
            patch.setattr(sys, "stdout", _stream(1))
            patch.setattr(sys, "stderr", _stream(2))
            status = _status()
            sys.stderr.flush()
        return Done(status, _content(out), _content(err))


def start(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`nevus` with these arguments, in a process of its own."""
    return subprocess.run(
        [*NEVUS, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        stdin=subprocess.DEVNULL,
    )


def _status() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@contextmanager
def _leading_to(file: IO[bytes], descriptor: int) -> Iterator[None]:
    """In the block a descriptor is the file's, whoever reads or writes it."""
    before = os.dup(descriptor)
    os.dup2(file.fileno(), descriptor)
    try:
        yield
    finally:
        os.dup2(before, descriptor)
        os.close(before)


def _stream(descriptor: int) -> IO[str]:
    return open(descriptor, "w", encoding="utf-8", closefd=False)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
