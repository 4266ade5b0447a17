"""Open a photo safely: upright, in sRGB, small where small is enough, or a sentence why not."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pi_heif
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from imaging.colour import to_srgb
from imaging.content import content_hash
from imaging.framing import Pixels, Size
from imaging.text import printable
from imaging.values import Fingerprint

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".heic", ".heif"})
FORMATS = ("JPEG", "PNG", "HEIF")
SMALLEST_SIDE = 16
MOST_PIXELS = 250_000_000


class PhotoError(Exception):
    """A photo that can't be used; the message says which, why, and what to do."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded photo.

    `pixels` is uint8 (H, W, 3), upright, sRGB, at the resolution asked for; `size` is the upright
    photo's full size in pixels.
    """

    pixels: Pixels
    size: Size


def read_photo(path: Path, longest: int | None = None) -> Photo:
    """Decode a photo completely; with `longest`, its longer side is at most so many pixels.

    JPEGs are then decoded small, which is several times faster. Raises PhotoError.
    """
    with _opened(path) as picture:
        size = upright_size(picture)
        if longest is not None:
            picture.draft("RGB", (longest, longest))
        picture.load()
        pixels = picture
        if longest is not None and max(picture.size) > longest:
            pixels = _shrunk(picture, longest)
        upright = ImageOps.exif_transpose(to_srgb(pixels, picture.info.get("icc_profile")))
        return Photo(np.asarray(upright, np.uint8), size)


def fingerprint(path: Path) -> Fingerprint:
    """Hash a file and the picture in it; the header alone is read for size and format.

    Raises PhotoError where the header is not that of a usable photo.
    """
    with _sentences(path):
        data = path.read_bytes()
    with _opened(path, data) as picture:
        size, kind = upright_size(picture), str(picture.format)
    kind = "HEIC" if kind == "HEIF" else kind
    return Fingerprint(sha256(data).hexdigest(), content_hash(data), kind, size)


def upright_size(picture: Image.Image) -> Size:
    """The size after the EXIF orientation is applied; HEIC pictures are upright already."""
    width, height = picture.size
    turned = picture.getexif().get(ExifTags.Base.Orientation, 1) in {5, 6, 7, 8}
    return Size(height, width) if turned else Size(width, height)


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    scale = longest / max(picture.size)
    target = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if picture.mode in {"P", "1"}:
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    shrunk = picture.resize(target, Image.Resampling.BOX, reducing_gap=2.0)
    shrunk.info = picture.info
    return shrunk


@contextmanager
def _opened(path: Path, data: bytes | None = None) -> Iterator[Image.Image]:
    """The picture with its header checked; every failure inside becomes a PhotoError."""
    with _sentences(path):
        pi_heif.register_heif_opener()
        if data is None:
            data = path.read_bytes()
        if not data:
            raise PhotoError(f"{_name(path)} is empty (0 bytes). Copy it again from the camera.")
        _check_kind(path, data)
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            _check_size(path, picture)
            yield picture


def _check_kind(path: Path, data: bytes) -> None:
    if not (data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or data[4:8] == b"ftyp"):
        raise PhotoError(f"{_name(path)} is not a JPEG, PNG or HEIC photo, whatever its name says.")


def _check_size(path: Path, picture: Image.Image) -> None:
    width, height = picture.size
    if min(width, height) < SMALLEST_SIDE:
        raise PhotoError(
            f"{_name(path)} is {width}×{height} pixels, too small to show a lesion "
            f"(at least {SMALLEST_SIDE} a side)."
        )
    if width * height > MOST_PIXELS:
        raise PhotoError(
            f"{_name(path)} is {width}×{height} pixels, more than nevus opens "
            f"({MOST_PIXELS // 1_000_000} megapixels). Save it smaller."
        )


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    except FileNotFoundError as error:
        raise PhotoError(f"{_name(path)} is not there any more.") from error
    except PermissionError as error:
        raise PhotoError(f"{_name(path)} may not be read. Change its permissions.") from error
    except IsADirectoryError as error:
        raise PhotoError(f"{_name(path)} is a folder, not a photo.") from error
    except Image.DecompressionBombError as error:
        raise PhotoError(f"{_name(path)} says it is enormous; nevus won't open it.") from error
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise PhotoError(
            f"{_name(path)} is damaged or cut short and can't be decoded "
            f"({_reason(error)}). Copy it again from the camera."
        ) from error


def _name(path: Path) -> str:
    return printable(path.name)


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "its header makes no sense"
    return printable(str(error))
