"""A small terminal that understands Kitty's graphics, and says what is seen: pixels, not letters.

Written from the protocol's own page, not from what nevus sends:
https://sw.kovidgoyal.net/kitty/graphics-protocol/
"""

import re
import unicodedata
import zlib
from base64 import b64decode
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple

import numpy as np
from PIL import Image

from imaging.framing import Pixels, Size

TOKEN = re.compile(
    r"\x1b_G(?P<keys>[^;\x1b]*)(?:;(?P<data>[^\x1b]*))?\x1b\\"
    r"|\x1b\](?:[^\x07\x1b]*)(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
    r"|\x1b\[(?P<numbers>[?>=<]?[\d;:]*)[ -/]*(?P<does>[@-~])"
    r"|\x1b[78=>]|\x1b\([A-Z0-9]|(?P<letter>[^\x1b])",
    re.DOTALL,
)
LONGEST = 5000
"""Of all that is sent at once, a message with a picture."""
MOVES = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}
"""Where the cursor goes, down and across."""
PLACEHOLDER = "\U0010eeee"
MARKS = [
    character
    for character in map(chr, range(0x300, 0x600))
    if unicodedata.combining(character) == 230
    and not unicodedata.decomposition(character)
    # Taken out by the protocol: they are fused with letters where texts are normalised.
    and ord(character) not in {0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x309}
    and ord(character) not in {0x30A, 0x30B, 0x30C, 0x30F, 0x311, 0x313, 0x314, 0x342}
]
"""What stands for 0, 1, 2 … : letters of Unicode 6 that are set above others."""


class Seen(NamedTuple):
    """A cell: its letter with what is set above it, and the colour's number, -1 for another."""

    text: str
    colour: int


@dataclass
class Picture:
    """A picture that the terminal holds, drawn in so many cells."""

    pixels: Pixels
    cells: Size


@dataclass
class KittyTerminal:
    """Takes over what it is sent; raises where the protocol is broken."""

    cell: tuple[int, int]
    pictures: dict[int, Picture] = field(default_factory=dict)
    screen: dict[tuple[int, int], Seen] = field(default_factory=dict)
    messages: list[dict[str, str]] = field(default_factory=list)
    _at: tuple[int, int] = (0, 0)
    _colour: int = -1
    _keys: dict[str, str] = field(default_factory=dict)
    _data: list[str] = field(default_factory=list)
    _rest: str = ""

    def take(self, text: str) -> None:
        """Take over a piece of all that is sent, which may end anywhere."""
        text, end = self._rest + text, 0
        while token := TOKEN.match(text, end):
            end = token.end()
            if token["keys"] is not None:
                self._message(token["keys"], token["data"] or "")
            elif token["does"]:
                self._control(token["numbers"], token["does"])
            elif token["letter"]:
                self._write(token["letter"])
        self._rest = text[end:]
        # What is left is cut off, not strange.
        assert len(self._rest) < LONGEST, self._rest[:80]

    # Text

    def _control(self, numbers: str, does: str) -> None:
        row, column = self._at
        if does == "H":
            at = [int(number or 1) - 1 for number in [*numbers.split(";"), "1"][:2]]
            self._at = at[0], at[1]
        elif does in MOVES:
            down, across = MOVES[does]
            steps = int(numbers or 1)
            self._at = max(0, row + down * steps), max(0, column + across * steps)
        elif does in "dG":
            place = int(numbers or 1) - 1
            self._at = (place, column) if does == "d" else (row, place)
        elif does in "JKX":
            self._erase(does, int(numbers or 0))
        elif does == "m":
            self._style(numbers)
        elif numbers == "?1049" and does in "hl":
            self.screen.clear()

    def _erase(self, does: str, what: int) -> None:
        """Clear the screen, the line or so many cells, from here on or (2) wholly."""
        row, column = self._at
        for at in [*self.screen]:
            after = at[0] > row or what == 2 if does == "J" else False
            end = column + what if does == "X" else 10_000
            if after or (at[0] == row and (column <= at[1] < end or (what == 2 and does != "X"))):
                del self.screen[at]

    def _style(self, numbers: str) -> None:
        units = re.findall(r"[34]8;(?:2;\d+;\d+;\d+|5;\d+)|\d+", numbers or "0")
        for unit in units:
            if unit.startswith("38;"):
                self._colour = int(unit[5:]) if unit.startswith("38;5;") else -1
            elif unit in {"0", "39"}:
                self._colour = -1

    def _write(self, letter: str) -> None:
        row, column = self._at
        if letter in "\r\n":
            self._at = (row, 0) if letter == "\r" else (row + 1, column)
        elif letter == "\b":
            self._at = row, column - 1
        elif unicodedata.combining(letter):
            before = self.screen[row, column - 1]
            self.screen[row, column - 1] = before._replace(text=before.text + letter)
        elif letter >= " ":
            self.screen[self._at] = Seen(letter, self._colour)
            self._at = row, column + 1

    # Pictures

    def _message(self, keys: str, data: str) -> None:
        assert len(data) <= 4096
        said = dict(pair.split("=") for pair in keys.split(","))
        if self._keys:
            assert set(said) <= {"m", "q", "a"}
            # Only a frame's pieces say once more what they are of.
            assert said.get("a", "") == ("f" if self._keys["a"] == "f" else "")
        else:
            self._keys = said
        self._data.append(data)
        if said.get("m", "0") == "1":
            assert len(data) % 4 == 0
            return
        whole, self._keys = self._keys, {}
        parts, self._data = "".join(self._data), []
        self.messages.append({**whole, "bytes": str(len(parts))})
        self._obey(whole, parts)

    def _obey(self, keys: dict[str, str], data: str) -> None:
        name = int(keys["i"])
        match keys["a"]:
            case "d":
                assert keys["d"] == "I"
                self.pictures.pop(name, None)
            case "t":
                self.pictures[name] = Picture(_decoded(keys, data), Size(0, 0))
            case "T":
                assert keys["U"] == "1"
                cells = Size(int(keys["c"]), int(keys["r"]))
                self.pictures[name] = Picture(_decoded(keys, data), cells)
            case "f":
                assert (keys["r"], keys["X"]) == ("1", "1")
                part, pixels = _decoded(keys, data), self.pictures[name].pixels
                x, y = int(keys.get("x", 0)), int(keys.get("y", 0))
                assert y + part.shape[0] <= pixels.shape[0]
                assert x + part.shape[1] <= pixels.shape[1]
                pixels[y : y + part.shape[0], x : x + part.shape[1]] = part

    # What is seen

    def hung(self) -> list[tuple[int, int]]:
        """The rows and columns of the cells that a picture is seen in."""
        return sorted(at for at, seen in self.screen.items() if seen.text[0] == PLACEHOLDER)

    def seen(self) -> Pixels:
        """All that is seen of pictures, from the first such cell to the last one."""
        places = self.hung()
        rows, columns = zip(*places, strict=True)
        top, left = min(rows), min(columns)
        wide, high = self.cell
        shape = (high * (1 + max(rows) - top), wide * (1 + max(columns) - left), 3)
        pixels = np.zeros(shape, np.uint8)
        for row, column in places:
            y, x = high * (row - top), wide * (column - left)
            pixels[y : y + high, x : x + wide] = self._piece(self.screen[row, column])
        return pixels

    def _piece(self, cell: Seen) -> Pixels:
        row, column, upper = [*map(MARKS.index, cell.text[1:]), 0][:3]
        picture = self.pictures[upper << 24 | cell.colour]
        wide, high = self.cell
        assert column < picture.cells.width
        assert row < picture.cells.height
        size = Size(wide * picture.cells.width, high * picture.cells.height)
        whole = picture.pixels
        if Size.of(whole) != size:
            shape = size.width, size.height
            whole = np.asarray(Image.fromarray(whole).resize(shape, Image.Resampling.BILINEAR))
        return whole[row * high : (row + 1) * high, column * wide : (column + 1) * wide]


def _decoded(keys: dict[str, str], data: str) -> Pixels:
    raw = b64decode(data, validate=True)
    if keys["f"] == "100":
        return np.array(Image.open(BytesIO(raw)).convert("RGB"))
    assert keys["f"] == "24"
    shape = int(keys["v"]), int(keys["s"]), 3
    plain = zlib.decompress(raw) if keys.get("o") == "z" else raw
    return np.frombuffer(plain, np.uint8).reshape(shape).copy()
