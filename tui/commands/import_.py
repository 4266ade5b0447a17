"""`nevus import`: masks of other tools and databases, for photos that nevus knows."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tui.commands.options import Database, Folder, Group, Json, Reviewer
from tui.commands.output import FAILED, failures, print_json, print_table, remark, stderr
from tui.commands.settings import settled

if TYPE_CHECKING:
    from pipeline.exchange.importing import Imported

NAMED = 20
"""Sentences of a kind that are printed; --json has them all."""


def _known_format(name: str) -> str:
    from pipeline.exchange.detect import MASKS
    from pipeline.exchange.find import format_names

    known = [*format_names(), MASKS]
    if name and name not in known:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(known)}.")
    return name


def import_(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            exists=True,
            help="A dataset's folder or file, or a folder of masks; it is not changed.",
        ),
    ],
    folder: Folder = Path(),
    db: Database = None,
    as_what: Annotated[
        Literal["outline", "decision"],
        typer.Option(
            "--as", help="Outlines that wait for review, or decisions that stand as they are."
        ),
    ] = "outline",
    format_name: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            callback=_known_format,
            help="Where the files don't show it: a format of nevus export, or masks.",
        ),
    ] = "",
    frame: Annotated[
        Literal["upright", "stored"] | None,
        typer.Option(help="Where it can't be told: how masks lie on photos that are turned."),
    ] = None,
    classes: Annotated[
        list[str],
        typer.Option("--class", metavar="NAME", help="What means a lesion; can be repeated."),
    ] = [],  # noqa: B006
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Store nothing, and say what would be.")
    ] = False,
    reviewer: Reviewer = None,
    group: Group = None,
    json: Json = False,
) -> None:
    """Take in masks from SOURCE for the photos of FOLDER that nevus knows.

    Each is matched with its photo by what that shows, by path, then by name; where several may be
    meant, nothing is guessed. What was decided or is being corrected here stays, and is named. An
    outline that was imported stays until somebody decides; the same import twice changes nothing.

    The status is 1 where labels could not be read or don't fit their photos.

    [bold]Examples[/bold]

      nevus import ~/datasets/may ~/captures

      nevus import annotations.xml ~/captures --as decision

      nevus import ~/masks ~/captures --dry-run

      nevus import instances.json ~/captures --class nevus --class melanoma
    """
    held = settled(db=db, group=group, reviewer=reviewer)
    with failures(), stderr().status("importing") as line:
        from contextlib import closing

        from db.sqlite.inspection import form_in
        from db.store import Store
        from pipeline.exchange.importing import Asked, import_labels
        from pipeline.exchange.layout import Frame

        asked = Asked(
            reviewer=held.name(),
            as_decision=as_what == "decision",
            format_name=format_name,
            frame=None if frame is None else Frame(frame),
            classes=tuple(classes),
            store=not dry_run,
        )
        place = held.database(folder)
        form_in(place)

        def tell(done: int) -> None:
            line.update(f"importing, {done:,} labels read")

        with closing(Store.open(place, held.group)) as store:
            found = import_labels(store, folder, source, asked, tell)
    if json:
        print_json(found)
    else:
        _name(found)
        print_table(_told(found, dry_run))
    if found.faults:
        raise typer.Exit(FAILED)


def _name(found: "Imported") -> None:
    """What was not taken, on stderr: the first of each kind."""
    missing = tuple(f"{key}: no photo that nevus knows here is meant." for key in found.missing)
    for sentences in (found.faults, found.conflicts, missing):
        for sentence in sentences[:NAMED]:
            remark(sentence)
        if len(sentences) > NAMED:
            remark(f"… and {len(sentences) - NAMED:,} more like these; --json names them all.")
    if found.missing:
        remark("Photos are known once nevus segment FOLDER, or nevus review, has seen them.")


def _told(found: "Imported", dry_run: bool) -> dict[str, object]:
    return {
        "format": found.format,
        "labels": found.labels,
        "would be imported" if dry_run else "imported": found.imported,
        "the same here": found.as_they_are,
        "of no known photo": found.unknown,
        "conflicts": len(found.conflicts),
        "faults": len(found.faults),
    }
