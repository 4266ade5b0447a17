"""What a tmux that nevus runs in says of the terminals attached to it."""

import shutil
import subprocess
from collections.abc import Mapping

PATIENCE = 2.0
"""Seconds; tmux answers in milliseconds unless it hangs."""


def inside_tmux(environment: Mapping[str, str]) -> bool:
    """Whether a tmux is next to nevus on the way to the terminal."""
    return bool(environment.get("TMUX")) and not environment.get("STY")


def client_features(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The features of each attached terminal, such as `256,RGB,title`; none if tmux can't tell.

    tmux before 3.2 knows no features, and its answer is empty.
    """
    program = shutil.which("tmux")
    if program is None:
        return ()
    pane = environment.get("TMUX_PANE", "")
    question = ["list-clients", *(["-t", pane] if pane else []), "-F", "#{client_termfeatures}"]
    try:
        asked = subprocess.run(
            [program, *question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(asked.stdout.split())
