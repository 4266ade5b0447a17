"""`nevus review`: the app."""

import os
import sys
from pathlib import Path

from tui.commands.options import (
    Color,
    ComputeUnits,
    Database,
    Folder,
    Group,
    Memory,
    Model,
    Pictures,
    Reviewer,
    RunBy,
    TimeLimit,
    Workers,
)
from tui.commands.output import WRONG_USAGE, fail, failures, say_last
from tui.commands.settings import checked, settled


def review(
    folder: Folder = Path(),
    db: Database = None,
    group: Group = None,
    model: Model = None,
    reviewer: Reviewer = None,
    backend: RunBy = None,
    compute_units: ComputeUnits = None,
    color: Color = None,
    graphics: Pictures = None,
    time_limit: TimeLimit = None,
    workers: Workers = None,
    memory: Memory = None,
) -> None:
    """Watch FOLDER, segment its photos in the background, and review them.

    Without FOLDER the current one. Photos that arrive while it runs appear by themselves.

    [bold]Examples[/bold]

      nevus review

      nevus review ~/captures --reviewer ada

      nevus review /Volumes/card/DCIM --db ~/review/clinic.db

      nevus review /srv/captures --group clinic

      nevus review --color truecolor
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise fail(
            "review needs a terminal. Over SSH, use ssh -t; without a screen, use nevus segment.",
            WRONG_USAGE,
        )
    held = settled(
        db=db,
        group=group,
        model=model,
        reviewer=reviewer,
        backend=backend,
        compute_units=compute_units,
        color=color,
        graphics=graphics,
        time_limit=time_limit,
        workers=workers,
        memory=memory,
    )
    preferences = checked(held)
    with failures():
        from tui.surface.finding import looking_at_terminal

        # Before the app listens: it would take the terminal's answers for keys.
        with looking_at_terminal(held.color, held.graphics) as looked:
            from tui.launch import run_app

            found = looked.result()
        if held.color != "auto":
            os.environ.pop("NO_COLOR", None)

        say_last(run_app(folder, held, preferences, found))
