"""Any decoded picture to sRGB: embedded profiles, alpha, grey, palettes, CMYK and 16 bits."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

_WIDE_GREY = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})


def plain(picture: Image.Image) -> Image.Image:
    """The picture in 8 bits a channel without palette or alpha: mode L, RGB or CMYK.

    Transparent parts lie on white. Colours are still those of the picture's own profile.
    """
    if picture.mode in _WIDE_GREY:
        values = np.asarray(picture).astype(np.uint32)
        return Image.fromarray((values.clip(0, 65535) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, seen).convert("RGB")
    return picture if picture.mode in {"L", "RGB", "CMYK"} else picture.convert("RGB")


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A plain picture (L, RGB or CMYK) with its ICC profile, if any, as RGB in sRGB.

    A damaged profile, or one for another kind of picture, is left aside: the pixels are then taken
    as sRGB, which is what viewers do.
    """
    converted = _by_profile(picture, profile) if profile else None
    return converted or picture.convert("RGB")


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture through its profile, or None where profile and picture don't fit."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if space == "GRAY" and picture.mode == "RGB":
            picture = picture.convert("L")  # Grey with alpha was laid on white, which made it RGB.
        if space == "RGB" and picture.mode == "L":
            picture = picture.convert("RGB")
        return ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
