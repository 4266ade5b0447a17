"""`nevus watch`: segment what comes into a folder, without a screen, until told to stop."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.commands.options import FolderToCome, HashNames, Json, LogFile
from tui.commands.outlining import UNSAID, Outlining, with_outlining
from tui.commands.output import WRONG_USAGE, fail, failures
from tui.commands.settings import settled

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.unattended.daily import DailyCopies
    from pipeline.unattended.log import Log


@with_outlining
def watch(
    folder: FolderToCome = Path(),
    outlining: Outlining = UNSAID,
    log: LogFile = None,
    hash_names: HashNames = None,
    json: Json = False,
) -> None:
    """Watch FOLDER and segment its photos, without a screen, until told to stop.

    Each photo gets a line that says what became of it; once a day the database is copied. Ctrl+C,
    SIGTERM and SIGHUP end it within five seconds, and nothing is lost. While another nevus segments
    into the same database it follows that one, and goes on when it ends.

    [bold]Examples[/bold]

      nevus watch ~/captures

      nevus watch ~/captures --log ~/nevus.log --hash-names

      nevus watch ~/captures --json | jq .outcome
    """
    from pipeline.unattended.ending import asked_to_end

    with failures(), asked_to_end() as asked:
        from pipeline.unattended.daily import Daily
        from pipeline.unattended.names import Names, key_of
        from pipeline.unattended.watching import Watched
        from pipeline.unattended.watching import watch as run
        from pipeline.upkeep.backup import check_outside
        from pipeline.work.scorer import Pool

        held = settled(**vars(outlining), hash_names=hash_names)
        place = folder.resolve()
        database = held.database(place)
        names = Names(place, key_of(database) if held.hash_names else None)
        watched = Watched(place, database, names, held.group, held.maps_bytes())
        copies = copies_for(database, held)
        check_outside(copies.folder, place)
        journal = _log_to(log, place, json, held)
        daily = Daily(copies, journal.tell)
        run(
            watched,
            Pool.of(held),
            journal,
            asked,
            daily.look,
        )


def copies_for(database: Path, held: "Settings") -> "DailyCopies":
    """Where the daily copies of a database lie."""
    from pipeline.unattended.daily import DailyCopies

    return DailyCopies.of(database, held.backup_to, held.backups_kept)


def _log_to(file: Path | None, folder: Path, json: bool, held: "Settings") -> "Log":
    from pipeline.unattended.log import Log, as_json, as_text

    write = _print if file is None else _write_to(file.absolute(), folder, held)
    return Log(write, as_json if json else as_text, lambda: datetime.now().astimezone())


def _write_to(file: Path, folder: Path, held: "Settings") -> Callable[[str], None]:
    from pipeline.unattended.rotating import RotatingFile
    from pipeline.upkeep.backup import check_outside

    check_outside(file, folder)
    write = RotatingFile(file, held.log_size * 1_000_000, held.log_kept).write
    try:
        write("")
    except OSError as error:
        reason = error.strerror or error
        raise fail(f"No log can be written to {file} ({reason}).", WRONG_USAGE) from error
    return write


def _print(line: str) -> None:
    # Past Python's buffer, so that whoever reads it has each line when it is true.
    data = line.encode("utf-8", "backslashreplace")
    while data:
        data = data[os.write(1, data) :]
