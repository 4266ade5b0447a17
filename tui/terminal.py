"""What this terminal can show, and what to do where it can't show enough."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from rich.console import Console

from pipeline.doctor.findings import Finding, note, ok, problem

LEAST_WIDTH, LEAST_HEIGHT = 60, 16
"""Cells that the review screen needs."""


@dataclass(frozen=True)
class Terminal:
    """What is known of a terminal.

    `cells` is (width, height), None where no stream is a terminal; `colours` is what Rich will use
    on one (`truecolor`, `256`, `standard` or empty); `environment` is that of this process.
    """

    interactive: bool
    cells: tuple[int, int] | None
    colours: str
    environment: Mapping[str, str]


def read_terminal() -> Terminal:
    """Look at the terminal of this process; nothing is sent to it."""
    return Terminal(
        interactive=sys.stdin.isatty() and sys.stdout.isatty(),
        cells=_cells(),
        colours=Console(force_terminal=True).color_system or "",
        environment=dict(os.environ),
    )


def _cells() -> tuple[int, int] | None:
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        with suppress(OSError, ValueError, AttributeError):
            width, height = os.get_terminal_size(stream.fileno())  # type: ignore[union-attr]
            return width, height
    return None


def terminal_findings(terminal: Terminal) -> tuple[Finding, ...]:
    """What a terminal means for reviewing."""
    return (
        _interactive(terminal),
        _colours(terminal),
        _size(terminal),
        _characters(terminal.environment),
        _way(terminal.environment),
    )


def _interactive(terminal: Terminal) -> Finding:
    kind = terminal.environment.get("TERM", "")
    if terminal.interactive:
        return ok("Terminal", f"This is a terminal (TERM={kind or 'not set'}).")
    return note(
        "Terminal",
        "Input or output is no terminal just now; nevus review needs one.",
        "Over SSH, use ssh -t. What is said here of colours is for a terminal with these settings.",
    )


def _colours(terminal: Terminal) -> Finding:
    environment = terminal.environment
    if environment.get("NO_COLOR"):
        return note(
            "Colours",
            "NO_COLOR is set: photos are shown in grey.",
            "unset NO_COLOR to see colours.",
        )
    if terminal.colours == "truecolor":
        return ok("Colours", "24-bit colours: photos are shown as they are.")
    if terminal.colours == "256":
        return note("Colours", f"256 colours, which bands skin. {_why(environment)}", _TRUECOLOR)
    return _stops_review(
        terminal,
        "Colours",
        f"{'16 colours' if terminal.colours else 'No colours'}, too few to judge a photo "
        f"(TERM={environment.get('TERM', '')}).",
        "Set TERM to what your terminal is, for example xterm-256color, then look here again.",
    )


_TRUECOLOR = (
    "If your terminal shows 24-bit colours (iTerm2, Ghostty, kitty, WezTerm and, from macOS 26, "
    "Terminal do): export COLORTERM=truecolor on this side, in ~/.zshrc or ~/.bashrc."
)


def _why(environment: Mapping[str, str]) -> str:
    if _over_ssh(environment):
        return "SSH doesn't carry COLORTERM here, so nobody told nevus of more."
    return "COLORTERM isn't set to truecolor, so nobody told nevus of more."


def _size(terminal: Terminal) -> Finding:
    if terminal.cells is None:
        return note("Size", f"Not known; nevus review needs {LEAST_WIDTH}×{LEAST_HEIGHT} cells.")
    width, height = terminal.cells
    if width >= LEAST_WIDTH and height >= LEAST_HEIGHT:
        return ok(
            "Size", f"{width}×{height} cells; nevus review needs {LEAST_WIDTH}×{LEAST_HEIGHT}."
        )
    return _stops_review(
        terminal,
        "Size",
        f"{width}×{height} cells are too few: nevus review needs {LEAST_WIDTH}×{LEAST_HEIGHT}.",
        "Make the window larger, or its font smaller.",
    )


def _stops_review(terminal: Terminal, subject: str, sentence: str, advice: str) -> Finding:
    # A pipe or a file isn't what anyone will review in.
    return (problem if terminal.interactive else note)(subject, sentence, advice)


def _characters(environment: Mapping[str, str]) -> Finding:
    name = next((n for n in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(n)), "")
    value = environment.get(name, "")
    if "utf8" in value.lower().replace("-", ""):
        return ok("Characters", f"UTF-8 ({name}={value}): half cells and accents are shown.")
    said = f"{name}={value}" if name else "LANG isn't set"
    return note(
        "Characters",
        f"The locale doesn't say UTF-8 ({said}): pictures may be drawn as question marks.",
        f"export {name or 'LANG'}=en_US.UTF-8, or C.UTF-8 where there is no other.",
    )


def _way(environment: Mapping[str, str]) -> Finding:
    kept = environment.get("TMUX") or environment.get("STY")
    name = "tmux" if environment.get("TMUX") else "screen"
    if kept and "truecolor" not in environment.get("COLORTERM", ""):
        return note(
            "Connection",
            f"{_from(environment)} inside {name}, which keeps the session if the line is lost.",
            "tmux passes 24-bit colours on with: set -as terminal-features ',*:RGB'."
            if name == "tmux"
            else "screen before version 5 shows 256 colours at most; tmux shows more.",
        )
    if kept:
        return ok("Connection", f"{_from(environment)} inside {name}, which keeps the session.")
    if _over_ssh(environment):
        return ok(
            "Connection",
            "Over SSH. A lost line ends nevus review; what was decided and drawn is saved. "
            "Inside tmux it would go on.",
        )
    return ok("Connection", "On this machine itself, without SSH or tmux.")


def _from(environment: Mapping[str, str]) -> str:
    return "Over SSH," if _over_ssh(environment) else "On this machine,"


def _over_ssh(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
