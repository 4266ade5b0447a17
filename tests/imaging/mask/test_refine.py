import cv2
import numpy as np
import pytest

from imaging.framing import Mask, Pixels, Probabilities
from imaging.mask.agreement import agreement
from imaging.mask.marks import Marks, lesion_of
from imaging.mask.refine import refine

SHAPE = (240, 320)


def ellipse(x: int, y: int, width: int, height: int) -> Mask:
    drawn = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(drawn, (x, y), (width, height), 20, 0, 360, 1, -1)
    return drawn.astype(np.bool_)


LESION = ellipse(150, 120, 60, 40)


@pytest.fixture
def photo() -> Pixels:
    """A brown lesion on skin, a little noisy, its border soft."""
    random = np.random.default_rng(4)
    picture = np.where(LESION[..., None], (120, 80, 60), (220, 180, 160)).astype(np.float32)
    noisy = cv2.GaussianBlur(picture, (0, 0), 2) + random.normal(0, 3, picture.shape)
    return np.asarray(noisy.clip(0, 255), np.uint8)


def drawn(mask: Mask) -> Probabilities:
    return np.where(mask, np.float32(0.9), np.float32(0.1))


def dice(outline: Probabilities) -> float:
    return agreement(lesion_of(outline), LESION).dice


def test_a_mark_inside_brings_what_was_left_out(photo: Pixels) -> None:
    half = LESION.copy()
    half[:, 150:] = False
    found = refine(photo, drawn(half), Marks(inside=((178.5, 125.5),)))
    assert dice(drawn(half)) < 0.75
    assert dice(found) > 0.93


def test_a_mark_outside_takes_away_what_is_no_lesion(photo: Pixels) -> None:
    more = LESION | ellipse(230, 160, 50, 35)
    found = refine(photo, drawn(more), Marks(outside=((240.5, 165.5),)))
    assert dice(drawn(more)) < 0.85
    assert dice(found) > 0.93


def test_from_nothing_a_mark_each_inside_and_outside_finds_the_lesion(photo: Pixels) -> None:
    nothing = np.zeros(SHAPE, np.float32)
    first = Marks(inside=((150.5, 120.5),))
    found = refine(photo, refine(photo, nothing, first), Marks(first.inside, ((240.5, 200.5),)))
    assert dice(found) > 0.9


def test_marks_are_obeyed(photo: Pixels) -> None:
    marks = Marks(inside=((290.5, 30.5),), outside=((150.5, 120.5),))
    found = lesion_of(refine(photo, drawn(LESION), marks))
    assert found[30, 290]
    assert not found[120, 150]


def test_another_lesion_that_no_mark_is_on_stays_as_it_is(photo: Pixels) -> None:
    far = ellipse(285, 205, 15, 10)
    half = LESION.copy()
    half[:, 150:] = False
    found = lesion_of(refine(photo, drawn(half | far), Marks(inside=((178.5, 125.5),))))
    assert (found[190:220, 265:] == far[190:220, 265:]).all()


def test_without_marks_the_outline_stays(photo: Pixels) -> None:
    found = refine(photo, drawn(LESION), Marks())
    assert (lesion_of(found) == LESION).all()
