"""Masks as people's programs write them: the same lesion, or a sentence."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.framing import Mask
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, PairsError


def lesion() -> Mask:
    y, x = np.mgrid[:480, :640]
    return np.asarray(np.hypot((x - 200) / 110, (y - 170) / 72) < 1)


def pair(path: Path, picture: Image.Image, kind: str = "PNG", **options: object) -> Pair:
    picture.save(path, kind, **options)
    return Pair(path.with_suffix(".jpg"), path, {})


def grey(dark: int, light: int) -> Image.Image:
    return Image.fromarray(np.where(lesion(), light, dark).astype(np.uint8))


def seen_through(colour: int) -> Image.Image:
    pixels = np.full((480, 640, 4), colour, np.uint8)
    pixels[..., 3] = lesion() * 255
    return Image.fromarray(pixels)


def palette() -> Image.Image:
    picture = Image.fromarray(lesion().astype(np.uint8), "P")
    picture.putpalette([0, 0, 0, 128, 0, 0])
    return picture


WAYS: dict[str, Callable[[], Image.Image]] = {
    "black and white": lambda: grey(0, 255),
    "one bit": lambda: grey(0, 255).convert("1"),
    "numbered": lambda: grey(0, 1),
    "other numbers": lambda: grey(1, 2),
    "in colour": lambda: grey(0, 255).convert("RGB"),
    "palette": palette,
    "16 bits": lambda: Image.fromarray(lesion().astype(np.uint16) * 65535),
    "16 bits, numbered": lambda: Image.fromarray(lesion().astype(np.uint16)),
    "white, seen through": lambda: seen_through(255),
    "black, seen through": lambda: seen_through(0),
    "opaque": lambda: grey(0, 255).convert("RGBA"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_mask_is_the_same_whatever_way_it_is_written(tmp_path: Path, way: str) -> None:
    assert np.array_equal(read_mask(pair(tmp_path / "m.png", WAYS[way]())), lesion())


@pytest.mark.parametrize("quality", [50, 75, 95])
def test_the_noise_of_a_lossy_file_is_no_lesion(tmp_path: Path, quality: int) -> None:
    lossy = pair(tmp_path / "m.png", grey(0, 255), "JPEG", quality=quality)
    assert (read_mask(lossy) != lesion()).mean() < 0.001


def test_a_mask_of_nothing_and_one_of_everything(tmp_path: Path) -> None:
    assert not read_mask(pair(tmp_path / "m.png", grey(0, 0))).any()
    assert read_mask(pair(tmp_path / "m.png", grey(255, 255))).all()


def test_what_is_not_plainly_a_mask_is_refused(tmp_path: Path) -> None:
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64), np.uint8))
    with pytest.raises(PairsError, match=r"m\.png is not plainly a mask: \d+% of it is neither"):
        read_mask(pair(tmp_path / "m.png", photo))
    (tmp_path / "m.png").write_bytes(b"no picture")
    with pytest.raises(PairsError, match="can't be read"):
        read_mask(Pair(tmp_path / "m.jpg", tmp_path / "m.png", {}))
