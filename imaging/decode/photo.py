"""Open a photo safely: upright, in sRGB, small where small is enough, or a sentence why not."""

import errno
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from imaging.decode.colour import plain, srgb_pixels
from imaging.decode.completeness import ends_early
from imaging.decode.containers import is_overgrown
from imaging.decode.content import content_hash
from imaging.decode.memory import refuse, refuse_unopened
from imaging.decode.orientation import orientation, upright_size
from imaging.decode.signs import RAW, recognise, why_not
from imaging.decode.stated_colour import profile_of
from imaging.framing import Size
from imaging.photo import USUAL_MEMORY, Photo, PhotoError, PhotoFile, PhotoUnavailable
from imaging.values import Fingerprint

MOST_BYTES = 2**30
MOST_TEXT = 2**26
"""Bytes of a PNG's text, or its colour profile, unpacked; four times as many of all of them."""
_USUAL_PIXELS = 12_000_000
_DNG_VERSION, _SUBFILE_TYPE = 50706, 254
"""Tags of TIFF."""


def read_photo(path: Path, longest: int | None = None) -> Photo:
    """Read a file and decode the photo in it, see `decode`. Raises PhotoError."""
    return decode(read_file(path), longest)


def decode(file: PhotoFile, longest: int | None = None, memory: int = USUAL_MEMORY) -> Photo:
    """Decode a photo completely; with `longest`, its longer side is at most so many pixels.

    JPEGs are then decoded small, which is several times faster. Raises PhotoError, also where it
    would take more than `memory` bytes.
    """
    data = file.data
    with _opened(file, memory) as picture:
        size, turn = Size(*picture.size), orientation(data)
        target = _target(size, longest)
        _check_size(file, picture, memory, whole=target == size)
        if target != size:
            picture.draft("RGB", (target.width, target.height))
        picture.load()
        if ends_early(data, picture):
            raise EOFError("its end is missing")
        pixels = plain(picture)
        if Size(*pixels.size) != target:
            box = Image.Resampling.BOX
            pixels = pixels.resize((target.width, target.height), box, reducing_gap=2.0)
        profile = profile_of(data, picture.info.get("icc_profile"))
        upright = srgb_pixels(pixels, profile, turn)
        upright.flags.writeable = False
        return Photo(upright, upright_size(size, turn))


def fingerprint(file: PhotoFile, memory: int = USUAL_MEMORY) -> Fingerprint:
    """Hash a file and the picture in it; of the picture the header alone is decoded.

    Raises PhotoError where the header is not that of a usable photo, or of one that would take more
    than `memory` bytes however small it is decoded.
    """
    data = file.data
    with _opened(file, memory) as picture:
        _check_size(file, picture, memory, whole=False)
        size = upright_size(Size(*picture.size), orientation(data))
    found = recognise(data)
    name = "" if found is None else found.name
    return Fingerprint(sha256(data).hexdigest(), content_hash(data), name, size)


def _target(size: Size, longest: int | None) -> Size:
    """The size to decode to: no side below 1, the longer one at most `longest`."""
    if longest is None or max(size.width, size.height) <= longest:
        return size
    scale = longest / max(size.width, size.height)
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def read_file(path: Path) -> PhotoFile:
    """Read a regular file once, links followed.

    Raises PhotoError where it can be no photo, PhotoUnavailable where it can't be read for now.
    """
    name = path.name
    try:
        data = _bytes(path, name)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PhotoError(f"{name} is not there any more.") from error
    except PermissionError as error:
        raise PhotoUnavailable(f"{name} may not be read. Change its permissions.") from error
    except OSError as error:
        raise _unreadable(name, error) from error
    _check_kind(name, data)
    return PhotoFile(name, data)


def _bytes(path: Path, name: str) -> bytes:
    # Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        _check_regular(name, found.st_mode)
        if found.st_size > MOST_BYTES:
            raise PhotoError(
                f"{name} is {found.st_size / 2**30:.1f} GiB large, more than nevus opens "
                f"({MOST_BYTES // 2**30} GiB). Save it smaller."
            )
        with os.fdopen(handle, "rb", closefd=False) as file:
            # One byte more than there should be: a file that grows is not followed to its end.
            data = file.read(found.st_size + 1)
    finally:
        os.close(handle)
    if len(data) > found.st_size:
        raise PhotoUnavailable(f"{name} grew while it was read. Wait until it is copied.")
    return data


def _check_regular(name: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise PhotoError(f"{name} is a folder, not a photo.")
    if not stat.S_ISREG(mode):
        raise _no_file(name)


def _no_file(name: str) -> PhotoError:
    return PhotoError(f"{name} is a pipe, a socket or a device, not a photo. Take it away.")


def _unreadable(name: str, error: OSError) -> PhotoError:
    if error.errno == errno.ELOOP:
        return PhotoError(f"{name} is a link that leads in a circle. Take it away.")
    if error.errno in {errno.ENXIO, errno.EOPNOTSUPP, errno.ENODEV}:
        return _no_file(name)
    reason = error.strerror or str(error)
    return PhotoUnavailable(f"{name} can't be read ({reason}). Check its disk.")


def _check_kind(name: str, data: bytes) -> None:
    if not data:
        raise PhotoError(f"{name} is empty (0 bytes). Copy it again from the camera.")
    if recognise(data) is None:
        raise PhotoError(why_not(name, data))


@contextmanager
def _opened(file: PhotoFile, memory: int) -> Iterator[Image.Image]:
    """The picture with its header checked; whatever goes wrong inside becomes a PhotoError."""
    # Here, where a photo is decoded: the app itself decodes none.
    import pi_heif

    pi_heif.register_heif_opener()
    # The limits are ours, not Pillow's.
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT, 4 * MOST_TEXT
    pixels = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of broken EXIF data, mostly; no terminal wants them.
            if is_overgrown(file.data):
                raise SyntaxError("it has more parts, or filling between them, than any picture")
            _check(refuse_unopened(file.name, file.data, memory))
            found = recognise(file.data)
            decoders = () if found is None else (found.decoder,)
            with Image.open(BytesIO(file.data), formats=decoders) as picture:
                if isinstance(picture, TiffImageFile) and _is_raw(picture):
                    raise PhotoError(RAW.format(name=file.name))
                pixels = picture.width * picture.height
                yield picture
    except (PhotoError, MemoryError):
        raise
    except Exception as error:  # Decoders raise all kinds of errors on damaged files.
        if isinstance(error, OSError) and error.errno is not None:
            raise _unreadable(file.name, error) from error
        _check_memory(pixels)
        if "MAX_TEXT" in str(error):
            raise PhotoError(
                f"{file.name} holds more text beside its picture than any photo. Save it anew "
                "without it."
            ) from error
        raise PhotoError(
            f"{file.name} is damaged or cut short and can't be decoded ({_reason(error)}). "
            "Copy it again from the camera."
        ) from error


def _check_memory(pixels: int) -> None:
    """Raise MemoryError where a photo's memory is not to be had.

    Decoders say that data is broken also where they got none, and call no photo's size then.
    """
    np.empty(8 * max(pixels, _USUAL_PIXELS), np.uint8)


def _is_raw(picture: TiffImageFile) -> bool:
    """Whether a TIFF is a camera's raw file, whose first picture is a small one for a look."""
    reduced = picture.tag_v2.get(_SUBFILE_TYPE, 0)
    return _DNG_VERSION in picture.tag_v2 or bool(isinstance(reduced, int) and reduced & 1)


def _check_size(file: PhotoFile, picture: Image.Image, memory: int, *, whole: bool) -> None:
    _check(refuse(file.name, file.data, picture, whole=whole, most=memory))


def _check(refused: str | None) -> None:
    if refused is not None:
        raise PhotoError(refused)


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "its header makes no sense"
    return str(error).strip() or type(error).__name__
