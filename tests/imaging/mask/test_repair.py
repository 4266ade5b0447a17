import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import Mask
from imaging.mask.edit import apply_patch, difference, revert_patch
from imaging.mask.form import Form, measure_form
from imaging.mask.repair import drop_parts, fill_holes, grow, keep_parts, part_at, shrink, smooth

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 24), st.integers(1, 24)))
radii = st.one_of(st.integers(1, 9).map(float), st.floats(1, 9))
Repair = Callable[[Mask], Mask]


def repairs_of(radius: float) -> list[Repair]:
    return [
        fill_holes,
        lambda mask: grow(mask, radius),
        lambda mask: shrink(mask, radius),
        lambda mask: smooth(mask, radius),
    ]


def within(mask: Mask, radius: float) -> Mask:
    """Each pixel from which one of the mask is within `radius`, found by looking at all."""
    near = np.zeros_like(mask)
    rows, columns = np.indices(mask.shape)
    for row, column in np.argwhere(mask):
        near |= (rows - row) ** 2 + (columns - column) ** 2 <= radius**2
    return near


def lesion() -> Mask:
    """A disc with a hole and a hair, and a speck beside it."""
    x, y = np.arange(80) + 0.5, np.arange(60)[:, None] + 0.5
    mask: Mask = np.hypot(x - 35, y - 30) < 20
    mask[28:31, 30:34] = False
    mask[30, 55:70] = True
    mask[4:6, 70:72] = True
    return mask


@given(masks)
def test_a_filled_mask_has_no_hole_and_as_many_parts_at_most(mask: Mask) -> None:
    filled = fill_holes(mask)
    assert measure_form(filled).holes == 0
    assert measure_form(filled).parts <= measure_form(mask).parts
    assert filled[mask].all()


@given(masks)
def test_only_background_that_is_shut_in_is_filled(mask: Mask) -> None:
    filled = fill_holes(mask)
    assert np.array_equal(fill_holes(filled), filled)
    if measure_form(mask).holes == 0:
        assert np.array_equal(filled, mask)
    # What is left is what a flood from outside reaches.
    _, grounds = cv2.connectedComponents(
        np.pad(~mask, 1, constant_values=True).view(np.uint8), connectivity=4
    )
    assert np.array_equal(~filled, (grounds == grounds[0, 0])[1:-1, 1:-1])


def test_a_bay_that_opens_at_the_photos_edge_is_no_hole() -> None:
    mask = np.zeros((9, 9), np.bool_)
    mask[0:5, 2:7] = True
    mask[0:3, 4] = False
    assert np.array_equal(fill_holes(mask), mask)


@given(masks, radii)
def test_growing_takes_in_all_that_is_within_the_radius(mask: Mask, radius: float) -> None:
    assert np.array_equal(grow(mask, radius), within(mask, radius))


@given(masks, radii)
def test_shrinking_leaves_what_is_farther_from_the_background(mask: Mask, radius: float) -> None:
    assert np.array_equal(shrink(mask, radius), ~within(~mask, radius))


@given(masks, radii)
def test_grown_and_shrunk_again_a_mask_holds_what_it_held(mask: Mask, radius: float) -> None:
    assert shrink(grow(mask, radius), radius)[mask].all()
    assert mask[grow(shrink(mask, radius), radius)].all()


@given(masks, radii)
def test_what_is_smooth_stays_as_it_is(mask: Mask, radius: float) -> None:
    smoothed = smooth(mask, radius)
    assert np.array_equal(smooth(smoothed, radius), smoothed)
    closed = ~within(~within(mask, radius), radius)
    assert np.array_equal(smoothed, within(~within(~closed, radius), radius))


def test_smoothing_takes_hairs_and_clefts_and_leaves_the_lesion() -> None:
    mask = lesion()
    smoothed = smooth(mask, 2)
    assert not smoothed[30, 58:].any()
    assert not smoothed[4:6, 70:72].any()
    assert measure_form(smoothed) == Form(1, 0)
    both = np.count_nonzero(smoothed & mask)
    assert both / np.count_nonzero(smoothed | mask) > 0.97


@given(masks, radii, st.integers(0, 23), st.integers(0, 23))
def test_how_a_mask_lies_in_memory_makes_no_other_repair(
    mask: Mask, radius: float, row: int, column: int
) -> None:
    turned = np.asfortranarray(mask)
    for repair in repairs_of(radius):
        assert np.array_equal(repair(mask), repair(turned))
        assert repair(turned).flags.f_contiguous
    straight, other = (part_at(each, column + 0.3, row + 0.7, radius) for each in (mask, turned))
    assert (straight is None) == (other is None)
    dropped = np.zeros_like(mask) if straight is None else straight
    nothing = np.zeros_like(mask)
    assert np.array_equal(
        drop_parts(mask, dropped, nothing),
        drop_parts(turned, np.asfortranarray(dropped), np.asfortranarray(nothing)),
    )


@given(masks, radii, st.sampled_from([np.ascontiguousarray, np.asfortranarray]))
def test_a_repair_leaves_its_mask_alone_and_is_a_patch_that_goes_back(
    mask: Mask, radius: float, layout: Callable[[Mask], Mask]
) -> None:
    for repair in repairs_of(radius):
        live = layout(mask).copy(order="K")
        patch = difference(live, repair(live))
        assert np.array_equal(live, mask)
        if patch is not None:
            apply_patch(live, patch)
            assert np.array_equal(live, repair(mask))
            revert_patch(live, patch)
        assert np.array_equal(live, mask)


@pytest.mark.parametrize("shape", [(1, 1), (7, 5)])
def test_an_empty_mask_and_a_full_one_stay_what_they_are(shape: tuple[int, int]) -> None:
    for mask in (np.zeros(shape, np.bool_), np.ones(shape, np.bool_)):
        for repair in repairs_of(3):
            assert np.array_equal(repair(mask), mask)


@given(masks, st.data())
def test_a_part_is_all_that_hangs_together_with_the_pixel_under_the_point(
    mask: Mask, data: st.DataObject
) -> None:
    assume(mask.any())
    row, column = data.draw(st.sampled_from(np.argwhere(mask).tolist()))
    part = part_at(mask, column + data.draw(st.floats(0.2, 0.8)), row + 0.5, 0)
    assert part is not None
    assert part[row, column]
    _, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    assert np.array_equal(part, labels == labels[row, column])


def test_beside_a_part_the_nearest_within_reach_is_meant() -> None:
    mask = lesion()
    speck = np.zeros_like(mask)
    speck[4:6, 70:72] = True
    for point in ((71.0, 5.0), (75.0, 5.0), (70.5, 9.0)):
        found = part_at(mask, *point, reach=4)
        assert found is not None
        assert np.array_equal(found, speck)
    assert part_at(mask, 77.0, 5.0, reach=4) is None
    assert part_at(mask, 72.6, 5.0, reach=0) is None
    assert part_at(mask, -9.0, 900.0, reach=4) is None


@given(masks, st.data())
def test_what_is_dropped_goes_with_its_parts_unless_something_in_them_is_kept(
    mask: Mask, data: st.DataObject
) -> None:
    dropped, kept = (data.draw(hnp.arrays(np.bool_, mask.shape)) for _ in range(2))
    left = drop_parts(mask, dropped, kept)
    assert not (left & dropped).any()
    assert mask[left].all()
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    for label in range(1, count):
        part = labels == label
        stays = not (part & dropped).any() or (part & kept).any()
        assert np.array_equal(left[part], (part & ~dropped)[part] if stays else ~part[part])


@given(masks, st.data())
def test_what_is_kept_stays_with_its_parts_and_nothing_else(
    mask: Mask, data: st.DataObject
) -> None:
    kept = data.draw(hnp.arrays(np.bool_, mask.shape))
    left = keep_parts(mask, kept)
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    expected = np.zeros_like(mask)
    for label in range(1, count):
        if (kept & (labels == label)).any():
            expected |= labels == label
    assert np.array_equal(left, expected)
    assert np.array_equal(keep_parts(np.asfortranarray(mask), kept), left)


def test_a_disc_grows_by_as_much_as_it_says() -> None:
    x, y = np.arange(80) + 0.5, np.arange(60)[:, None] + 0.5
    disc: Mask = np.hypot(x - 35, y - 30) < 10
    for radius in (1.0, 3.5, 8.0):
        area = np.count_nonzero(grow(disc, radius))
        assert math.sqrt(area / math.pi) == pytest.approx(10 + radius, abs=0.6)
