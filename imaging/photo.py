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
from PIL import Image, UnidentifiedImageError

from imaging.colour import plain, to_srgb
from imaging.containers import JPEG, PNG, ends_early, is_webp
from imaging.content import content_hash
from imaging.framing import Pixels, Size
from imaging.orientation import orientation, upright, upright_size
from imaging.text import printable
from imaging.values import Fingerprint

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp"})
SMALLEST_SIDE = 16
MOST_PIXELS = 250_000_000
MOST_BYTES = 2**30
_FORMATS = ("JPEG", "PNG", "HEIF", "WEBP")
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_FORMAT_NAMES = {"HEIF": "HEIC", "MPO": "JPEG"}
"""Pillow calls a JPEG with further pictures behind it (a depth or gain map) an MPO."""


class PhotoError(Exception):
    """A photo that can't be used; the message says which, why, and what to do."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded photo.

    `pixels` is uint8 (H, W, 3), upright, sRGB, read-only, at the resolution asked for; `size` is
    the upright photo's full size in pixels.
    """

    pixels: Pixels
    size: Size


def read_photo(path: Path, longest: int | None = None) -> Photo:
    """Decode a photo completely; with `longest`, its longer side is at most so many pixels.

    JPEGs are then decoded small, which is several times faster. Raises PhotoError.
    """
    data = _read(path)
    with _opened(path, data) as picture:
        size, turn = Size(*picture.size), orientation(data)
        target = _target(size, longest)
        if target != size:
            picture.draft("RGB", (target.width, target.height))
        picture.load()
        if ends_early(data):
            raise EOFError("its end is missing")
        pixels = plain(picture)
        if Size(*pixels.size) != target:
            box = Image.Resampling.BOX
            pixels = pixels.resize((target.width, target.height), box, reducing_gap=2.0)
        pixels = upright(to_srgb(pixels, picture.info.get("icc_profile")), turn)
        return Photo(np.asarray(pixels, np.uint8), upright_size(size, turn))


def fingerprint(path: Path) -> Fingerprint:
    """Hash a file and the picture in it; of the picture the header alone is decoded.

    Raises PhotoError where the header is not that of a usable photo.
    """
    data = _read(path)
    with _opened(path, data) as picture:
        size = upright_size(Size(*picture.size), orientation(data))
        kind = str(picture.format)
    name = _FORMAT_NAMES.get(kind, kind)
    return Fingerprint(sha256(data).hexdigest(), content_hash(data), name, size)


def _target(size: Size, longest: int | None) -> Size:
    """The size to decode to: no side below 1, the longer one at most `longest`."""
    if longest is None or max(size.width, size.height) <= longest:
        return size
    scale = longest / max(size.width, size.height)
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def _read(path: Path) -> bytes:
    """All bytes of a file that could be a photo."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise PhotoError(
                f"{_name(path)} is {size / 2**30:.1f} GiB large, more than nevus opens "
                f"({MOST_BYTES // 2**30} GiB). Save it smaller."
            )
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PhotoError(f"{_name(path)} is not there any more.") from error
    except PermissionError as error:
        raise PhotoError(f"{_name(path)} may not be read. Change its permissions.") from error
    except IsADirectoryError as error:
        raise PhotoError(f"{_name(path)} is a folder, not a photo.") from error
    except OSError as error:
        reason = printable(error.strerror or str(error))
        raise PhotoError(f"{_name(path)} can't be read ({reason}). Check its disk.") from error
    _check_kind(path, data)
    return data


def _check_kind(path: Path, data: bytes) -> None:
    if not data:
        raise PhotoError(f"{_name(path)} is empty (0 bytes). Copy it again from the camera.")
    heif = data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS
    if not (data.startswith((JPEG, PNG)) or heif or is_webp(data)):
        raise PhotoError(
            f"{_name(path)} is not a JPEG, PNG, HEIC or WebP photo, whatever its name says. "
            "Save it as one of these."
        )


@contextmanager
def _opened(path: Path, data: bytes) -> Iterator[Image.Image]:
    """The picture with its header checked; whatever goes wrong inside becomes a PhotoError."""
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # The limit is _check_size's, not Pillow's.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of broken EXIF data, mostly; no terminal wants them.
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                _check_size(path, picture.size)
                yield picture
    except (PhotoError, MemoryError):
        raise
    except Exception as error:  # Decoders raise all kinds of errors on damaged files.
        raise PhotoError(
            f"{_name(path)} is damaged or cut short and can't be decoded ({_reason(error)}). "
            "Copy it again from the camera."
        ) from error


def _check_size(path: Path, size: tuple[int, int]) -> None:
    width, height = size
    if min(width, height) < SMALLEST_SIDE:
        raise PhotoError(
            f"{_name(path)} is {width}×{height} pixels, too small to show a lesion "
            f"(at least {SMALLEST_SIDE} a side). Leave it out."
        )
    if width * height > MOST_PIXELS:
        raise PhotoError(
            f"{_name(path)} is {width}×{height} pixels, more than nevus opens "
            f"({MOST_PIXELS // 1_000_000} megapixels). Save it smaller."
        )


def _name(path: Path) -> str:
    return printable(path.name)


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "its header makes no sense"
    return printable(str(error).strip()) or type(error).__name__
