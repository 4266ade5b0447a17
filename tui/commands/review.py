"""`nevus review`: the app."""

import getpass
import os
import sys
from pathlib import Path

from tui.commands.options import (
    Backend,
    Color,
    ComputeUnits,
    Database,
    Folder,
    Model,
    Reviewer,
    TimeLimit,
)
from tui.commands.output import WRONG_USAGE, fail, failures


def review(
    folder: Folder = Path(),
    db: Database = None,
    model: Model = None,
    reviewer: Reviewer = None,
    backend: Backend = "auto",
    compute_units: ComputeUnits = "CPU_AND_NE",
    color: Color = "auto",
    time_limit: TimeLimit = 60,
) -> None:
    """Watch FOLDER, segment its photos in the background, and review them.

    Without FOLDER the current one. Photos that arrive while it runs appear by themselves.

    [bold]Examples[/bold]

      nevus review

      nevus review ~/captures --reviewer ada

      nevus review /Volumes/card/DCIM --db ~/review/clinic.db

      nevus review --color truecolor
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise fail(
            "review needs a terminal. Over SSH, use ssh -t; without a screen, use nevus segment.",
            WRONG_USAGE,
        )
    with failures():
        from db.sqlite.location import database_for
        from models.run.segmenter import shipped_model
        from tui.launch import run_app
        from tui.surface.colours import find_colours

        # Before the app listens: it would take the terminal's answers for keys.
        colours, typed = find_colours(color)
        if color != "auto":
            os.environ.pop("NO_COLOR", None)

        run_app(
            folder=folder,
            database=database_for(folder, db),
            model=model or shipped_model(),
            backend=backend,
            compute_units=compute_units,
            time_limit=time_limit,
            reviewer=reviewer or getpass.getuser(),
            colours=colours,
            typed=typed,
        )
