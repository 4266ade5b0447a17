"""Processes that need not start anew: forked by a server that has imported what nevus imports.

To import it takes a second or two, and most tests that start a process are not about that. What
they get is a process like any other: a child of this one, with a number, signals, an environment, a
folder, files and if need be a terminal of its own; it can be stopped, killed and waited for.

Whoever trains has PyTorch, and is forked beside pytest-xdist's worker (`tests.support.workers`),
where there is one.

What is not as in a fresh start: all modules are there already, so that none is found out that is
missing, slow or imported too early; Python, the dynamic linker and some libraries have read their
settings; and once all is done that a program does at its exit, Python is left as it is. So where a
setting of theirs (`AT_START`) is not as usual, for who is nobody for a while, and anywhere but on
Linux, a process is started as ever. So are those whose start is the point: the installed program,
the wheel, what is imported when, what is watched from its first instruction on.
"""

import ctypes
import multiprocessing.util
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pexpect
import ptyprocess  # type: ignore[import-untyped]
import pytest

from tests.support.forking import HIGH, Start, trainers

ROOT = Path(__file__).parents[2]
WORKER = "--multiprocessing-fork"
"""What marks a process that multiprocessing spawns."""
USER, MAC = "user_site", "mac_site"
"""The folders of tests/support one of which leads PYTHONPATH."""
AT_START = re.compile(
    r"(ESCDELAY|FORCE_COLOR|GITHUB_ACTIONS|LANG|LC_|LD_|NPY_|NUMPY_|OMP_|OPENBLAS|PILLOW_"
    r"|PY_COLORS|PYTHON|TERMINAL_WIDTH|TERM_PROGRAM|TEXTUAL_|TMPDIR|TYPER_|TZ)"
)
"""What is read once: by Python, or by a library that is imported."""
LINUX = sys.platform == "linux"
TAKE_IN_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER."""
_ASKING = threading.Lock()


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    files: Mapping[int, int],
    terminal: bool = False,
) -> int | None:
    """A child that runs a command of Python's with these `files`, by the numbers it knows them by.

    None where it must be started as ever.
    """
    ours = Path(command[0]).parent == Path(sys.executable).parent
    server = _server_for(command, environment) if ours and max(files) < HIGH else None
    if server is None:
        return None
    blocked = frozenset(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ())))
    asked = Start(tuple(command), dict(environment), str(folder), tuple(files), blocked, terminal)
    with _ASKING, _taking_in_orphans():
        socket.send_fds(server, [pickle.dumps(asked)], list(files.values()))
        return int(server.recv(64))


@contextmanager
def _taking_in_orphans() -> Iterator[None]:
    prctl = ctypes.CDLL(None).prctl
    prctl(TAKE_IN_ORPHANS, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(TAKE_IN_ORPHANS, 0, 0, 0, 0)


def _server_for(command: Sequence[str], environment: Mapping[str, str]) -> socket.socket | None:
    path = environment.get("PYTHONPATH", "")
    site = Path(path.split(os.pathsep)[0]).name
    usual = _read_at_start(environment) == _usually_read()
    # On what takes itself for a Mac only the workers do.
    known = site == USER or (site == MAC and WORKER in command) or (not path and trainers)
    if not (LINUX and usual and known and os.geteuid() == os.getuid()):
        return None
    return _server(path, site) if path else trainers[0]


@cache
def _usually_read() -> dict[str, str]:
    return _read_at_start(os.environ)


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if AT_START.match(name) and name != "PYTHONPATH"
    }


@cache
def _server(path: str, site: str) -> socket.socket:
    """The server for a PYTHONPATH; it ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.forking", str(theirs.fileno()), site],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return ours


def completed(
    command: Sequence[str], environment: Mapping[str, str], folder: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """A command that has ended, with what it printed; nothing can be read from its stdin."""
    with TemporaryFile() as out, TemporaryFile() as err, Path(os.devnull).open("rb") as nothing:
        files = {0: nothing.fileno(), 1: out.fileno(), 2: err.fileno()}
        pid = start(command, environment, folder, files)
        if pid is None:
            return subprocess.run(
                command,
                capture_output=True,
                text=True,
                env=environment,
                cwd=folder,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        printed = [os.pread(each.fileno(), 2**24, 0).decode() for each in (out, err)]
        return subprocess.CompletedProcess(command, code, *printed)


SIZE = ("COLUMNS", "LINES")


class InTerminal(pexpect.spawn):  # type: ignore[type-arg]
    """A program in a terminal."""

    def _spawnpty(self, args: list[Any], **how: Any) -> Any:
        ours, theirs = os.openpty()
        size = how.get("dimensions") or (24, 80)
        termios.tcsetwinsize(theirs, size)
        command = list(map(os.fsdecode, args))
        # Where tests run side by side these two are set, and outweigh what the terminal says.
        told = how["env"] or os.environ
        environment = how["env"] = {name: told[name] for name in told if name not in SIZE}
        folder = Path(how["cwd"] or Path.cwd())
        pid = start(command, environment, folder, dict.fromkeys(range(3), theirs), terminal=True)
        os.close(theirs)
        if pid is not None:
            return ptyprocess.PtyProcess(pid, ours)
        os.close(ours)
        before = how.pop("preexec_fn", None)

        def prepare() -> None:
            # Told from outside, it may be told too late for what the program asks first.
            termios.tcsetwinsize(0, size)
            if before is not None:
                before()

        return super()._spawnpty(args, preexec_fn=prepare, **how)  # type: ignore[misc]


@contextmanager
def for_workers() -> Iterator[None]:
    """In the block the processes that multiprocessing spawns from this one are forked as well."""
    spawn: Callable[..., int] = multiprocessing.util.spawnv_passfds

    def fork(path: str | bytes, words: Sequence[str | bytes], files: Sequence[int]) -> int:
        command = list(map(os.fsdecode, words))
        if WORKER in command:
            kept = {file: file for file in (0, 1, 2, *map(int, files))}
            pid = start(command, os.environ, Path.cwd(), kept)
            if pid is not None:
                return pid
        return spawn(path, words, files)

    _usually_read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multiprocessing.util, "spawnv_passfds", fork)
        yield
