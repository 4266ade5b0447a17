"""`nevus backup`: copy a database that is in use to a safe place."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.counted import stand
from tui.commands.options import (
    Database,
    Folder,
    Group,
    Json,
)
from tui.commands.output import failures, print_json, print_line, stderr
from tui.commands.settings import settled


def backup(
    dest: Annotated[
        Path,
        typer.Argument(metavar="DEST", help="A folder, best on another disk, or a new file in it."),
    ],
    folder: Folder = Path(),
    db: Database = None,
    group: Group = None,
    maps: Annotated[
        bool, typer.Option("--maps", help="The cache of probability maps too, which is large.")
    ] = False,
    json: Json = False,
) -> None:
    """Copy FOLDER's database to DEST: every mask, edit and decision, but no photo.

    It may be in use meanwhile. The copy is looked through before it gets its name, and takes no
    other file's place. nevus remembers where it lies, so that nevus forget reaches it.

    [bold]Examples[/bold]

      nevus backup /Volumes/Backup ~/captures

      nevus backup /Volumes/Backup/before-the-move.db ~/captures --maps
    """
    held = settled(db=db, group=group)
    with failures():
        from pipeline.upkeep.backup import back_up, back_up_with_maps, check_outside

        check_outside(dest, folder)
        copy = back_up_with_maps if maps else back_up
        with stderr().status("copying"):
            made = copy(held.database(folder), dest)
    if json:
        print_json(made)
    else:
        print_line(
            f"{made.path} holds {stand(made.counts)}. It was looked through and is on the disk."
        )
