"""`nevus forget`: delete all that is known of a photo, wherever nevus keeps it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import (
    Database,
    Folder,
    Group,
    Json,
    Reviewer,
)
from tui.commands.output import FAILED, WRONG_USAGE, fail, failures, print_json, print_line, remark
from tui.commands.settings import settled
from tui.commands.stored import stored

if TYPE_CHECKING:
    from db.store import Store
    from pipeline.upkeep.forgetting import Forgotten, Plan


def forget(
    photo: Annotated[
        str,
        typer.Argument(
            metavar="PHOTO", help="Its path, its file's name, its hash, or its number, as in #12."
        ),
    ],
    folder: Folder = Path(),
    db: Database = None,
    group: Group = None,
    reviewer: Reviewer = None,
    backup: Annotated[
        list[Path],
        typer.Option(
            "--backup",
            metavar="PATH",
            exists=True,
            help="A backup that nevus doesn't know of, or a folder with some; can be repeated.",
        ),
    ] = [],  # noqa: B006
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    json: Json = False,
) -> None:
    """Delete all that is known of PHOTO: masks, edits, decisions, notes, maps, also in backups.

    Only its hash is kept, so that it is not taken in again. The file itself is left where it is:
    delete it yourself if it has to go, and the datasets that were exported with it. The status is 1
    where anything could not be deleted, with a sentence on what to do.

    [bold]Examples[/bold]

      nevus forget IMG_0412.HEIC ~/captures

      nevus forget "#12" ~/captures --backup /Volumes/Backup --yes
    """
    held = settled(db=db, group=group, reviewer=reviewer)
    if not yes and (json or not sys.stdin.isatty()):
        raise fail("This deletes for good, and there is nobody to ask: say --yes.", WRONG_USAGE)
    with failures():
        from contextlib import closing

        from db.sqlite.inspection import form_in
        from db.store import Store

        place = held.database(folder)
        form_in(place)
        with closing(Store.open(place, held.group)) as store:
            who = held.name()
            done = _forget(store, photo, backup, who, yes)
    if json:
        print_json(done)
    else:
        _print(done)
    if done.left:
        raise typer.Exit(FAILED)


def _forget(
    store: "Store", photo: str, backups: list[Path], reviewer: str, yes: bool
) -> "Forgotten":
    from pipeline.upkeep.forgetting import carry_out, plan

    made = plan(store, photo, backups)
    for sentence in _what_goes(made):
        remark(sentence)
    if not yes:
        typer.confirm("Forget it for good?", abort=True, err=True)
    return carry_out(store, made, reviewer)


def _what_goes(made: "Plan") -> list[str]:
    goes = stored(made.rows)
    where = made.photo.paths[0] if made.photo.paths else "forgotten before"
    return [
        f"#{made.photo.photo_id} {where}: "
        + (f"{goes}, and all that hangs on them." if goes else "nothing is known of it any more."),
        *(_another(path, path in made.there) for path in made.photo.paths[1:]),
        *(f"Also in {copy}." for copy in made.copies),
        *(
            f"The training of {path.name} that was stopped learns from it, and is dropped."
            for path in made.trainings
        ),
        *made.unreached,
    ]


def _another(path: str, there: bool) -> str:
    """A sentence on a path of the photo beside the first."""
    if there:
        return f"{path} is the same photo, so it goes with it."
    return f"The same photo lay at {path}, where no file is now."


def _print(done: "Forgotten") -> None:
    print_line(f"Forgotten, but for its hash: {done.content_hash}")
    for path in done.there:
        print_line(f"{path} was left as it is, and is not taken in again.")
    for sentence in done.left:
        remark(sentence)
