"""A photo as bytes and as pixels, and why one can't be used: what those know who decode none."""

from dataclasses import dataclass

from imaging.framing import Pixels, Size

USUAL_MEMORY = 2_000_000_000
"""Bytes that one photo may take."""


class PhotoError(Exception):
    """A photo that can't be used; the message says which, why, and what to do."""


class PhotoUnavailable(PhotoError):
    """A photo that can't be read for now: the machine is in the way, and nothing is said against
    the file."""


@dataclass(frozen=True, eq=False)
class PhotoFile:
    """All bytes of a file that could be a photo, and the name to speak of it by."""

    name: str
    """Printable."""
    data: bytes


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded photo.

    `pixels` is uint8 (H, W, 3), upright, sRGB, read-only, at the resolution asked for; `size` is
    the upright photo's full size in pixels.
    """

    pixels: Pixels
    size: Size
