"""Colours that a file states without a profile: read as colour management says they are."""

import struct
from io import BytesIO
from zlib import crc32

import numpy as np
import pytest
from PIL import Image, ImageCms

from imaging.decode.photo import decode
from imaging.framing import Pixels
from imaging.photo import PhotoFile
from tests.support.pictures import encoded

PATCHES = ((214, 150, 130), (190, 90, 80), (120, 50, 60), (90, 110, 60))
AS_P3 = ((225, 146, 126), (205, 82, 75), (130, 44, 59), (85, 111, 53))
AS_ADOBE = ((235, 151, 130), (217, 90, 78), (138, 46, 58), (79, 110, 54))
AS_LINEAR = ((236, 202, 189), (224, 160, 152), (182, 122, 133), (160, 175, 133))
"""What they are in sRGB where they are stated to be Display P3, Adobe RGB, linear light."""
P3, SRGB = bytes([12, 13, 0, 1]), bytes([1, 13, 0, 1])


def patches() -> Pixels:
    return np.repeat(np.array(PATCHES, np.uint8)[None], 64, axis=1).repeat(64, axis=0)


def png(*chunks: tuple[bytes, bytes], **options: object) -> bytes:
    """A PNG of the patches with further chunks before its pixels."""
    target = BytesIO()
    Image.fromarray(patches()).save(target, "PNG", **options)
    data = target.getvalue()
    at = data.index(b"IDAT") - 4
    more = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))
        for kind, body in chunks
    )
    return data[:at] + b"".join(more) + data[at:]


def gamma(value: float) -> tuple[bytes, bytes]:
    return b"gAMA", struct.pack(">I", round(1e5 * value))


def seen(data: bytes) -> list[tuple[int, ...]]:
    """The patches as they are decoded."""
    row = decode(PhotoFile("x", data)).pixels[32]
    return [tuple(map(int, row[64 * patch + 32])) for patch in range(len(PATCHES))]


def near(data: bytes, expected: tuple[tuple[int, int, int], ...], most: int = 2) -> bool:
    return bool(np.abs(np.subtract(seen(data), expected)).max() <= most)


def dcf(index: bytes, space: int) -> bytes:
    """EXIF data with a colour space and an index of interoperability."""
    first = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, 0x8769, 4, 1, 26, 0)
    exif = struct.pack(">HHHIHHHHIII", 2, 0xA001, 3, 1, space, 0, 0xA005, 4, 1, 56, 0)
    return b"Exif\0\0" + first + exif + struct.pack(">HHHI4sI", 1, 1, 2, 4, index, 0)


def test_a_png_says_its_colours_by_numbers() -> None:
    assert near(png((b"cICP", P3)), AS_P3)
    assert near(png((b"cICP", SRGB)), PATCHES, most=0)
    # Linear light of sRGB's own colours is what a gamma of one says.
    assert near(png((b"cICP", bytes([1, 8, 0, 1]))), AS_LINEAR)


def test_of_what_a_png_says_the_numbers_come_first_then_the_profile() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(png((b"cICP", P3), icc_profile=profile), AS_P3)
    assert near(png(gamma(1), icc_profile=profile), PATCHES, most=1)
    assert near(png((b"sRGB", b"\0"), gamma(1)), PATCHES, most=0)


@pytest.mark.parametrize(("value", "expected"), [(1.0, AS_LINEAR), (1 / 2.2, PATCHES)])
def test_a_png_says_its_gamma(value: float, expected: tuple[tuple[int, int, int], ...]) -> None:
    assert near(png(gamma(value)), expected)


def test_what_says_nothing_changes_nothing() -> None:
    adobe = struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    for chunks in (
        [gamma(0)],
        [(b"cICP", b"\2\2\0\1")],
        [(b"cICP", b"\xff" * 4)],
        [gamma(0.45471), (b"cHRM", adobe)],
    ):
        assert near(png(*chunks), PATCHES, most=0)


def test_pictures_of_a_high_range_are_as_bright_as_their_white() -> None:
    for transfer, white in ((16, 148), (18, 191)):
        target = BytesIO()
        Image.new("RGB", (64, 64), (white,) * 3).save(target, "PNG")
        data, body = target.getvalue(), bytes([9, transfer, 0, 1])
        at, more = data.index(b"IDAT") - 4, b"cICP" + body
        data = data[:at] + struct.pack(">I", 4) + more + struct.pack(">I", crc32(more)) + data[at:]
        assert decode(PhotoFile("x", data)).pixels.min() >= 252


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_adobe_rgb_by_exif(kind: str) -> None:
    assert near(encoded(patches(), kind, exif=dcf(b"R03", 65535)), AS_ADOBE, most=4)
    assert near(encoded(patches(), kind, exif=dcf(b"R98", 1)), PATCHES, most=3)


@pytest.mark.parametrize("kind", ["heic", "avif"])
def test_items_say_their_colours_by_numbers(kind: str) -> None:
    data = encoded(patches(), kind)
    at = data.index(b"colrnclx") + 8
    stated = data[:at] + struct.pack(">HH", 12, 13) + data[at + 4 :]
    assert near(stated, AS_P3, most=6)
    assert near(data, PATCHES, most=4)
