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
    return tuple(_said(environment, "list-clients", "-F", "#{client_termfeatures}").split())


def client_types(environment: Mapping[str, str]) -> tuple[str, ...]:
    """What each attached terminal calls itself, such as `kitty(0.36.4)`; empty where it doesn't.

    tmux asks each of them when it is attached, and hands their own words down.
    """
    return tuple(_said(environment, "list-clients", "-F", "#{client_termtype}").splitlines())


def passes_on(environment: Mapping[str, str]) -> bool:
    """Whether tmux hands the terminal what is none of its own business, if it is told so."""
    said = _said(environment, "show-options", "-Apv", last="allow-passthrough").strip()
    return said in {"on", "all"}


def _said(environment: Mapping[str, str], *question: str, last: str = "") -> str:
    """What tmux says about the pane of this process; nothing if it can't tell."""
    program = shutil.which("tmux")
    if program is None:
        return ""
    pane = environment.get("TMUX_PANE", "")
    where = ["-t", pane] if pane else []
    try:
        asked = subprocess.run(
            [program, *question, *where, *([last] if last else [])],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout
