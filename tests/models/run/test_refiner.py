from pathlib import Path

import cv2
import numpy as np
import pytest

from imaging.framing import Mask, Pixels
from imaging.mask.agreement import agreement
from imaging.mask.marks import Marks, lesion_of
from imaging.mask.window import Window
from models.package.package import ModelError
from models.package.shipped import shipped_refiner
from models.run.refiner import RADIUS, NetworkRefiner, look_through, open_refiner
from models.run.segmenter import open_segmenter

pytestmark = pytest.mark.slow

SHAPE = (240, 320)


def ellipse(x: int, y: int, width: int, height: int) -> Mask:
    drawn = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(drawn, (x, y), (width, height), 20, 0, 360, 1, -1)
    return drawn.astype(np.bool_)


LESION = ellipse(150, 120, 60, 40)


@pytest.fixture(scope="module")
def refiner() -> NetworkRefiner:
    return open_refiner(shipped_refiner(), "onnxruntime")


@pytest.fixture
def photo() -> Pixels:
    """A brown lesion on skin, a little noisy, its border soft."""
    random = np.random.default_rng(4)
    picture = np.where(LESION[..., None], (120, 80, 60), (220, 180, 160)).astype(np.float32)
    noisy = cv2.GaussianBlur(picture, (0, 0), 2) + random.normal(0, 3, picture.shape)
    return np.asarray(noisy.clip(0, 255), np.uint8)


def dice(refined: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    return agreement(lesion_of(refined), LESION).dice


def test_the_network_sees_the_photo_over_outline_and_marks(photo: Pixels) -> None:
    outline = LESION.astype(np.float32) * np.float32(0.8)
    window = Window(0, -40, 320)
    marks = Marks(inside=((160.0, 120.0),), outside=((20.0, 20.0),))
    seen = look_through(window, 64, photo, outline, marks)
    assert seen.shape == (128, 64, 3)
    assert seen.dtype == np.uint8
    assert (seen[:64] == window.cut(photo, 64)).all()
    assert seen[64 + 32, 30, 0] == 204
    inside, outside = seen[64:, :, 1], seen[64:, :, 2]
    assert set(np.unique(seen[64:, :, 1:])) == {0, 255}
    assert np.count_nonzero(inside) == pytest.approx(np.pi * RADIUS**2, rel=0.1)
    assert inside[32, 32] == outside[12, 4] == 255
    assert inside[12, 4] == outside[32, 32] == 0


def test_a_mark_inside_brings_what_was_left_out(refiner: NetworkRefiner, photo: Pixels) -> None:
    half = LESION.copy()
    half[:, 150:] = False
    found = refiner(photo, half.astype(np.float32), Marks(inside=((178.5, 125.5),)))
    assert dice(half.astype(np.float32)) < 0.75
    assert dice(found) > 0.93


def test_a_mark_outside_takes_away_what_is_no_lesion(
    refiner: NetworkRefiner, photo: Pixels
) -> None:
    more = (LESION | ellipse(230, 160, 50, 35)).astype(np.float32)
    assert dice(more) < 0.85
    assert dice(refiner(photo, more, Marks(outside=((240.5, 165.5),)))) > 0.93


def test_one_mark_finds_a_plain_lesion_from_nothing(refiner: NetworkRefiner, photo: Pixels) -> None:
    found = refiner(photo, np.zeros(SHAPE, np.float32), Marks(inside=((150.5, 120.5),)))
    assert dice(found) > 0.9


def test_another_lesion_that_no_mark_is_on_stays_as_it_is(
    refiner: NetworkRefiner, photo: Pixels
) -> None:
    far = ellipse(285, 205, 15, 10)
    half = LESION.copy()
    half[:, 150:] = False
    outline = (half | far).astype(np.float32)
    found = lesion_of(refiner(photo, outline, Marks(inside=((178.5, 125.5),))))
    assert (found[190:220, 265:] == far[190:220, 265:]).all()


def test_a_mirrored_photo_has_the_mirrored_outline(refiner: NetworkRefiner, photo: Pixels) -> None:
    outline = np.zeros(SHAPE, np.float32)
    found = refiner(photo, outline, Marks(inside=((150.5, 120.5),)))
    mirrored = np.ascontiguousarray(photo[:, ::-1])
    back = refiner(mirrored, outline, Marks(inside=((169.5, 120.5),)))[:, ::-1]
    np.testing.assert_allclose(found, back, atol=1e-3)


def test_a_package_that_outlines_mends_nothing_and_the_other_way_round(shipped: Path) -> None:
    with pytest.raises(ModelError, match=r"256×256, so it mends no outlines"):
        open_refiner(shipped, "onnxruntime")
    with pytest.raises(ModelError, match="one value a pixel"):
        open_segmenter(shipped_refiner(), "onnxruntime")


def test_a_package_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no model at"):
        open_refiner(tmp_path / "none.mlpackage", "onnxruntime")
