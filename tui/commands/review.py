"""`nevus review`: the app."""

import gc
import os
import sys
from pathlib import Path

from tui.commands.options import Color, Folder, Pictures, Reviewer, Theme
from tui.commands.outlining import UNSAID, Outlining, with_outlining
from tui.commands.output import WRONG_USAGE, fail, failures, say_last
from tui.commands.settings import checked, settled


@with_outlining
def review(
    folder: Folder = Path(),
    reviewer: Reviewer = None,
    outlining: Outlining = UNSAID,
    color: Color = None,
    graphics: Pictures = None,
    theme: Theme = None,
) -> None:
    """Watch FOLDER, segment its photos in the background, and review them.

    Without FOLDER the current one. Photos that arrive while it runs appear by themselves.

    [bold]Examples[/bold]

      nevus review

      nevus review ~/captures --reviewer ada

      nevus review /Volumes/card/DCIM --db ~/review/clinic.db

      nevus review /srv/captures --group clinic

      nevus review --color truecolor --theme light
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise fail(
            "review needs a terminal. Over SSH, use ssh -t; without a screen, use nevus segment.",
            WRONG_USAGE,
        )
    # Until all that is imported is there and set apart, there is nothing to look for garbage in.
    gc.disable()
    look = {"color": color, "graphics": graphics, "theme": theme}
    held = settled(**vars(outlining), reviewer=reviewer, **look)
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
