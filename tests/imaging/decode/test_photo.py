import struct
import zlib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from imaging.decode.photo import MOST_TEXT, fingerprint, read_file, read_photo
from imaging.framing import Pixels, Size
from imaging.photo import PhotoError
from tests.support.pictures import (
    FORMATS,
    PLAIN,
    encoded,
    exif_bytes,
    four_corners,
    grainy,
    written,
)

STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How a camera that writes this orientation stores what stands upright."""


def close(first: Pixels, second: Pixels, most: float = 3) -> bool:
    """Whether two pictures are the same but for what compression does to them."""
    same_shape = first.shape == second.shape
    return same_shape and float(np.abs(first.astype(int) - second).mean()) < most


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("turn", STORED)
def test_a_photo_stands_upright_whatever_way_it_is_stored(
    tmp_path: Path, kind: str, turn: int
) -> None:
    upright = four_corners()
    stored = np.ascontiguousarray(STORED[turn](upright))
    path = written(tmp_path / f"p.{kind}", encoded(stored, kind, exif=exif_bytes(turn)))
    photo = read_photo(path)
    assert photo.size == Size(96, 64)
    assert fingerprint(read_file(path)).size == Size(96, 64)
    assert close(photo.pixels, upright)


@pytest.mark.slow
@pytest.mark.parametrize("turn", STORED)
def test_a_picture_of_many_rows_stands_upright_pixel_by_pixel(tmp_path: Path, turn: int) -> None:
    upright = grainy(1500, 1600)
    stored = np.ascontiguousarray(STORED[turn](upright))
    path = written(tmp_path / "p.tif", encoded(stored, "bmp"))
    assert np.array_equal(read_photo(path).pixels, stored)
    cv2.imwrite(str(path := tmp_path / "p.png"), stored[:, :, ::-1])
    tagged = path.read_bytes()[:33] + _png_exif(exif_bytes(turn)) + path.read_bytes()[33:]
    assert np.array_equal(read_photo(written(path, tagged)).pixels, upright)


def _png_exif(exif: bytes) -> bytes:
    data = b"eXIf" + exif.removeprefix(b"Exif\0\0")
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("turn", [1, 6])
@pytest.mark.parametrize("longest", [50, 100, 333, 799])
def test_decoded_small_it_has_the_length_asked_for_and_the_same_picture(
    tmp_path: Path, kind: str, turn: int, longest: int
) -> None:
    stored = np.ascontiguousarray(STORED[turn](four_corners(800, 600)))
    path = written(tmp_path / f"p.{kind}", encoded(stored, kind, exif=exif_bytes(turn)))
    photo = read_photo(path, longest)
    height, width, _ = photo.pixels.shape
    assert (width, height) == (longest, round(longest * 0.75))
    assert photo.size == Size(800, 600)
    assert close(photo.pixels, four_corners(width, height), most=5)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_photo_smaller_than_asked_for_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / f"p.{kind}", encoded(four_corners(), kind))
    assert np.array_equal(read_photo(path, 1000).pixels, read_photo(path).pixels)


NAMES = {"jpg": "JPEG", "tif": "TIFF", "jp2": "JPEG 2000"}


@pytest.mark.parametrize("kind", [*FORMATS, *PLAIN])
def test_the_fingerprint_says_the_format_inside(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / "misnamed.jpg", encoded(four_corners(), kind))
    assert fingerprint(read_file(path)).format == NAMES.get(kind, kind.upper())


def test_progressive_and_grey_jpegs_are_photos_too(tmp_path: Path) -> None:
    picture = Image.fromarray(four_corners())
    picture.save(tmp_path / "progressive.jpg", progressive=True, quality=95)
    picture.convert("L").save(tmp_path / "grey.jpg", quality=95)
    assert close(read_photo(tmp_path / "progressive.jpg").pixels, four_corners(), most=6)
    grey = read_photo(tmp_path / "grey.jpg").pixels
    assert close(grey, np.asarray(picture.convert("L").convert("RGB")))


def test_a_jpeg_with_a_second_picture_behind_it_is_the_first(tmp_path: Path) -> None:
    first, target = Image.fromarray(four_corners()), BytesIO()
    first.save(
        target, "MPO", save_all=True, append_images=[first.transpose(Image.Transpose.ROTATE_180)],
        quality=95,
    )  # fmt: skip
    path = written(tmp_path / "depth.jpg", target.getvalue())
    assert fingerprint(read_file(path)).format == "JPEG"
    assert close(read_photo(path).pixels, four_corners(), most=6)
    assert read_photo(path, 48).pixels.shape == (32, 48, 3)


@pytest.mark.parametrize("payload", [b"", b"\0" * 40, b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0"])
def test_broken_exif_data_leave_the_photo_usable(tmp_path: Path, payload: bytes) -> None:
    path = written(tmp_path / "p.jpg", encoded(four_corners(), "jpg", exif=b"Exif\0\0" + payload))
    assert close(read_photo(path).pixels, four_corners())
    assert fingerprint(read_file(path)).size == Size(96, 64)


def test_the_folder_is_not_written(tmp_path: Path) -> None:
    path = written(tmp_path / "p.jpg", encoded(grainy(), "jpg", exif=exif_bytes(6)))
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    read_photo(path)
    read_photo(path, 50)
    fingerprint(read_file(path))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", PLAIN)
def test_formats_that_say_little_are_photos_too(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / f"p.{kind}", encoded(four_corners(800, 600), kind))
    assert close(read_photo(path).pixels, four_corners(800, 600))
    assert close(read_photo(path, 400).pixels, four_corners(400, 300), most=5)


def test_of_a_film_and_of_a_stack_the_first_picture_counts(tmp_path: Path) -> None:
    first = Image.fromarray(four_corners())
    second = Image.fromarray(four_corners()[::-1])
    for kind in ("gif", "tif"):
        path = tmp_path / f"p.{kind}"
        first.save(path, save_all=True, append_images=[second])
        assert close(read_photo(path).pixels, four_corners())


@pytest.mark.parametrize("wide", ["rgb", "grey"])
def test_a_tiff_of_16_bits(tmp_path: Path, wide: str) -> None:
    pixels = four_corners().astype(np.uint16) * 257
    stored = pixels[..., ::-1] if wide == "rgb" else pixels[..., 0]
    assert cv2.imwrite(str(tmp_path / "p.tif"), stored)
    seen = read_photo(tmp_path / "p.tif").pixels
    expected = four_corners() if wide == "rgb" else four_corners()[..., :1].repeat(3, axis=2)
    assert close(seen, expected, most=1)


def test_a_tiff_of_four_inks(tmp_path: Path) -> None:
    Image.fromarray(four_corners()).convert("CMYK").save(tmp_path / "p.tif")
    assert close(read_photo(tmp_path / "p.tif").pixels, four_corners(), most=6)


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" %s></x:xmpmeta>'
)
SAYS_SIX = [b'tiff:Orientation="6"/>', b"tiff:Orientation='6'/>", b"><tiff:Orientation>6</a>"]


@pytest.mark.parametrize("said", SAYS_SIX)
@pytest.mark.parametrize("kind", ["png", "png packed", "jpg", "webp"])
def test_an_orientation_in_xmp_counts_where_exif_says_none(
    tmp_path: Path, kind: str, said: bytes
) -> None:
    xmp, upright = XMP % said, four_corners()
    stored = Image.fromarray(np.ascontiguousarray(STORED[6](upright)))
    path = tmp_path / f"p.{kind[:4].strip()}"
    if kind.startswith("png"):
        about = PngInfo()
        about.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=kind == "png packed")
        stored.save(path, pnginfo=about)
    else:
        stored.save(path, quality=95, xmp=xmp)
    assert close(read_photo(path).pixels, upright, most=6)
    assert fingerprint(read_file(path)).size == Size(96, 64)


def test_exif_outweighs_xmp(tmp_path: Path) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[3](four_corners())))
    stored.save(tmp_path / "p.png", exif=exif_bytes(3), xmp=XMP % SAYS_SIX[0])
    assert close(read_photo(tmp_path / "p.png").pixels, four_corners())


def test_an_orientation_in_a_png_as_older_programs_write_it(tmp_path: Path) -> None:
    said = exif_bytes(6)
    text = f"\nexif\n{len(said):8}\n{said.hex()}\n"
    about = PngInfo()
    about.add_text("Raw profile type exif", text, zip=True)
    Image.fromarray(np.ascontiguousarray(STORED[6](four_corners()))).save(
        tmp_path / "p.png", pnginfo=about
    )
    assert close(read_photo(tmp_path / "p.png").pixels, four_corners())


def test_an_avif_that_is_called_a_heic(tmp_path: Path) -> None:
    data = encoded(four_corners(), "avif")
    path = written(tmp_path / "p.heic", data[:8] + b"mif1" + data[12:])
    assert close(read_photo(path).pixels, four_corners())
    assert fingerprint(read_file(path)).format == "AVIF"


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("about", ["XML:com.adobe.xmp", "Comment"])
def test_a_png_with_more_text_than_most(tmp_path: Path, about: str, packed: bool) -> None:
    texts = PngInfo()
    texts.add_itxt(about, SAYS_SIX[0].ljust(3_000_000), zip=packed)
    stored = Image.fromarray(np.ascontiguousarray(STORED[6](four_corners())))
    stored.save(tmp_path / "p.png", pnginfo=texts, exif=exif_bytes(6))
    assert close(read_photo(tmp_path / "p.png").pixels, four_corners())


@pytest.mark.slow
def test_a_png_of_nothing_but_text_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    texts = PngInfo()
    texts.add_text("Comment", " " * (MOST_TEXT + 1), zip=True)
    Image.fromarray(four_corners()).save(tmp_path / "p.png", pnginfo=texts)
    with pytest.raises(PhotoError, match=r"p\.png holds more text .* Save it anew"):
        read_photo(tmp_path / "p.png")
