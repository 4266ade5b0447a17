"""`nevus export`: write the reviewed masks as a dataset."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import Database, Folder, Group, Json
from tui.commands.output import WRONG_USAGE, fail, failures, print_json, print_table, remark
from tui.commands.settings import settled

if TYPE_CHECKING:
    from db.values import DecisionKind

ChosenKinds = Annotated[
    list[str],
    typer.Option(
        "--decision",
        metavar="KIND",
        help="Which photos: accepted, corrected, rejected, “no lesion”, skipped; can be repeated.",
    ),
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
    """
    kinds = _kinds(decision)
    held = settled(db=db, group=group)
    with failures():
        from pipeline.exchange.export import check_destination, filled, unstored
        from pipeline.exchange.export import export as write

        check_destination(dest, folder)
        exported = write(held.database(folder), dest, folder, format_name, kinds)
        for said in (unstored(exported), filled(exported, format_name)):
            if said is not None:
                remark(said)
        if json:
            print_json(exported)
        else:
            print_table({name.replace("_", " "): told for name, told in vars(exported).items()})


def _kinds(names: list[str]) -> "list[DecisionKind]":
    from db.values import DecisionKind

    unknown = [name for name in names if name not in set(DecisionKind)]
    if unknown:
        known = ", ".join(DecisionKind)
        raise fail(f"--decision takes one of: {known}; not “{unknown[0]}”.", WRONG_USAGE)
    return [DecisionKind(name) for name in names]
