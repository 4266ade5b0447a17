"""A file that lacks a part of its picture is set aside, and every whole one is a photo.

Decoders fill in what is missing, without a word: with flat green, with grey, with noise.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from imaging.decode.boxes import boxes, catalogue
from imaging.decode.heif import heif_ends_early
from imaging.decode.photo import read_photo
from imaging.framing import Pixels
from imaging.photo import PhotoError
from tests.support.pictures import four_corners, grainy, written
from tests.support.tries import tries

SAME_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=tries(60),
)
SIZE = (200, 136)
END = b"\xff\xd9"
BLOCK = 64
"""Bytes that the last block of a JPEG here needs at most; what lacks no more is hardly missed."""


def saved(pixels: Pixels, kind: str, **options: Any) -> bytes:
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    target = BytesIO()
    Image.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()


HEICS: dict[str, dict[str, Any]] = {"one item": {}, "tiled": {"tile_size": 64}}


@cache
def heic(kind: str) -> bytes:
    return saved(grainy(*SIZE), "HEIF", quality=90, **HEICS[kind])


JPEGS = {
    "baseline": saved(grainy(*SIZE), "JPEG", quality=90),
    "progressive": saved(grainy(*SIZE), "JPEG", quality=90, progressive=True),
    "restarts": saved(grainy(*SIZE), "JPEG", quality=90, restart_marker_blocks=2),
    "progressive restarts": saved(
        grainy(*SIZE), "JPEG", quality=90, progressive=True, restart_marker_blocks=2
    ),
    "full colour": saved(grainy(*SIZE), "JPEG", quality=90, subsampling=0),
}
WEBPS: dict[str, dict[str, Any]] = {"lossy": {"quality": 90}, "lossless": {"lossless": True}}


def set_aside(path: Path, data: bytes, longest: int | None = None) -> bool:
    """Whether a file with these bytes is refused, as one that was cut short or damaged."""
    said = ""
    try:
        read_photo(written(path, data), longest)
    except PhotoError as error:
        said = str(error)
    words = f"{path.name} is damaged or cut short", "Copy it again from the camera."
    assert not said or (said.startswith(words[0]) and said.endswith(words[1]))
    return bool(said)


def emptied(data: bytes, kept: int) -> bytes:
    """A copy whose space was taken at once and that was filled so far."""
    return data[:kept] + bytes(len(data) - kept)


def scan_start(data: bytes) -> int:
    return data.index(b"\xff\xda") + 14


@pytest.mark.parametrize("kind", HEICS)
@pytest.mark.parametrize("lost", [1, 2, 100, 0.5])
def test_a_heic_cut_short(tmp_path: Path, kind: str, lost: float) -> None:
    whole = heic(kind)
    cut = whole[: -int(lost if lost >= 1 else len(whole) * lost)]
    assert set_aside(tmp_path / "p.heic", cut)
    assert not set_aside(tmp_path / "p.heic", whole)


@pytest.mark.parametrize("kind", HEICS)
@pytest.mark.parametrize("lost", [20, 100, 512, 0.4])
def test_a_heic_with_a_zero_tail(tmp_path: Path, kind: str, lost: float) -> None:
    whole = heic(kind)
    kept = len(whole) - int(lost if lost >= 1 else len(whole) * lost)
    assert set_aside(tmp_path / "p.heic", emptied(whole, kept))


def test_a_heic_with_a_hole_in_an_early_tile(tmp_path: Path) -> None:
    whole = heic("tiled")
    hole = whole.index(b"mdat") + 600
    assert set_aside(tmp_path / "p.heic", whole[:hole] + bytes(512) + whole[hole + 512 :])


def heics() -> Iterator[tuple[str, bytes]]:
    """Whole files of many kinds."""
    flat = np.full((136, 200, 3), 128, np.uint8)
    for (name, pixels), options in product(
        {"flat": flat, "black": flat * 0, "grainy": grainy(*SIZE)}.items(),
        ({}, {"tile_size": 64}, {"exif": b"Exif\0\0" + bytes(500)}, {"chroma": "444"}),
    ):
        yield f"{name} {options.keys()}", saved(pixels, "HEIF", quality=60, **options)
    alpha = np.dstack([grainy(*SIZE), np.full((136, 200), 90, np.uint8)])
    yield "alpha", saved(alpha, "HEIF", quality=60)
    deep = (grainy(*SIZE).astype(np.uint16) << 8).tobytes()
    for name, several in (
        ("ten bits", [pillow_heif.from_bytes("RGB;16", SIZE, deep)]),
        ("two pictures", [pillow_heif.from_pillow(Image.fromarray(grainy(*SIZE)))] * 2),
    ):
        file = pillow_heif.from_pillow(Image.fromarray(four_corners()))
        for one in several:
            file.add_from_heif(one[0])
        thumbnails: list[int | None] = [64]
        file[0].info.update(thumbnails=thumbnails)
        target = BytesIO()
        file.save(target, quality=60, primary_index=1)
        yield name, target.getvalue()


@pytest.mark.slow
def test_whole_heics_are_photos(tmp_path: Path) -> None:
    refused = [name for name, data in heics() if set_aside(tmp_path / "p.heic", data)]
    assert refused == []


def full_box(kind: bytes, version: int, body: bytes) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]) + body)


def box(kind: bytes, body: bytes, *, wide: bool = False) -> bytes:
    if wide:
        return (1).to_bytes(4, "big") + kind + (len(body) + 16).to_bytes(8, "big") + body
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


CODE = bytes(range(1, 101))


def by_hand(version: int, place: int, offset: int, length: int, *, wide: bool = False) -> bytes:
    """A file with one coded item of 100 bytes in `mdat` and `idat` each; the item's one extent.

    For place 2 it is counted in a second item, which is all of `idat`.
    """
    wider = 4 if version > 1 else 2
    method = number(place, 2) if version else b""
    second = number(2, wider) + (number(1, 2) if version else b"") + number(0, 2) + number(0, 4)
    second += number(1, 2) + number(0, 4) + number(len(CODE), 4)
    start = offset if place else offset + 2000

    def item(base: int) -> bytes:
        extent = number(start - base, 4) + number(length, 4)
        return number(1, wider) + method + number(0, 2) + number(base, 4) + number(1, 2) + extent

    items = item(min(7, start)) + (second if version else b"")
    iloc = number(0x4440, 2) + number(1 + bool(version), wider) + items
    infos = [
        full_box(b"infe", 2, number(which, 2) + bytes(2) + kind + b"\0")
        for which, kind in ((1, b"hvc1"), (2, b"data"))
    ]
    inner = [
        full_box(b"pitm", 0, number(1, 2)),
        full_box(b"iinf", 0, number(2, 2) + b"".join(infos)),
        full_box(b"iloc", version, iloc),
        full_box(b"iref", 0, box(b"iloc", number(1, 2) + number(1, 2) + number(2, 2))),
        box(b"idat", CODE),
    ]
    head = box(b"ftyp", b"heic\0\0\0\0") + full_box(b"meta", 0, b"".join(inner))
    gap = box(b"free", bytes(2000 - len(head) - 8 - (16 if wide else 8)))
    return head + gap + box(b"mdat", CODE, wide=wide)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(
    ("version", "place"), [(0, 0), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]
)
def test_extents_are_counted_as_the_standard_says(version: int, place: int, wide: bool) -> None:
    assert not heif_ends_early(by_hand(version, place, 0, 100, wide=wide))
    assert not heif_ends_early(by_hand(version, place, 40, 60, wide=wide))
    assert not heif_ends_early(by_hand(version, place, 40, 0, wide=wide))
    assert heif_ends_early(by_hand(version, place, 41, 60, wide=wide))
    assert heif_ends_early(by_hand(version, place, 0, 101, wide=wide))


def test_a_box_without_a_size_goes_on_to_the_end() -> None:
    whole = by_hand(1, 0, 0, 100)
    at = whole.rindex(b"mdat") - 4
    endless = whole[:at] + bytes(4) + whole[at + 4 :]
    assert not heif_ends_early(endless)
    assert heif_ends_early(endless[:-1])


def test_what_is_behind_the_boxes_is_no_box() -> None:
    whole = heic("tiled")
    assert not heif_ends_early(whole + b"\xff\xff\xff\xffSEFT" + bytes(20))
    assert not heif_ends_early(whole + bytes(4096))


def read_boxes(data: bytes) -> None:
    for each in boxes(data, 0, len(data)):
        if each.kind == b"meta":
            catalogue(data, each)
    heif_ends_early(data)


@given(
    data=st.data(),
    whole=st.deferred(lambda: st.sampled_from([*map(heic, HEICS), by_hand(1, 2, 0, 100)])),
)
@SAME_FOLDER
def test_hostile_boxes_are_a_value_error_at_most(data: st.DataObject, whole: bytes) -> None:
    damaged, size = bytearray(whole), min(len(whole), 1200)
    for at in data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=8)):
        damaged[at] = data.draw(st.sampled_from([0, 1, 4, 127, 255]) | st.integers(0, 255))
    with suppress(ValueError):
        read_boxes(bytes(damaged))


@pytest.mark.parametrize("kind", JPEGS)
@given(data=st.data())
@SAME_FOLDER
def test_a_jpeg_cut_and_closed_again(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    whole = JPEGS[kind]
    cut = data.draw(st.integers(scan_start(whole), len(whole) - BLOCK - len(END)))
    longest = data.draw(st.sampled_from([None, 90, 30]))
    assert set_aside(tmp_path / "p.jpg", whole[:cut] + END, longest)


def test_a_progressive_jpeg_whose_later_scans_are_left_out(tmp_path: Path) -> None:
    whole = JPEGS["progressive"]
    starts = [at for at in range(len(whole)) if whole.startswith(b"\xff\xda", at)]
    tables = [whole.rfind(b"\xff\xc4", 0, at) for at in starts]
    assert len(starts) > 3
    for start, table in zip(starts[1:], tables[1:], strict=True):
        assert set_aside(tmp_path / "p.jpg", whole[: min(start, table)] + END)


def jpegs() -> Iterator[tuple[str, bytes]]:
    """Whole files of many kinds, some with the corner grey that is drawn for missing data."""
    grey = np.full((70, 90, 3), 128, np.uint8)
    half = grey.copy()
    half[:30] = grainy(90, 30)
    for name, pixels in {"grey": grey, "half": half, "grainy": grainy(90, 70)}.items():
        for sampling, progressive, optimize, restarts in product(
            (0, 1, 2), (False, True), (False, True), (0, 1, 3)
        ):
            options = {
                "subsampling": sampling,
                "progressive": progressive,
                "optimize": optimize,
                "restart_marker_blocks": restarts,
            }
            yield f"{name} {options}", saved(pixels, "JPEG", quality=80, **options)
        yield f"{name} one colour", saved(pixels[:, :, 0], "JPEG")
        four = np.dstack([pixels, pixels[:, :, :1]])
        target = BytesIO()
        Image.fromarray(four, "CMYK").save(target, "JPEG")
        yield f"{name} four colours", target.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("between", [b"", bytes(5), b"\x55\xaa\x12", b"\xff\xff"])
def test_whole_jpegs_are_photos_also_with_bytes_before_the_end_marker(
    tmp_path: Path, between: bytes
) -> None:
    refused = [
        name
        for name, data in jpegs()
        if set_aside(tmp_path / "p.jpg", data[: -len(END)] + between + END)
    ]
    assert refused == []


@pytest.mark.parametrize("kind", WEBPS)
@pytest.mark.parametrize("lost", [100, 512, 0.4])
def test_a_webp_with_a_zero_tail(tmp_path: Path, kind: str, lost: float) -> None:
    whole = saved(grainy(*SIZE), "WEBP", **WEBPS[kind])
    kept = len(whole) - int(lost if lost >= 1 else len(whole) * lost)
    assert set_aside(tmp_path / "p.webp", emptied(whole, kept))
    assert not set_aside(tmp_path / "p.webp", whole)


def test_a_webp_whose_orientation_has_not_come_yet(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    whole = saved(grainy(*SIZE), "WEBP", quality=90, exif=exif.tobytes())
    assert not set_aside(tmp_path / "p.webp", whole)
    assert set_aside(tmp_path / "p.webp", emptied(whole, whole.rindex(b"EXIF")))


def test_whole_webps_whose_code_ends_in_zeros_are_photos(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (10, 400, 3))
    top = np.concatenate([noise, np.zeros((290, 400, 3))]).astype(np.uint8)
    flat = np.full((300, 400, 3), 200, np.uint8)
    files = [
        saved(pixels, "WEBP", lossless=lossless, method=method, quality=quality)
        for pixels, lossless, method, quality in product(
            (top, flat), (False, True), (0, 4), (30, 100)
        )
    ]
    assert sum(data.rstrip(b"\0")[-1:] != data[-1:] for data in files) >= 4
    assert not any(set_aside(tmp_path / "p.webp", data) for data in files)


def test_a_png_cut_and_closed_again_or_with_a_zero_tail(tmp_path: Path) -> None:
    whole = saved(grainy(*SIZE), "PNG")
    assert whole.count(b"IDAT") == 1
    start, kept = whole.index(b"IDAT"), len(whole) * 6 // 10
    body = whole[start:kept]
    closed = whole[: start - 4] + number(len(body) - 4, 4) + body
    closed += number(crc32(body), 4) + whole[-12:]
    assert set_aside(tmp_path / "p.png", closed)
    assert set_aside(tmp_path / "p.png", emptied(whole, kept))
    assert not set_aside(tmp_path / "p.png", whole)
