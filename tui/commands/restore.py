"""`nevus restore`: put a backup in the place of a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.counted import counted, stand
from tui.commands.options import (
    Database,
    Folder,
    Group,
    Json,
)
from tui.commands.output import failures, print_json, print_line, stderr
from tui.commands.settings import settled

if TYPE_CHECKING:
    from pipeline.upkeep.restore import Restored


def restore(
    backup: Annotated[
        Path,
        typer.Argument(
            metavar="BACKUP", help="What nevus backup made.", exists=True, dir_okay=False
        ),
    ],
    folder: Folder = Path(),
    db: Database = None,
    group: Group = None,
    json: Json = False,
) -> None:
    """Put BACKUP where FOLDER's database lies; the one that lies there now is kept beside it.

    Quit every nevus that works on the folder first: nothing is changed while one does. A backup of
    an older nevus is brought up to date, the backup itself stays as it is, and what was forgotten
    since is not brought back. What was stored since is counted, and lies in the database kept
    beside.

    [bold]Examples[/bold]

      nevus restore /Volumes/Backup/captures-2026-11-26-020000.db ~/captures
    """
    held = settled(db=db, group=group)
    with failures():
        from pipeline.upkeep.restore import restore as put_back

        with stderr().status("putting it back"):
            done = put_back(held.database(folder), backup)
    if json:
        print_json(done)
    else:
        _print(done)


def _print(done: "Restored") -> None:
    print_line(f"{done.backup} was put back: {stand(done.counts)}.")
    if done.left_out != 0:
        print_line(_forgotten(done.left_out))
    if done.aside is not None:
        print_line(f"What lay there before is kept as {done.aside}. {_lost(done.lost)}")


def _forgotten(left_out: int | None) -> str:
    if left_out is None:
        return (
            "Which photos were forgotten since can't be read either, so that they are back: forget "
            "them once more."
        )
    was = "was" if left_out == 1 else "were"
    return (
        f"{counted(left_out, 'photo')} in it {was} forgotten since the backup was made, and {was} "
        "not brought back."
    )


def _lost(lost: dict[str, int] | None) -> str:
    if lost is None:
        return "It can't be read, so what it held beyond the backup can't be counted."
    parts = [counted(number, thing) for thing, number in lost.items() if number]
    if not parts:
        return "It held nothing that the backup doesn't."
    return f"It alone holds {', '.join(parts)}."
