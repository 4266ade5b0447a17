"""Small pictures to store, and files made of them in every format nevus opens."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

from imaging.framing import Pixels

CORNERS = ((230, 40, 40), (40, 200, 60), (50, 60, 220), (240, 220, 60))
FORMATS = ("jpg", "png", "heic", "webp", "tif", "avif")
PLAIN = ("bmp", "gif", "jp2")
"""Formats that say nothing of a picture's orientation."""
_ENCODERS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {"lossless": True}),
    "tif": ("TIFF", {"compression": "tiff_lzw"}),
    "avif": ("AVIF", {"quality": 95, "subsampling": "4:4:4", "speed": 10}),
    "bmp": ("BMP", {}),
    "gif": ("GIF", {}),
    "jp2": ("JPEG2000", {}),
}


def four_corners(width: int = 96, height: int = 64) -> Pixels:
    """A picture with a colour in each quarter, so that every turn of it looks different."""
    pixels = np.empty((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    pixels[:top, :left], pixels[:top, left:] = CORNERS[0], CORNERS[1]
    pixels[top:, :left], pixels[top:, left:] = CORNERS[2], CORNERS[3]
    return pixels


def grainy(width: int = 96, height: int = 64, seed: int = 0) -> Pixels:
    """A picture with some noise, so that its file is not tiny."""
    noise = np.random.default_rng(seed).integers(-20, 21, (height, width, 3))
    return np.asarray(np.clip(four_corners(width, height) + noise, 0, 255), np.uint8)


def exif_bytes(orientation: int) -> bytes:
    """EXIF data that say nothing but the orientation."""
    exif = Image.Exif()
    exif[0x112] = orientation
    return exif.tobytes()


def encoded(
    pixels: Pixels, kind: str, *, exif: bytes | None = None, profile: bytes | None = None
) -> bytes:
    """A file's bytes; HEIC gets the rotation that the EXIF orientation asks for, as cameras do."""
    picture, target = Image.fromarray(pixels), BytesIO()
    if kind == "heic":
        heif = pillow_heif.from_pillow(picture)
        heif.info.update(exif=exif, icc_profile=profile, icc_profile_type="prof")
        heif.save(target, quality=95)
        return target.getvalue()
    name, options = _ENCODERS[kind]
    given = {"exif": exif, "icc_profile": profile}
    picture.save(target, name, **options, **{key: each for key, each in given.items() if each})
    return target.getvalue()


def written(path: Path, data: bytes) -> Path:
    """The path, with a file there."""
    path.write_bytes(data)
    return path


def endless_jpeg(side: int = 2048, scans: int = 20_000) -> bytes:
    """A small file that takes minutes to decode: one scan of a progressive JPEG, over and over."""
    target = BytesIO()
    Image.new("L", (side, side), 128).save(target, "JPEG", progressive=True)
    whole, end = target.getvalue(), b"\xff\xd9"
    last_scan = whole[whole.rindex(b"\xff\xda") : -len(end)]
    return whole[: -len(end)] + last_scan * scans + end
