"""Any decoded picture to sRGB: embedded profiles, alpha, grey, palettes, CMYK and 16 bits."""

from collections.abc import Callable, Iterator
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from imaging.decode.orientation import turned_rows, upright, upright_size
from imaging.framing import Pixels, Size

_WIDE_GREY = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})
_PLAIN = frozenset({"L", "RGB", "CMYK"})
_BAND = 2**20
"""Pixels that are converted at a time: what a conversion needs beside them, it needs for these."""
ToSrgb = Callable[[Image.Image], Image.Image]


def is_plain(picture: Image.Image) -> bool:
    """Whether a picture is 8 bits a channel without palette or alpha as it is."""
    return picture.mode in _PLAIN and not picture.has_transparency_data


def plain(picture: Image.Image) -> Image.Image:
    """The picture in 8 bits a channel without palette or alpha: mode L, RGB or CMYK.

    Transparent parts lie on white. Colours are still those of the picture's own profile.
    """
    if is_plain(picture):
        return picture
    made = Image.new("L" if picture.mode in _WIDE_GREY else "RGB", picture.size)
    for top, band in _bands(picture):
        made.paste(_plain(band), (0, top))
    return made


def srgb_pixels(picture: Image.Image, profile: bytes | None, turn: int) -> Pixels:
    """A plain picture with its ICC profile, if any, in sRGB and upright: uint8 (H, W, 3).

    A damaged profile, or one for another kind of picture, is left aside: the pixels are then taken
    as sRGB, which is what viewers do.
    """
    convert = _conversion(picture, profile)
    size = upright_size(Size(*picture.size), turn)
    pixels = np.empty((size.height, size.width, 3), np.uint8)
    for top, band in _bands(picture):
        rows = turned_rows(pixels, turn, top, band.height)
        rows[...] = np.asarray(upright(convert(band), turn))
    return pixels


def _bands(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Some rows of a picture at a time, each with the number of its first."""
    step = max(1, _BAND // picture.width)
    for top in range(0, picture.height, step):
        yield top, picture.crop((0, top, picture.width, min(picture.height, top + step)))


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode in _WIDE_GREY:
        values = np.asarray(picture).astype(np.uint32)
        return Image.fromarray((values.clip(0, 65535) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, seen).convert("RGB")
    return picture.convert("RGB")


def _conversion(picture: Image.Image, profile: bytes | None) -> ToSrgb:
    """How pictures of this mode become sRGB."""
    if profile:
        try:
            return _by_profile(picture.mode, profile)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return lambda band: band.convert("RGB")


def _by_profile(mode: str, profile: bytes) -> ToSrgb:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    space = source.profile.xcolor_space.strip()
    if space == "GRAY" and mode == "RGB":
        mode = "L"  # Grey with alpha was laid on white, which made it RGB.
    if space == "RGB" and mode == "L":
        mode = "RGB"
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")

    def convert(band: Image.Image) -> Image.Image:
        fitting = band if band.mode == mode else band.convert(mode)
        return ImageCms.applyTransform(fitting, transform) or fitting

    return convert
