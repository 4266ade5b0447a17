import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco

from imaging.framing import Mask, Size
from imaging.mask.agreement import agreement
from imaging.mask.rle import area, decode, dice, encode, jaccard
from imaging.values import Rle

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 40)))


@given(masks)
def test_a_mask_comes_back(mask: Mask) -> None:
    decoded = decode(encode(mask))
    assert decoded.dtype == np.bool_
    assert np.array_equal(decoded, mask)


@given(masks)
def test_how_a_mask_lies_in_memory_makes_no_difference(mask: Mask) -> None:
    assert encode(np.asfortranarray(mask)) == encode(mask)
    assert encode(np.repeat(mask, 2, axis=1)[:, ::2]) == encode(mask)


@given(masks)
def test_coco_reads_it(mask: Mask) -> None:
    rle = encode(mask)
    size = {"size": [rle.size.height, rle.size.width], "counts": rle.counts}
    assert int(coco.area(size)) == np.count_nonzero(mask)


def test_the_counts_are_cocos() -> None:
    assert encode(np.zeros((2, 2), np.bool_)) == Rle(Size(2, 2), b"4")
    assert encode(np.ones((2, 2), np.bool_)) == Rle(Size(2, 2), b"04")
    left = np.array([[True, False, False], [True, False, False]])
    assert encode(left) == Rle(Size(3, 2), b"024")


def test_a_decoded_mask_can_be_painted_on() -> None:
    mask = decode(encode(np.zeros((30, 40), np.bool_)))
    mask[3, 4] = True
    assert np.count_nonzero(mask) == 1
    assert mask.flags.f_contiguous


@given(masks, st.data())
def test_counts_cut_short_are_refused(mask: Mask, data: st.DataObject) -> None:
    rle = encode(mask)
    cut = data.draw(st.integers(0, len(rle.counts) - 1))
    with pytest.raises(ValueError, match="runs"):
        decode(Rle(rle.size, rle.counts[:cut]))


@given(masks)
def test_counts_of_another_size_are_refused(mask: Mask) -> None:
    rle = encode(mask)
    with pytest.raises(ValueError, match="runs"):
        decode(Rle(Size(rle.size.width + 1, rle.size.height), rle.counts))


@given(masks)
def test_the_area_is_counted_without_the_mask(mask: Mask) -> None:
    assert area(encode(mask)) == np.count_nonzero(mask)


@pytest.mark.parametrize("counts", [b"\xff", b"/", b"0\x00", b"P"])
def test_what_are_no_runs_is_refused(counts: bytes) -> None:
    with pytest.raises(ValueError, match="runs"):
        decode(Rle(Size(2, 2), counts))


@given(masks, st.data())
def test_dice_is_that_of_the_pixels(mask: Mask, data: st.DataObject) -> None:
    other = data.draw(hnp.arrays(np.bool_, mask.shape))
    assert dice(encode(mask), encode(other)) == agreement(mask, other).dice
    assert jaccard(encode(mask), encode(other)) == agreement(mask, other).jaccard
    with pytest.raises(ValueError, match="compared"):
        dice(encode(mask), encode(np.zeros((41, 41), np.bool_)))
