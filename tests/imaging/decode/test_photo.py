from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.decode.photo import fingerprint, read_file, read_photo
from imaging.framing import Pixels, Size
from tests.support.pictures import FORMATS, encoded, exif_bytes, four_corners, grainy, written

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


@pytest.mark.parametrize(
    ("kind", "name"), [("jpg", "JPEG"), ("png", "PNG"), ("heic", "HEIC"), ("webp", "WEBP")]
)
def test_the_fingerprint_says_the_format_inside(tmp_path: Path, kind: str, name: str) -> None:
    path = written(tmp_path / "misnamed.jpg", encoded(four_corners(), kind))
    assert fingerprint(read_file(path)).format == name


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
