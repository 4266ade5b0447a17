"""nevus in a process that may kill itself: `STATEMENT SECONDS NOTE ARGUMENTS...`.

It does so as it comes to its statement of that number, 0 for never, or so many seconds later, and
notes in the file NOTE which one that was. Its workers are forked as `tests.support.ready` has it,
by a child of its own, since it is to be their parent and takes them along when it goes.
"""

import ctypes
import multiprocessing.util
import os
import pickle
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.forking import Start, run, serve

WORKER = "--multiprocessing-fork"
TAKE_IN_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER."""
PROGRAM = "from tests.support.condemned import main; main()"


def main() -> None:
    """Be nevus, until the statement comes."""
    at, seconds, note = int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    sys.argv[:4] = ["nevus"]
    if "tui.launch" in sys.modules:
        # Forked itself: what nevus imports is there, and a copy costs nothing.
        _fork_workers()
    if at:
        _die_at(at, seconds, note)
    from tui.cli import main as nevus

    nevus()


def _fork_workers() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        run(serve(theirs).command)
        sys.exit()
    theirs.close()
    ctypes.CDLL(None).prctl(TAKE_IN_ORPHANS, 1, 0, 0, 0)
    asking = threading.Lock()
    spawn: Callable[..., int] = multiprocessing.util.spawnv_passfds

    def fork(path: str | bytes, words: Sequence[str | bytes], files: Sequence[int]) -> int:
        command = tuple(map(os.fsdecode, words))
        if WORKER not in command:
            return spawn(path, words, files)
        kept = (0, 1, 2, *map(int, files))
        blocked = frozenset(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ())))
        asked = Start(command, dict(os.environ), str(Path.cwd()), kept, blocked, terminal=False)
        with asking:
            socket.send_fds(ours, [pickle.dumps(asked)], kept)
            return int(ours.recv(64))

    vars(multiprocessing.util)["spawnv_passfds"] = fork


def _die_at(at: int, seconds: float, note: Path) -> None:
    statements = count(1)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def die_in_time(statement: str) -> None:
        number = next(statements)
        if number == at:
            note.write_text(" ".join(statement.split())[:60])
            if not seconds:
                die()
            threading.Timer(seconds, die).start()

    def connect(*where: Any, **how: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect_unwatched(*where, **how)
        connection.set_trace_callback(die_in_time)
        return connection

    connect_unwatched = sqlite3.connect
    for module in (sqlite3, sqlite3.dbapi2):
        vars(module)["connect"] = connect
