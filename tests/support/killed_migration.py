"""Open copies of older databases in processes that kill themselves: `DATABASE FOLDER EVERY ...`.

The copy in FOLDER/N was opened by a process that died as it came to its statement N; what EVERY
counts up to the last, FOLDER/N of the highest N was opened whole.
"""

import gc
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db.store import Store


def main() -> None:
    for database, folder, every in batched(sys.argv[1:]):
        kill_along(Path(database), Path(folder), int(every))


def batched(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    return zip(words[::3], words[1::3], words[2::3], strict=True)


def kill_along(database: Path, folder: Path, every: int) -> None:
    """Kill at one statement after another, until one process comes to its end."""
    with TemporaryDirectory() as place:
        # What a first migration loads and compiles, every child would otherwise.
        Store.open(Path(shutil.copy(database, place))).close()
    gc.freeze()
    for left in count(0, every):
        (folder / f"{left}").mkdir(parents=True)
        copy = Path(shutil.copy(database, folder / f"{left}"))
        # Forked, since a new interpreter takes a second to import what opens a database.
        child = os.fork()
        if child == 0:
            open_and_die(copy, left)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return


def open_and_die(path: Path, left: int) -> None:
    statements = count()

    def die_in_time(_statement: str) -> None:
        if next(statements) == left:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(*where: Any, **how: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect_unwatched(*where, **how)
        connection.set_trace_callback(die_in_time)
        return connection

    connect_unwatched = sqlite3.connect
    for module in (sqlite3, sqlite3.dbapi2):
        vars(module)["connect"] = connect
    Store.open(path).close()
    os._exit(0)


if __name__ == "__main__":
    main()
