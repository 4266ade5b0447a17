"""`nevus status`: what is being done about a folder, how far it is, what is safe."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.counted import counted, stand
from tui.commands.options import (
    NAMES_THEM,
    Database,
    FolderToCome,
    Group,
    HashNames,
    Json,
)
from tui.commands.output import failures, print_json, print_line, print_table, remark
from tui.commands.settings import settled
from tui.commands.watch import copies_for

if TYPE_CHECKING:
    from pipeline.unattended.status import Status

HOW = "nevus backup DEST makes one now, nevus watch one a day; nevus review makes none."
FEW = 3
"""Files that are named with why they were set aside; a screen is to hold all else too."""
Hashed = Annotated[
    str | None,
    typer.Option("--photo", metavar="HASH", help="Say which photo a hash in the log stands for."),
]
NameAside = Annotated[
    bool,
    typer.Option("--set-aside", help="Name every file that was set aside, and say why."),
]


def status(
    folder: FolderToCome = Path(),
    db: Database = None,
    group: Group = None,
    hash_names: HashNames = None,
    photo: Hashed = None,
    set_aside: NameAside = False,
    json: Json = False,
) -> None:
    """Say what is being done about FOLDER: who segments, how far, what is decided, what was set
    aside and why, the last copy.

    Nothing is changed. It is true after a kill as well: whether anybody segments is told by a lock
    that ends with its holder.

    [bold]Examples[/bold]

      nevus status ~/captures

      nevus status ~/captures --json | jq .to_segment

      nevus status ~/captures --set-aside

      nevus status ~/captures --photo '#3f2a9c0d1e4b'
    """
    held = settled(db=db, group=group, hash_names=hash_names)
    with failures():
        from pipeline.unattended.names import Names, key_to_read
        from pipeline.unattended.status import status_of

        place = folder.resolve()
        database = held.database(place)
        if photo is not None:
            _say_whose(place, database, photo)
            return
        names = Names(place, key_to_read(database) if held.hash_names else None)
        found = status_of(names, copies_for(database, held))
        if json:
            print_json(found)
        elif set_aside:
            for sentence in _reasons(found):
                print_line(sentence)
        else:
            print_table(_rows(found))


def _say_whose(folder: Path, database: Path, photo: str) -> None:
    from pipeline.unattended.names import Names, key_to_read
    from pipeline.unattended.status import whose

    found = whose(Names(folder, key_to_read(database)), database, photo)
    if not found:
        remark(f"No photo that is known in {folder} has the hash {photo}.")
        raise typer.Exit(1)
    for path in found:
        print_table({photo: path})


def _reasons(status: "Status") -> list[str]:
    """Which files were set aside, and why."""
    from tui.names import sentence_of

    return [sentence_of(file, status.folder) for file in status.set_aside]


def _aside(status: "Status") -> list[str]:
    """How many files were set aside, why the first few, and how to see the rest."""
    number = counted(status.counts.set_aside, "file")
    reasons = _reasons(status)
    more = len(reasons) - FEW
    if more <= 0:
        return [number, *reasons]
    return [number, *reasons[:FEW], f"… and {more:,} more: {NAMES_THEM}"]


def _rows(status: "Status") -> dict[str, Any]:
    by = status.by
    rows = {
        "folder": status.folder,
        "database": status.database,
        "segmenting": _who(status),
    }
    if status.segmenting and by is not None:
        rate = "" if by.per_minute is None else f", {by.per_minute:g} a minute"
        rows["how far"] = f"{by.done} of {by.found}{rate} (at {_time(by.at)})"
        if by.folder != status.folder:
            rows["its folder"] = by.folder
        if by.message is not None:
            rows["in its way"] = by.message
    if by is not None and by.error is not None:
        when = "" if by.error_at is None else f" ({_time(by.error_at)})"
        rows["last error"] = f"{by.error}{when}"
    left, copies = status.to_segment, status.free_bytes_for_copies
    return {
        **rows,
        "to segment": "the folder is not there" if left is None else counted(left, "file"),
        "reviewed": stand(status.counts),
        "set aside": _aside(status),
        "last copy": " ".join((_copy(status), *status.copies_passed_over)),
        "free": f"{_size(status.free_bytes)}"
        + ("" if copies is None else f", for copies {_size(copies)}"),
    }


def _who(status: "Status") -> str:
    by = status.by
    if status.segmenting is None:
        return f"can't be told: {status.unread}"
    if status.unread is not None:
        who = "somebody; who it is" if status.segmenting else "nobody; who was the last"
        return f"{who} can't be told: {status.unread}"
    if by is None:
        return "somebody, who has not said who" if status.segmenting else "nobody"
    who = f"nevus {by.program}, process {by.pid} on {by.host}"
    if status.segmenting:
        return f"{who}, since {_time(by.since)}"
    if by.ended:
        return f"nobody; the last was {who}, which ended {_time(by.at)}"
    return f"nobody; {who} was killed, or the machine stopped, after {_time(by.at)}"


def _copy(status: "Status") -> str:
    copy = status.last_copy
    if copy is not None:
        who = "daily" if copy.daily else "by hand"
        return f"{_time(copy.at)}, {who}, {_size(copy.bytes)}, {copy.path}"
    if status.copies_passed_over:
        return f"none that can be put back. {HOW}"
    return f"none was ever made. {HOW}"


def _time(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
