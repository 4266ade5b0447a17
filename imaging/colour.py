"""Any decoded picture to sRGB: embedded profiles, alpha, grey, palettes, CMYK and 16 bits."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

_WIDE_GREY = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as 8-bit RGB in sRGB, its EXIF data kept.

    Transparent parts lie on white. A damaged profile is left aside: the pixels are then taken as
    sRGB, which is what viewers do.
    """
    plain = _without_alpha(_eight_bits(picture))
    converted = _by_profile(plain, profile) if profile else None
    result = converted or plain.convert("RGB")
    result.info["exif"] = picture.getexif().tobytes()
    return result


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode not in _WIDE_GREY:
        return picture
    values = np.asarray(picture).astype(np.uint32)
    return Image.fromarray((values.clip(0, 65535) >> 8).astype(np.uint8))


def _without_alpha(picture: Image.Image) -> Image.Image:
    if picture.mode in {"P", "1"}:
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    if picture.mode not in {"RGBA", "LA", "PA", "La", "RGBa"}:
        return picture
    seen = picture.convert("RGBA")
    white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, seen).convert("RGB")


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture through its profile, or None where profile and picture don't fit."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if picture.mode == "L" and source.profile.xcolor_space.strip() == "RGB":
            picture = picture.convert("RGB")
        if picture.mode not in {"RGB", "L", "CMYK"}:
            picture = picture.convert("RGB")
        return ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
