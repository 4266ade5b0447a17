"""Export a folder in processes that kill themselves: `DATABASE PHOTOS PLACE`.

PLACE/N is to be the dataset of a process that died as it came to its statement N; the last one is
whole. The number of each that left something unfinished is printed.
"""

import gc
import os
import signal
import sqlite3
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pipeline.exchange.formats.png  # noqa: F401
from db.values import DecisionKind
from pipeline.exchange.export import export


def main() -> None:
    database, photos, place = map(Path, sys.argv[1:])
    gc.freeze()
    for left in count():
        # Forked, since a new interpreter takes a second to import what exports.
        child = os.fork()
        if child == 0:
            export_and_die(database, photos, place / f"{left}", left)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))
        if any(path.name.startswith(".") for path in place.iterdir()):
            sys.stdout.write(f"{left}\n")


def export_and_die(database: Path, photos: Path, dest: Path, left: int) -> None:
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
    export(database, dest, photos, "png", list(DecisionKind))
    os._exit(0)


if __name__ == "__main__":
    main()
