"""`nevus verify`: whether a dataset is still what was exported."""

from pathlib import Path
from typing import Annotated

import typer

from tui.commands.options import Json
from tui.commands.output import FAILED, failures, print_json, print_table, remark


def verify(
    dest: Annotated[
        Path,
        typer.Argument(
            metavar="DEST",
            help="A folder that nevus export wrote; it is not changed.",
            exists=True,
            file_okay=False,
        ),
    ],
    json: Json = False,
) -> None:
    """Hold a dataset against its manifest: each file, and each mask that is read from them.

    It needs no database and no photos, and works years later.

    [bold]Examples[/bold]

      nevus verify ~/datasets/may
    """
    with failures():
        from pipeline.exchange.verify import verify as hold_against

        verified = hold_against(dest)
    for fault in verified.faults:
        remark(fault)
    if json:
        print_json(verified)
    else:
        print_table(
            {
                "photos": verified.photos,
                "files": verified.files,
                "faults": len(verified.faults),
            }
        )
    if verified.faults:
        raise typer.Exit(FAILED)
