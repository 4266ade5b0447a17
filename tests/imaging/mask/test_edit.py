from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import Mask
from imaging.mask.edit import PatchError, apply_patch, difference, packed, revert_patch, unpacked
from imaging.values import Patch

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 40)))
Layout = Callable[[Mask], Mask]
layouts: st.SearchStrategy[Layout] = st.sampled_from([np.ascontiguousarray, np.asfortranarray])


@st.composite
def two_masks(draw: st.DrawFn) -> tuple[Mask, Mask]:
    first = draw(masks)
    return first, draw(hnp.arrays(np.bool_, first.shape))


@given(two_masks(), layouts, layouts)
def test_a_difference_leads_from_one_mask_to_the_other_and_back(
    pair: tuple[Mask, Mask], layout: Layout, other: Layout
) -> None:
    before, after = layout(pair[0]), other(pair[1])
    patch = difference(before, after)
    if patch is None:
        assert np.array_equal(before, after)
        return
    live = before.copy(order="K")
    apply_patch(live, patch)
    assert np.array_equal(live, after)
    revert_patch(live, patch)
    assert np.array_equal(live, before)


@given(two_masks())
def test_a_difference_has_the_tightest_box(pair: tuple[Mask, Mask]) -> None:
    patch = difference(*pair)
    rows, columns = np.nonzero(pair[0] != pair[1])
    if patch is None:
        assert rows.size == 0
        return
    assert (patch.left, patch.top) == (columns.min(), rows.min())
    assert patch.width == columns.max() - columns.min() + 1
    assert patch.height == rows.max() - rows.min() + 1


@given(two_masks())
def test_the_way_a_mask_lies_in_memory_makes_no_other_patch(pair: tuple[Mask, Mask]) -> None:
    before, after = pair
    turned = difference(np.asfortranarray(before), np.asfortranarray(after))
    assert turned == difference(np.ascontiguousarray(before), np.ascontiguousarray(after))


@given(two_masks())
def test_a_patch_is_refused_on_another_mask_which_stays_as_it_is(pair: tuple[Mask, Mask]) -> None:
    patch = difference(*pair)
    assume(patch is not None)
    assert patch is not None
    after = pair[1].copy()
    with pytest.raises(PatchError, match="another mask"):
        apply_patch(after, patch)
    assert np.array_equal(after, pair[1])
    before = pair[0].copy()
    with pytest.raises(PatchError, match="another mask"):
        revert_patch(before, patch)
    assert np.array_equal(before, pair[0])


def dot() -> tuple[Mask, Patch]:
    mask = np.zeros((20, 30), np.bool_)
    spotted = mask.copy()
    spotted[6:14, 6:14] = True
    patch = difference(mask, spotted)
    assert patch is not None
    return mask, patch


@pytest.mark.parametrize("left", [-3, 28])
def test_a_patch_that_reaches_outside_is_refused(left: int) -> None:
    mask, patch = dot()
    with pytest.raises(PatchError, match="outside"):
        apply_patch(mask, replace(patch, left=left))
    assert not mask.any()


def test_a_damaged_patch_is_refused_before_anything_changes() -> None:
    mask, patch = dot()
    _, smaller = dot()
    other = difference(mask, np.ones_like(mask))
    assert other is not None
    for bits in (b"", b"nonsense", patch.bits[:-3], other.bits):
        with pytest.raises(PatchError, match="damaged"):
            apply_patch(mask, replace(smaller, bits=bits))
    assert not mask.any()


def test_nothing_to_do_is_no_patch() -> None:
    mask = np.zeros((20, 30), np.bool_)
    assert difference(mask, mask.copy()) is None


@given(masks)
def test_packed_pixels_come_back(mask: Mask) -> None:
    patch = Patch(0, 0, mask.shape[1], mask.shape[0], b"", "", "")
    assert np.array_equal(unpacked(packed(mask), patch), mask)
