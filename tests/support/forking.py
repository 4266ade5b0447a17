"""The server behind `tests.support.ready`: it has imported what nevus imports, and forks.

Run as `python -m tests.support.forking SOCKET SITE`. A child takes over what its start asks for
and ends as a program does. Its parent dies at once: it becomes the child of the one who asked.

What a program does last Python would do for all that the server has imported: take it apart, piece
by piece. That took fifteen times as long as to fork it, and nobody sees it: a child does without.
"""

import atexit
import fcntl
import gc
import os
import pickle
import signal
import socket
import sys
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from multiprocessing import process
from pathlib import Path
from runpy import run_module
from types import ModuleType

LARGEST = 2**17
"""Bytes of a request: a command and its environment."""
HIGH = 512
"""From here on no descriptor is asked for."""
IMPORTED = (
    "alembic.command",
    "models.run.onnx_backend",
    "models.run.segmenter",
    "pipeline.selftest.checks",
    "pipeline.work.viewer",
    "pipeline.work.worker_process",
    "tui.commands.app",
    "tui.launch",
)


trainers: list[socket.socket] = []
"""Whom to ask for processes that have PyTorch and coremltools, where somebody can be asked."""


@dataclass(frozen=True)
class Start:
    """A process that is asked for; `descriptors` are the numbers that it knows its files by."""

    command: tuple[str, ...]
    environment: dict[str, str]
    folder: str
    descriptors: tuple[int, ...]
    blocked: frozenset[int]
    terminal: bool


_ended: list[int] = []
"""What this process has ended with, once its command has."""


def main() -> None:
    """Import, then start what is asked for."""
    end_at_once()
    asker = socket.socket(fileno=int(sys.argv[1]))
    if sys.argv[2] == "mac_site":
        _be_a_worker_on_a_mac()
    else:
        for name in IMPORTED:
            import_module(name)
    # What is imported stays, and is not copied page by page because somebody looked through it.
    gc.freeze()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    run(serve(asker).command)


def _be_a_worker_on_a_mac() -> None:
    from tests.support.mac_platform import NATIVE, become_a_mac

    become_a_mac()
    for name in ("models.run.coreml_backend", "pipeline.work.worker_process", NATIVE):
        import_module(name)


def serve(asker: socket.socket) -> Start:
    """Start what is asked for, until nobody asks any more. Returns in each child, as it is to be.

    Whoever asked is told the child's number.
    """
    while True:
        request, files, _, _ = socket.recv_fds(asker, LARGEST, HIGH)
        if not request:
            os._exit(0)
        start: Start = pickle.loads(request)
        pid = _fork_an_orphan()
        if pid == 0:
            asker.detach()
            take_over(start, files)
            return start
        for file in files:
            os.close(file)
        asker.send(str(pid).encode())


def _fork_an_orphan() -> int:
    """The number of a child whose parent is dead; 0 in the child, which has its new one already."""
    (read, write), (waiting, holding) = os.pipe(), os.pipe()
    parent = os.fork()
    if parent:
        os.close(write)
        os.close(waiting)
        os.waitpid(parent, 0)
        os.close(holding)
        with os.fdopen(read) as told:
            return int(told.read())
    pid = os.fork()
    if pid:
        os.write(write, str(pid).encode())
        os._exit(0)
    os.close(holding)
    os.read(waiting, 1)
    return 0


def take_over(start: Start, files: Sequence[int]) -> None:
    _move(files, start.descriptors)
    if start.terminal:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # Tests that a shell runs in its background ignore it, and so would all that they start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(start.folder)
    process.ORIGINAL_DIR = start.folder  # type: ignore[attr-defined]
    os.environ.clear()
    os.environ.update(start.environment)
    signal.pthread_sigmask(signal.SIG_SETMASK, start.blocked)
    sys.stdin = sys.__stdin__ = _stream(0, "rb", "strict")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "wb", "strict")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _stream(2, "wb", "backslashreplace")  # type: ignore[misc]


def _move(files: Sequence[int], wanted: Sequence[int]) -> None:
    """Have each file under the number that is wanted, and no other file."""
    high = [fcntl.fcntl(file, fcntl.F_DUPFD, HIGH) for file in files]
    os.closerange(0, HIGH)
    for file, number in zip(high, wanted, strict=True):
        os.dup2(file, number)
        os.close(file)


def _stream(descriptor: int, mode: str, errors: str) -> TextIOWrapper:
    """A standard stream as Python makes it where the locale is UTF-8."""
    file = os.fdopen(descriptor, mode, closefd=False)
    by_line = descriptor == 2 or file.isatty()
    return TextIOWrapper(file, "utf-8", errors, line_buffering=by_line)


def end_at_once() -> None:
    """Have each command that is run here end when all that is to be done at its exit is done.

    To be called before anything is imported that has something to do at exit.
    """
    atexit.register(_end)


def _end() -> None:
    if not _ended:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        # Python has something to say of it.
        return
    os._exit(_ended[0])


def run(command: Sequence[str]) -> None:
    """Be the main module of a command.

    It is `PYTHON ... -c CODE ...`, `PYTHON -m MODULE ...` or a script of Python's.
    """
    try:
        _run(command)
    except SystemExit as ended:
        code = ended.code
        _ended.append(code & 255 if isinstance(code, int) else int(code is not None))
        raise
    except Exception:
        _ended.append(1)
        raise
    _ended.append(0)


def _run(command: Sequence[str]) -> None:
    if command[1:2] == ("-m",):
        sys.argv, sys.path[0] = list(command[2:]), ""
        run_module(command[2], run_name="__main__", alter_sys=True)
        return
    main_module = sys.modules["__main__"] = ModuleType("__main__")
    if "-c" in command:
        at = command.index("-c")
        code, sys.path[0] = command[at + 1], ""
        sys.argv = ["-c", *command[at + 2 :]]
    else:
        script = Path(command[0])
        code, sys.path[0] = script.read_text(), str(script.parent)
        sys.argv = list(command)
        main_module.__file__ = command[0]
    exec(code, vars(main_module))


if __name__ == "__main__":
    main()
