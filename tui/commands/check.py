"""`nevus check`: look through a database and say what doesn't hold."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import (
    Database,
    Folder,
    Group,
    Json,
)
from tui.commands.output import FAILED, failures, print_json, print_line, remark, stderr
from tui.commands.settings import settled
from tui.commands.stored import stored

if TYPE_CHECKING:
    from pipeline.upkeep.report import Report

ReadPhotos = Annotated[
    bool,
    typer.Option("--photos", help="Read every photo too and compare it with its hashes."),
]


def check(
    folder: Folder = Path(),
    db: Database = None,
    group: Group = None,
    photos: ReadPhotos = False,
    json: Json = False,
) -> None:
    """Look through FOLDER's database, masks, edits and maps, and say what doesn't hold.

    Nothing is changed, and the database may be in use meanwhile. With --photos every photo is read
    and compared with what it was, which takes as long as its disk does. The status is 1 where
    anything doesn't hold.

    [bold]Examples[/bold]

      nevus check ~/captures

      nevus check ~/captures --photos

      nevus check ~/captures --json | jq .findings
    """
    held = settled(db=db, group=group)
    with failures():
        from pipeline.upkeep.check import check as look

        with stderr().status("checking"):
            report = look(held.database(folder), photos)
    if json:
        print_json(report)
    else:
        _print(report)
    if not report.holds:
        raise typer.Exit(FAILED)


def _print(report: "Report") -> None:
    for finding in report.findings:
        print_line(finding)
    if report.more:
        print_line(f"… and {report.more:,} more.")
    for note in report.notes:
        remark(note)
    if not report.counts and not report.holds:
        print_line("The database is damaged, so the rest could not be looked at.")
        return
    verdict = "Everything holds" if report.holds else "Not all holds"
    print_line(f"{verdict}: {stored(report.counts) or 'nothing was stored yet'}.")
