"""Whether the photo is drawn as a picture or in cells, and how that is known."""

import fcntl
import re
import struct
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
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
CHOSEN = "as --graphics says"
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

    `wanted` is how a person wanted it drawn, None where that was left to nevus, and `sure` whether
    the terminal said that it can. `mends` says whether a part of a picture can be drawn anew,
    `in_tmux` whether a tmux is between.
    """

    way: Way = Way.CELLS
    why: str = "as nothing said more"
    cell: tuple[int, int] | None = None
    mends: bool = False
    in_tmux: bool = False
    wanted: Way | None = None
    sure: bool = True

    @property
    def missed(self) -> Way | None:
        """How a person wanted it drawn, where it is not."""
        return self.wanted if self.wanted is not self.way else None

    @property
    def remark(self) -> str:
        """What is drawn instead of what was asked for, and why; empty where that is drawn."""
        if self.missed is None:
            return ""
        return (
            f"--graphics {self.missed} was asked for. "
            f"The photo is drawn {self.way.words}, {self.why}."
        )

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
    if wanted_way(choice) is Way.CELLS or not _may_have(environment):
        return False
    return choice != "auto" or is_asked or window_cell() is not None


def found_graphics(choice: str, answer: Answer, environment: Mapping[str, str]) -> Graphics:
    """How the photo is drawn, of a `--graphics` and of what the terminal answered."""
    wanted = wanted_way(choice)
    if wanted is Way.CELLS:
        return Graphics(why=CHOSEN, wanted=wanted)
    if not _may_have(environment):
        return Graphics(why=_in_the_way(environment), wanted=wanted)
    cell = window_cell() or _sound(answer.cell)
    if cell is None:
        return Graphics(why="as the terminal said nothing of its pixels", wanted=wanted)
    if wanted is not None:
        sure = answer.hangs if wanted is Way.KITTY else answer.sixel
        return Graphics(wanted, _chosen(sure), cell, answer.mends, wanted=wanted, sure=sure)
    way = Way.KITTY if answer.hangs else Way.SIXEL if answer.sixel else Way.CELLS
    if way is Way.CELLS:
        return Graphics(why="as the terminal said nothing of pictures", cell=cell)
    return Graphics(way, "as the terminal said when it was asked", cell, answer.mends)


def beyond_tmux(
    choice: str, environment: Mapping[str, str], ask: Callable[[Mapping[str, str]], Answer]
) -> tuple[Graphics, str]:
    """How the photo is drawn inside tmux, where `ask` asks the terminal; what was typed, beside."""
    wanted = wanted_way(choice)
    if wanted is Way.CELLS:
        return Graphics(why=CHOSEN, wanted=wanted), ""
    if wanted is Way.SIXEL:
        return Graphics(why="as no Sixel goes through tmux", wanted=wanted), ""
    if not passes_on(environment):
        return Graphics(why=NO_PASSAGE, wanted=wanted), ""
    cell, types = window_cell(), client_types(environment)
    answer = ask(environment) if cell is not None else Answer()
    # What they do with placeholders can't be tried from here: their own names are what there is.
    hangs = bool(types) and all(map(HANGING.match, types)) and answer.hangs
    if cell is None:
        return Graphics(why="as tmux said nothing of its pixels", wanted=wanted), answer.typed
    if not hangs and wanted is None:
        return Graphics(why=NOTHING_BEYOND, cell=cell), answer.typed
    why = "as the terminal behind tmux said when it was asked" if hangs else _chosen(hangs)
    found = Graphics(Way.KITTY, why, cell, answer.mends, in_tmux=True, wanted=wanted, sure=hangs)
    return found, answer.typed


def without_colours(graphics: Graphics) -> Graphics:
    """The same where colours are taken away on the way: those of a picture can't be."""
    if graphics.way is Way.CELLS:
        return graphics
    return replace(graphics, way=Way.CELLS, why="as NO_COLOR is set, and a picture has colours")


def wanted_way(choice: str) -> Way | None:
    """How a `--graphics` says that the photo is to be drawn; None where it leaves that to nevus."""
    return None if choice == "auto" else Way(choice)


def _chosen(sure: bool) -> str:
    return CHOSEN if sure else f"{CHOSEN}, though the terminal didn't say that it can"


def _in_the_way(environment: Mapping[str, str]) -> str:
    """Why a terminal has no pictures, whatever it would say."""
    if environment.get("STY"):
        return "as screen passes no pictures on"
    if inside_tmux(environment):
        return "as tmux passes no pictures on"
    return f"as TERM={environment.get('TERM', '')} has no pictures"


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
