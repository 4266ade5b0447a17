from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from imaging.decode.photo import read_photo
from imaging.framing import Pixels
from sample_images.drawing.icc import BLUE, GREEN, RED, display_p3
from tests.support.pictures import FORMATS, encoded, four_corners, written

SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""sRGB's primaries as XYZ, adapted to D50 (IEC 61966-2-1)."""
SKIN_TONES = ((224, 180, 155), (92, 52, 40), (160, 110, 85), (200, 200, 200))


def from_p3(colour: tuple[int, int, int]) -> npt.NDArray[np.float64]:
    """A Display P3 colour in sRGB, by the definitions of both."""
    values = np.array(colour) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    there = np.linalg.solve(np.array(SRGB).T, np.array((RED, GREEN, BLUE)).T @ linear).clip(0, 1)
    curved = np.where(there <= 0.0031308, there * 12.92, 1.055 * there ** (1 / 2.4) - 0.055)
    return np.asarray(curved * 255)


def read(tmp_path: Path, picture: Image.Image, kind: str = "PNG", **options: object) -> Pixels:
    target = BytesIO()
    picture.save(target, kind, **options)
    photo = read_photo(written(tmp_path / "p.jpg", target.getvalue()))
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.shape == (picture.height, picture.width, 3)
    return photo.pixels


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("longest", [None, 20])
@pytest.mark.parametrize("colour", SKIN_TONES)
def test_display_p3_becomes_srgb(
    tmp_path: Path, kind: str, longest: int | None, colour: tuple[int, int, int]
) -> None:
    pixels = np.full((32, 40, 3), colour, np.uint8)
    path = written(tmp_path / f"p.{kind}", encoded(pixels, kind, profile=display_p3()))
    middle = read_photo(path, longest).pixels[5:10, 5:10].reshape(-1, 3).mean(axis=0)
    assert np.abs(middle - from_p3(colour)).max() <= 3
    if colour[0] != colour[2]:
        assert np.abs(from_p3(colour) - colour).max() > 3


def test_a_damaged_profile_is_left_aside(tmp_path: Path) -> None:
    pixels = four_corners()
    for profile in (b"nonsense", display_p3()[:200], display_p3()[:-300]):
        seen = read(tmp_path, Image.fromarray(pixels), icc_profile=profile)
        assert np.array_equal(seen, pixels)


def test_a_profile_for_colour_on_a_grey_picture(tmp_path: Path) -> None:
    grey = Image.fromarray(np.full((20, 20), 120, np.uint8))
    assert np.abs(read(tmp_path, grey, icc_profile=display_p3()).astype(int) - 120).max() <= 1


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:10] = (200, 100, 50, 255)
    pixels[10:, :10] = (200, 100, 50, 0)
    pixels[10:, 10:] = (0, 0, 0, 128)
    seen = read(tmp_path, Image.fromarray(pixels))
    assert (seen[:10] == (200, 100, 50)).all()
    assert (seen[10:, :10] == 255).all()
    assert np.abs(seen[10:, 10:].astype(int) - 127).max() <= 1


def test_grey_with_alpha(tmp_path: Path) -> None:
    pixels = np.zeros((20, 20, 2), np.uint8)
    pixels[:, :10] = (90, 255)
    seen = read(tmp_path, Image.fromarray(pixels, "LA"))
    assert (seen[:, :10] == 90).all()
    assert (seen[:, 10:] == 255).all()


@pytest.mark.parametrize("longest", [None, 32])
def test_sixteen_bit_grey_keeps_its_range(tmp_path: Path, longest: int | None) -> None:
    values = np.repeat(np.arange(64, dtype=np.uint16)[None, :] * 1040, 64, axis=0)
    Image.fromarray(values).save(tmp_path / "p.png")
    seen = read_photo(tmp_path / "p.png", longest).pixels
    step = 64 // seen.shape[1]
    wanted = (values.reshape(64, -1, step).mean(axis=2) / 257)[:: 64 // seen.shape[0]]
    assert np.abs(seen - wanted[..., None]).max() <= 1.5


def test_black_and_white(tmp_path: Path) -> None:
    bits = np.zeros((20, 20), np.bool_)
    bits[:, 7:] = True
    seen = read(tmp_path, Image.fromarray(bits))
    assert (seen == np.where(bits, 255, 0)[..., None]).all()


def test_palettes(tmp_path: Path) -> None:
    palette = Image.fromarray(four_corners()).quantize(4)
    assert np.abs(read(tmp_path, palette).astype(int) - four_corners()).max() <= 8
    hidden = read(tmp_path, palette, transparency=palette.getpixel((0, 0)))
    assert (hidden[:32, :48] == 255).all()
    assert np.abs(hidden[32:].astype(int) - four_corners()[32:]).max() <= 8


def test_a_colour_that_stands_for_transparent(tmp_path: Path) -> None:
    seen = read(tmp_path, Image.fromarray(four_corners()), transparency=(230, 40, 40))
    assert (seen[:32, :48] == 255).all()
    assert (seen[32:] == four_corners()[32:]).all()


def test_cmyk(tmp_path: Path) -> None:
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[:16, 16:] = (0, 255, 255, 0)
    pixels[16:, :16] = (0, 0, 0, 255)
    pixels[16:, 16:] = (255, 255, 0, 0)
    seen = read(tmp_path, Image.fromarray(pixels, "CMYK"), "JPEG", quality=95, subsampling=0)
    corners = seen[[4, 4, 28, 28], [4, 28, 4, 28]].astype(int)
    wanted = np.array([(255, 255, 255), (255, 0, 0), (0, 0, 0), (0, 0, 255)])
    assert np.abs(corners - wanted).max() <= 12


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_profile_as_large_as_a_scanner_s(tmp_path: Path, kind: str) -> None:
    profile = display_p3()
    filled = profile + bytes(3_000_000 - len(profile))
    large = len(filled).to_bytes(4, "big") + filled[4:]
    picture = Image.fromarray(np.full((20, 20, 3), (224, 180, 155), np.uint8))
    small, seen = (read(tmp_path, picture, kind, icc_profile=each) for each in (profile, large))
    assert np.array_equal(seen, small)
    assert not np.array_equal(seen, np.asarray(picture))
