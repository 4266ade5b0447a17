"""Kitty's graphics protocol: what is sent for a picture, and to be rid of it."""

from base64 import standard_b64encode
from collections.abc import Iterator

import cv2
import numpy as np

from imaging.framing import Pixels, Size

CHUNK = 4096
"""Characters of data that one message holds at most."""
SWIFT = 1
"""Of PNG's levels that which costs least time: the picture is wanted now."""


def pack(pixels: Pixels) -> str:
    """A picture (H, W, 3) as it is sent."""
    blue_first = np.ascontiguousarray(pixels[..., ::-1])
    _, packed = cv2.imencode(".png", blue_first, (cv2.IMWRITE_PNG_COMPRESSION, SWIFT))
    return standard_b64encode(packed.tobytes()).decode()


def transmit(name: int, packed: str, cells: Size) -> str:
    """Hand the terminal a packed picture to draw in the placeholders of so many cells.

    One of the same name is gone. The terminal answers nothing.
    """
    return _message(f"a=T,U=1,i={name},c={cells.width},r={cells.height}", "", packed)


def amend(name: int, pixels: Pixels, left: int, top: int) -> str:
    """Draw a part of a picture anew where the terminal has it: its first frame is edited."""
    height, width = pixels.shape[:2]
    what = f"a=f,r=1,X=1,i={name},s={width},v={height},x={left},y={top}"
    return _message(what, "a=f,", pack(pixels))


def delete(name: int) -> str:
    """Be rid of a picture, and of the memory that it takes."""
    return f"\x1b_Ga=d,d=I,i={name},q=2\x1b\\"


def through_tmux(message: str) -> str:
    """A message that tmux passes on to its own terminal."""
    inner = message.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{inner}\x1b\\"


def _message(what: str, onward: str, packed: str) -> str:
    return "".join(_chunks(f"{what},f=100,q=2", f"{onward}q=2", packed))


def _chunks(what: str, onward: str, data: str) -> Iterator[str]:
    parts = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    for number, part in enumerate(parts, 1):
        more = int(number < len(parts))
        yield f"\x1b_G{what},m={more};{part}\x1b\\"
        # What follows the first says no more than of which kind it is, and asks for no answer.
        what = onward
