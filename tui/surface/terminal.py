"""What this terminal can show, and what to do where it can't show enough."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pipeline.doctor.findings import Finding, note, ok, problem
from tui.surface.colours import Colours, Depth, Source
from tui.surface.finding import look_at_terminal
from tui.surface.graphics import CELLS, Graphics, Way
from tui.surface.probe import give_back
from tui.surface.room import LEAST_HEIGHT, LEAST_WIDTH


@dataclass(frozen=True)
class Terminal:
    """What is known of a terminal.

    `cells` is (width, height), None where no stream is a terminal; `colours` are those that review
    would use; `environment` is that of this process.
    """

    interactive: bool
    cells: tuple[int, int] | None
    colours: Colours
    environment: Mapping[str, str]
    graphics: Graphics = CELLS


def read_terminal(color: str, graphics: str) -> Terminal:
    """Look at the terminal of this process, with a `--color` and a `--graphics`.

    Where it is one, it is asked.
    """
    found = look_at_terminal(color, graphics)
    give_back(found.typed)
    return Terminal(
        interactive=sys.stdin.isatty() and sys.stdout.isatty(),
        cells=_cells(),
        colours=found.colours,
        environment=dict(os.environ),
        graphics=found.graphics,
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
        _photo(terminal.graphics),
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
    colours, environment = terminal.colours, terminal.environment
    if environment.get("NO_COLOR") and colours.source is not Source.OPTION:
        return note(
            "Colours",
            "NO_COLOR is set: photos are shown in grey.",
            "unset NO_COLOR to see colours, or start nevus review with --color truecolor.",
        )
    what = f"{colours.depth.words}, {colours.source.value}"
    if colours.depth is Depth.FEW:
        return _stops_review(
            terminal,
            "Colours",
            f"{what}: too few to judge a photo (TERM={environment.get('TERM', '')}).",
            "Set TERM to what your terminal is, for example xterm-256color, then look here again.",
        )
    if colours.depth is Depth.TABLE:
        return note("Colours", f"{what}: skin looks banded.", _advice(terminal))
    if colours.doubt:
        return note("Colours", f"{what}.", _advice(terminal))
    return ok("Colours", f"{what}: photos are shown as they are.")


def _advice(terminal: Terminal) -> str:
    if terminal.colours.source is Source.UNKNOWN and not terminal.interactive:
        return "Run nevus doctor without a pipe or a file behind it: then it asks the terminal."
    return terminal.colours.doubt


def _photo(graphics: Graphics) -> Finding:
    if graphics.remark:
        return note(
            "Photo",
            graphics.remark,
            "Leave --graphics at auto, or review where the terminal itself has such pictures.",
        )
    said = f"Drawn {graphics.way.words}, {graphics.why}"
    if not graphics.sure:
        return note(
            "Photo", f"{said}.", "If the photo is garbled or missing, leave --graphics at auto."
        )
    if graphics.way is Way.CELLS or graphics.cell is None:
        return ok("Photo", f"{said}.")
    width, height = graphics.cell
    return ok("Photo", f"{said}; a cell is {width}×{height} pixels.")


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
    if environment.get("STY"):
        return note(
            "Connection",
            f"{_from(environment)} inside screen, which keeps the session if the line is lost.",
            "screen before version 5 shows 256 colours at most; tmux shows more.",
        )
    if environment.get("TMUX"):
        return ok("Connection", f"{_from(environment)} inside tmux, which keeps the session.")
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
