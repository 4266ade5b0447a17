"""`nevus export`: write the reviewed masks as a dataset."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tui.commands.options import Database, Folder, Group, Json
from tui.commands.output import WRONG_USAGE, fail, failures, print_json, print_table, remark
from tui.commands.settings import settled

if TYPE_CHECKING:
    from db.values import DecisionKind
    from pipeline.exchange.export import Exported
    from pipeline.exchange.split import Split

ChosenKinds = Annotated[
    list[str],
    typer.Option(
        "--decision",
        metavar="KIND",
        help="Which photos: accepted, corrected, rejected, “no lesion”, skipped; can be repeated.",
    ),
]


Where = Annotated[
    list[str],
    typer.Option(
        "--where",
        metavar="WHAT=VALUE",
        help="As the screen's filter: reviewer, score, flag, folder, sureness, area, decision.",
    ),
]


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is no day; say one as in 2026-05-31.") from error


Day = Annotated[
    date | None,
    typer.Option(parser=_read_day, metavar="DAY", help="Decided from or up to this day."),
]


def _known_format(name: str) -> str:
    from pipeline.exchange.find import format_names

    if name not in format_names():
        raise typer.BadParameter(f"{name!r} is none of {', '.join(format_names())}.")
    return name


def export(
    dest: Annotated[
        Path,
        typer.Argument(metavar="DEST", help="A new folder for the dataset, outside FOLDER."),
    ],
    folder: Folder = Path(),
    db: Database = None,
    format_name: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            callback=_known_format,
            help="png (a mask a photo), coco, coco-polygons, csv, cvat, label-studio, labelme, "
            "parquet, voc or yolo.",
        ),
    ] = "png",
    decision: ChosenKinds = ["accepted", "corrected", "no lesion"],  # noqa: B006
    where: Where = [],  # noqa: B006
    search: Annotated[
        str, typer.Option(metavar="WORDS", help="Photos with these words in name or note.")
    ] = "",
    since: Day = None,
    until: Day = None,
    by_model: Annotated[
        list[str],
        typer.Option(metavar="NAME", help="Outlined by this model, or its hash; can be repeated."),
    ] = [],  # noqa: B006
    photos: Annotated[
        Literal["leave", "copy", "link"],
        typer.Option(help="Copy photos into the dataset, without metadata, or link them."),
    ] = "leave",
    frame: Annotated[
        Literal["upright", "stored"],
        typer.Option(help="Masks upright, or as the pixels of turned photos are stored."),
    ] = "upright",
    names: Annotated[
        Literal["own", "hash"],
        typer.Option(help="Names of photos, or hashes where names hold patients."),
    ] = "own",
    split: Annotated[
        str | None,
        typer.Option(metavar="80/10/10", help="Shares for train, val and test; divides no group."),
    ] = None,
    grouped_by: Annotated[
        str,
        typer.Option(
            metavar="HOW",
            help="What a group of --split is: folder, as by itself, a pattern for paths, or a CSV "
            "with photo and group.",
        ),
    ] = "",
    update: Annotated[
        bool,
        typer.Option("--update", help="Take the place of the dataset that is at DEST, once whole."),
    ] = False,
    json: Json = False,
    group: Group = None,
) -> None:
    """Write the reviewed masks of FOLDER to DEST, each with where it comes from.

    Accepted and corrected masks, and photos without a lesion as images without annotation.
    Rejected and skipped photos are left out unless asked for.

    [bold]Examples[/bold]

      nevus export ~/datasets/may ~/captures

      nevus export ~/datasets/may ~/captures --format coco

      nevus export ~/datasets/hard ~/captures --decision rejected --decision skipped

      nevus export ~/sets/yolo ~/captures -f yolo --photos copy --split 80/10/10

      nevus export ~/sets/ada ~/captures --where reviewer=ada --where score=5
    """
    kinds = _kinds(decision)
    held = settled(db=db, group=group)
    with failures():
        from pipeline.exchange.choice import Choice, value_of
        from pipeline.exchange.export import changed, check_destination, filled, unstored
        from pipeline.exchange.export import export as write
        from pipeline.exchange.layout import Frame, Layout, Names, Photos

        check_destination(dest, folder, update=update)
        choice = Choice(search, tuple(map(value_of, where)), since, until, tuple(by_model))
        parts = _parts(split, grouped_by)
        layout = Layout(Photos(photos), Frame(frame), Names(names), parts, update)
        exported = write(held.database(folder), dest, folder, format_name, kinds, choice, layout)
        for said in (unstored(exported), changed(exported), filled(exported, format_name)):
            if said is not None:
                remark(said)
        if json:
            print_json(exported)
        else:
            print_table({name.replace("_", " "): told for name, told in _told(exported).items()})


def _told(exported: "Exported") -> dict[str, object]:
    """What was exported, as a table has it: parts only where there are any."""
    parts = ", ".join(f"{part} {photos:,}" for part, photos in exported.parts.items())
    told = {name: value for name, value in vars(exported).items() if name != "parts"}
    if not exported.changed:
        del told["changed"]
    return {**told, "parts": parts} if parts else told


def _parts(split: str | None, grouped_by: str) -> "Split | None":
    from pipeline.errors import WrongChoice
    from pipeline.exchange.split import Split, grouping, shares_of

    if split:
        how = grouped_by or "folder"
        return Split(shares_of(split), grouping(how), how)
    if grouped_by:
        raise WrongChoice("--grouped-by says what --split must not divide: say both, or neither.")
    return None


def _kinds(names: list[str]) -> "list[DecisionKind]":
    from db.values import DecisionKind

    unknown = [name for name in names if name not in set(DecisionKind)]
    if unknown:
        known = ", ".join(DecisionKind)
        raise fail(f"--decision takes one of: {known}; not “{unknown[0]}”.", WRONG_USAGE)
    return [DecisionKind(name) for name in names]
