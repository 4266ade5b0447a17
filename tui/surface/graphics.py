"""Whether the photo is drawn as a picture or in cells, and how that is known."""

import fcntl
import re
import struct
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from tui.surface.probe import Answer
from tui.surface.raster import Raster
from tui.surface.tmux import client_types, inside_tmux, passes_on

LEAST_CELL, MOST_CELL = 4, 200
"""Pixels a side: what is told beyond is no cell."""
NOWHERE = frozenset({"", "dumb", "linux"})
"""Terminals that have no pictures, and print what they are asked."""


HANGING = re.compile(r"(kitty|ghostty)\b", re.IGNORECASE)
"""What terminals call themselves that draw pictures in placeholders."""
NO_PASSAGE = "as tmux passes no pictures on: tmux set -g allow-passthrough on"
NOTHING_BEYOND = "as the terminal behind tmux said nothing of pictures in placeholders"


class Way(StrEnum):
    """How the photo is drawn."""

    CELLS = "cells"
    KITTY = "kitty"
    SIXEL = "sixel"

    @property
    def words(self) -> str:
        """As it is said to a person."""
        return {
            Way.CELLS: "in cells",
            Way.KITTY: "as a picture, by Kitty's protocol",
            Way.SIXEL: "as a picture, by Sixel",
        }[self]


@dataclass(frozen=True)
class Graphics:
    """How the photo is drawn, and `why`, in words; `cell` is a cell's width and height in pixels.

    `mends` says whether a part of a picture can be drawn anew, `in_tmux` whether a tmux is between.
    """

    way: Way = Way.CELLS
    why: str = "as nothing said more"
    cell: tuple[int, int] | None = None
    mends: bool = False
    in_tmux: bool = False

    @property
    def raster(self) -> Raster:
        """A cell's pixels, as they are now: the font may be another one than at the start."""
        across, down = window_cell() or self.cell or (LEAST_CELL, LEAST_CELL)
        return Raster(across, down)


CELLS = Graphics()


def asks_pictures(choice: str, environment: Mapping[str, str], is_asked: bool) -> bool:
    """Whether a terminal is to be asked for pictures, for a `--graphics`.

    `is_asked` says whether it is asked for its colours anyway. A terminal that is known by its
    variables, and says nothing of its pixels, has none: it is not asked, and nobody waits.
    """
    if choice == Way.CELLS or not _may_have(environment):
        return False
    return choice != "auto" or is_asked or window_cell() is not None


def found_graphics(choice: str, answer: Answer, environment: Mapping[str, str]) -> Graphics:
    """How the photo is drawn, of a `--graphics` and of what the terminal answered."""
    if choice == Way.CELLS:
        return Graphics(why="as --graphics says")
    if not _may_have(environment):
        return Graphics(why="as nothing else reaches the terminal through this")
    cell = window_cell() or _sound(answer.cell)
    if cell is None:
        return Graphics(why="as the terminal said nothing of its pixels")
    if choice != "auto":
        return Graphics(Way(choice), "as --graphics says", cell, answer.mends)
    way = Way.KITTY if answer.hangs else Way.SIXEL if answer.sixel else Way.CELLS
    if way is Way.CELLS:
        return Graphics(why="as the terminal said nothing of pictures", cell=cell)
    return Graphics(way, "as the terminal said when it was asked", cell, answer.mends)


def beyond_tmux(
    choice: str, environment: Mapping[str, str], ask: Callable[[Mapping[str, str]], Answer]
) -> tuple[Graphics, str]:
    """How the photo is drawn inside tmux, where `ask` asks the terminal; what was typed, beside."""
    if choice == Way.CELLS:
        return Graphics(why="as --graphics says"), ""
    if choice == Way.SIXEL:
        return Graphics(why="as no Sixel goes through tmux"), ""
    if not passes_on(environment):
        return Graphics(why=NO_PASSAGE), ""
    cell, types = window_cell(), client_types(environment)
    answer = ask(environment) if cell is not None else Answer()
    # What they do with placeholders can't be tried from here: their own names are what there is.
    hangs = bool(types) and all(map(HANGING.match, types)) and answer.hangs
    if cell is None or not (hangs or choice == Way.KITTY):
        return Graphics(why=NOTHING_BEYOND, cell=cell), answer.typed
    why = "as the terminal behind tmux said when it was asked" if hangs else "as --graphics says"
    return Graphics(Way.KITTY, why, cell, answer.mends, in_tmux=True), answer.typed


def window_cell() -> tuple[int, int] | None:
    """A cell's pixels, width and height, as the system knows them of this terminal."""
    for stream in (1, 2, 0):
        with suppress(OSError):
            told = fcntl.ioctl(stream, termios.TIOCGWINSZ, bytes(8))
            lines, columns, width, height = struct.unpack("HHHH", told)
            if lines and columns:
                return _sound((width // columns, height // lines))
    return None


def _sound(cell: tuple[int, int] | None) -> tuple[int, int] | None:
    return cell if cell and all(LEAST_CELL <= side <= MOST_CELL for side in cell) else None


def _may_have(environment: Mapping[str, str]) -> bool:
    return (
        not environment.get("STY")
        and not inside_tmux(environment)
        and (environment.get("TERM", "").lower() not in NOWHERE)
    )
