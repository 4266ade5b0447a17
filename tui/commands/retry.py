"""`nevus retry`: have files that were set aside looked at once more."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.counted import counted
from tui.commands.options import (
    Database,
    Folder,
    Group,
    Json,
)
from tui.commands.output import failures, print_json, print_line, remark
from tui.commands.settings import settled


def retry(
    folder: Folder = Path(),
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Which files, by path or name; all by default."),
    ] = None,
    db: Database = None,
    group: Group = None,
    cause: Annotated[
        Literal["file", "machine"] | None,
        typer.Option(help="Only what the file was to blame for, or only what the machine was."),
    ] = None,
    json: Json = False,
) -> None:
    """Have the files of FOLDER that were set aside looked at once more.

    A nevus that has the folder open does so within half a minute, any other when it is next
    started. A file that can't be read is set aside again, with the reason.

    [bold]Examples[/bold]

      nevus retry ~/captures

      nevus retry ~/captures IMG_0412.HEIC

      nevus retry ~/captures --cause machine && nevus segment ~/captures
    """
    held = settled(db=db, group=group)
    with failures():
        from contextlib import closing

        from db.sqlite.inspection import form_in
        from db.store import Store
        from db.values import Cause
        from pipeline.upkeep.retry import retry as ask

        place = held.database(folder)
        form_in(place)
        with closing(Store.open(place, held.group)) as store:
            asked = ask(store, folder, paths or [], None if cause is None else Cause(cause))
    if json:
        print_json(asked)
    elif asked.paths:
        looked = "is looked at" if len(asked.paths) == 1 else "are looked at"
        print_line(
            f"{counted(len(asked.paths), 'file')} {looked} again when the folder is segmented next."
        )
    else:
        print_line("No such file is set aside, so there is nothing to look at again.")
    if asked.forgotten and not json:
        remark(_left_out(asked.forgotten))


def _left_out(forgotten: int) -> str:
    if forgotten == 1:
        return "1 file is left out: its photo was forgotten for good."
    return f"{forgotten:,} files are left out: their photos were forgotten for good."
