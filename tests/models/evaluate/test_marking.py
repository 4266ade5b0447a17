import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.framing import Mask
from imaging.mask.marks import Marks, lesion_of
from imaging.mask.refine import refine
from models.evaluate.marking import (
    AIM,
    MOST,
    Marked,
    mark,
    mark_pairs,
    next_mark,
    read_outlined,
    summarise,
)
from models.evaluate.masks import read_mask
from models.evaluate.pairs import PairsError, read_pairs
from models.proof.samples import sample_folder
from models.run.segmenter import Segmenter, open_segmenter
from tests.models.conftest import draw_pair

TRUTH = Path(__file__).parents[2] / "data" / "sample_masks"


def box(*boxes: tuple[int, int, int, int]) -> Mask:
    """A mask of 40×60 pixels with boxes (top, bottom, left, right)."""
    drawn = np.zeros((40, 60), np.bool_)
    for top, bottom, left, right in boxes:
        drawn[top:bottom, left:right] = True
    return drawn


@pytest.fixture
def segmenter(shipped: Path) -> Segmenter:
    return open_segmenter(shipped, "onnxruntime")


def test_the_mark_lies_in_the_middle_of_the_largest_error() -> None:
    truth, drawn = box((10, 30, 10, 30)), box((10, 30, 10, 17), (0, 5, 50, 55))
    ((x, y),) = next_mark(drawn, truth, Marks()).inside
    assert x == 23.5
    # As deep anywhere on the middle line, but near its ends.
    assert 16 < y < 24


def test_what_is_too_much_is_marked_outside() -> None:
    marks = next_mark(box((10, 30, 10, 50)), box((10, 30, 10, 30)), Marks(inside=((12.5, 12.5),)))
    assert marks.inside == ((12.5, 12.5),)
    assert marks.outside in {((40.5, 20.5),), ((39.5, 19.5),), ((39.5, 20.5),), ((40.5, 19.5),)}


def test_missing_and_too_much_side_by_side_are_two_errors() -> None:
    # Together they would be the largest, and the mark would lie on their common border.
    truth, drawn = box((10, 20, 0, 30), (30, 38, 0, 36)), box((20, 30, 0, 36))
    (point,) = next_mark(drawn, truth, Marks()).outside
    assert 20 < point[1] < 30


def test_a_pixel_is_not_marked_twice() -> None:
    truth, drawn = box((10, 21, 10, 21)), box()
    first = next_mark(drawn, truth, Marks())
    second = next_mark(drawn, truth, first)
    assert len(set(second.inside)) == 2


def test_an_outline_that_is_right_takes_no_mark() -> None:
    truth = box((10, 30, 10, 30))
    picture = np.full((40, 60, 3), 180, np.uint8)
    found = mark(refine, picture, truth.astype(np.float32), truth)
    assert (found.marks, found.reached, found.jaccard) == (0, True, 1.0)


def test_marking_goes_on_until_the_aim_and_no_farther() -> None:
    truth = box((10, 30, 10, 40))
    picture = np.where(truth[..., None], np.uint8(90), np.uint8(200)).repeat(3, 2)
    found = mark(refine, picture, box((10, 30, 10, 20)).astype(np.float32), truth)
    assert found.reached
    assert 1 <= found.marks < MOST
    assert all(dice < AIM for dice in found.dices[:-1])


def test_figures_are_of_all_photos_and_of_those_with_a_bad_outline() -> None:
    good = Marked((0.95,), 0.9)
    mended = Marked((0.5, 0.8, 0.75, 0.92), 0.4)
    never = Marked((0.3, *[0.6] * MOST), 0.2)
    found = summarise([(good, mended), (mended, mended), (never, never)])
    assert found.own.photos == found.nothing.photos == 3
    assert found.own.median_marks == 3
    assert found.own.mean_marks == pytest.approx((0 + 3 + 20) / 3)
    assert found.own.failing == pytest.approx(1 / 3)
    assert found.own.worse == pytest.approx(1 / 23)
    assert found.bad is not None
    assert found.bad.photos == 2
    assert found.bad.median_marks == 11.5
    assert summarise([(good, mended)]).bad is None
    assert summarise([(good, good)]).own.worse == 0


def copy_samples(folder: Path, *names: str) -> None:
    """Sample photos under `images/`, their true masks under `masks/`."""
    for kind in ("images", "masks"):
        (folder / kind).mkdir()
    for name in names:
        mask = Path(name).with_suffix(".png").name
        shutil.copy(sample_folder() / name, folder / "images")
        shutil.copy(TRUTH / mask, folder / "masks")


def test_the_outline_to_mend_is_the_mask_that_is_drawn(
    tmp_path: Path, segmenter: Segmenter
) -> None:
    copy_samples(tmp_path, "near-the-border.jpg")
    (pair,) = read_pairs(tmp_path)
    picture, truth, outline = read_outlined(segmenter, pair)
    assert picture.shape == (*truth.shape, 3)
    assert (truth == read_mask(pair)).all()
    assert lesion_of(outline).any()
    assert 0 <= outline.min() <= outline.max() <= 1


def test_pairs_are_marked_from_the_model_s_outline_and_from_nothing(
    tmp_path: Path, segmenter: Segmenter
) -> None:
    copy_samples(tmp_path, "near-the-border.jpg", "out-of-focus.jpg")
    done: list[int] = []
    found = mark_pairs(segmenter, refine, read_pairs(tmp_path), done.append)
    assert done == [1, 2]
    assert all(nothing.dices[0] == 0 < own.dices[0] for own, nothing in found)


def test_a_mask_of_another_size_is_refused(tmp_path: Path, segmenter: Segmenter) -> None:
    draw_pair(tmp_path, "a", 3)
    Image.new("L", (10, 10), 255).save(tmp_path / "masks" / "a.png")
    with pytest.raises(PairsError, match=r"a\.png can't be compared with its mask"):
        mark_pairs(segmenter, refine, read_pairs(tmp_path), lambda _done: None)
