"""Cells that Kitty's protocol draws a picture in: a letter of its own, with marks for where it is.

https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

from functools import lru_cache

from tui.surface.tiles import Tiling

PLACEHOLDER = "\U0010eeee"
MARKS = (
    "\u0305\u030d\u030e\u0310\u0312\u033d\u033e\u033f\u0346\u034a\u034b\u034c\u0350\u0351\u0352"
    "\u0357\u035b\u0363\u0364\u0365\u0366\u0367\u0368\u0369\u036a\u036b\u036c\u036d\u036e\u036f"
    "\u0483\u0484\u0485\u0486\u0487"
)
"""Which mark means which number from 0 on: the first of 297, none of which is written leftwards."""
FIRST_COLOUR = 16
"""The first of the 256 colours that no terminal writes in a second way."""
PROGRAMS = (len(MARKS) - 1) // 2
"""How many programs may hang pictures in one terminal without each other's names."""


def shelves_of(process: int) -> tuple[int, int]:
    """The two shelves of a process, from 1 on: in tmux several share a terminal, and its names."""
    first = 1 + 2 * (process % PROGRAMS)
    return first, first + 1


def name_of(tile: int, shelf: int) -> int:
    """A tile's number in the terminal: its upper byte is the shelf, its lowest the colour."""
    return shelf << 24 | FIRST_COLOUR + tile


@lru_cache(4096)
def placeholders(tiling: Tiling, shelf: int, line: int, start: int, stop: int) -> str:
    """What a terminal is sent for a part of a line.

    Each cell says all that it is: it may be drawn alone, and beside anything.
    """
    texts, before, row = list[str](), -1, MARKS[line % tiling.tile.height]
    for column in range(start, stop):
        tile = tiling.at(column, line)
        if tile != before:
            texts.append(f"\x1b[38;5;{FIRST_COLOUR + tile}m")
        texts.append(PLACEHOLDER + row + MARKS[column % tiling.tile.width] + MARKS[shelf])
        before = tile
    return "".join(texts) + "\x1b[0m"
