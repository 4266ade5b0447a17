import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imaging.decode.containers import jpeg_segments, png_chunks
from imaging.decode.content import content_hash
from sample_images.drawing.icc import display_p3
from tests.support.pictures import FORMATS, encoded, exif_bytes, grainy

PIXELS = grainy()
WHOLE = {kind: encoded(PIXELS, kind) for kind in FORMATS}
JPEG, PNG = WHOLE["jpg"], WHOLE["png"]
METADATA_MARKERS = (0xE1, 0xE3, 0xED, 0xEF, 0xFE)
METADATA_CHUNKS = (b"tEXt", b"iTXt", b"zTXt", b"tIME", b"pHYs")


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(
        ">I", zlib.crc32(kind + payload)
    )  # fmt: skip


def inserted(data: bytes, at: int, piece: bytes) -> bytes:
    return data[:at] + piece + data[at:]


@given(
    st.sampled_from([part.start for part in jpeg_segments(JPEG)]),
    st.sampled_from(METADATA_MARKERS),
    st.binary(max_size=300),
)
def test_a_tagged_jpeg_is_the_same_picture(at: int, marker: int, payload: bytes) -> None:
    tagged = inserted(JPEG, at, segment(marker, b"x" + payload))
    assert content_hash(tagged) == content_hash(JPEG)


@given(
    st.sampled_from([part.start for part in png_chunks(PNG)][1:]),
    st.sampled_from(METADATA_CHUNKS),
    st.binary(max_size=300),
)
def test_a_tagged_png_is_the_same_picture(at: int, kind: bytes, payload: bytes) -> None:
    assert content_hash(inserted(PNG, at, chunk(kind, payload))) == content_hash(PNG)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "tif"])
@pytest.mark.parametrize("maker", ["XXXXXXXXXXXX", "", "A maker of cameras" * 9])
def test_a_re_tagged_file_is_the_same_picture(kind: str, maker: str) -> None:
    tagged, again = (encoded(PIXELS, kind, exif=made_by(each)) for each in ("CameraMaker1", maker))
    assert tagged != again
    assert content_hash(tagged) == content_hash(again) == content_hash(WHOLE[kind])


def made_by(maker: str) -> bytes:
    """EXIF that names a camera's maker."""
    exif = Image.Exif()
    exif[0x010F] = maker
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_turn_is_another_picture_and_upright_is_no_turn(kind: str) -> None:
    plain = content_hash(encoded(PIXELS, kind))
    turned = {content_hash(encoded(PIXELS, kind, exif=exif_bytes(turn))) for turn in range(2, 9)}
    assert len(turned | {plain}) == 8
    assert content_hash(encoded(PIXELS, kind, exif=exif_bytes(1))) == plain


def test_an_orientation_behind_the_pixels_of_a_png_counts() -> None:
    end = len(PNG) - 12
    late = inserted(PNG, end, chunk(b"eXIf", exif_bytes(6).removeprefix(b"Exif\0\0")))
    assert content_hash(late) == content_hash(encoded(PIXELS, "png", exif=exif_bytes(6)))


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_colour_profile_is_part_of_the_picture(kind: str) -> None:
    tagged = encoded(PIXELS, kind, profile=display_p3())
    assert content_hash(tagged) != content_hash(encoded(PIXELS, kind))


def test_how_a_jpeg_codes_its_colours_is_part_of_the_picture() -> None:
    as_rgb = inserted(JPEG, 2, segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"))
    assert content_hash(as_rgb) != content_hash(JPEG)


@pytest.mark.parametrize("kind", FORMATS)
def test_other_pixels_are_another_picture(kind: str) -> None:
    other = encoded(grainy(seed=1), kind)
    assert content_hash(other) != content_hash(encoded(PIXELS, kind))


@pytest.mark.parametrize("kind", ["jpg", "png"])
@given(x=st.integers(0, 95), y=st.integers(0, 63))
def test_one_other_pixel_is_another_picture(kind: str, x: int, y: int) -> None:
    pixels = PIXELS.copy()
    pixels[y, x] = 255 - pixels[y, x]
    assert content_hash(encoded(pixels, kind)) != content_hash(WHOLE[kind])


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
def test_a_part_of_a_file_is_not_the_file(kind: str, data: st.DataObject) -> None:
    whole = WHOLE[kind]
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert content_hash(whole[:cut]) != content_hash(whole)


@given(st.sampled_from([b"", JPEG[:3], PNG[:8], b"RIFF\0\0\0\0WEBP"]), st.binary(max_size=200))
def test_anything_at_all_has_a_hash(start: bytes, rest: bytes) -> None:
    assert len(content_hash(start + rest)) == 64
