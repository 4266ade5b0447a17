"""A map comes back as it was packed, in whichever form it was kept; a damaged one is told."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from db.sqlite.packing import packed, unpacked
from imaging.framing import Probabilities

MAPS = arrays.arrays(
    np.float16,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=20),
    elements=st.floats(0, 1, width=16),
).map(lambda halves: halves.astype(np.float32))


@given(MAPS)
def test_it_comes_back_as_it_was(grid: Probabilities) -> None:
    assert np.array_equal(unpacked(packed(grid), *grid.shape), grid)


@given(MAPS)
def test_one_that_was_kept_before_does_too(grid: Probabilities) -> None:
    whole = zlib.compress(grid.astype("<f2").tobytes(), 1)
    planes = grid.astype("<f2").view(np.uint8).reshape(-1, 2).T
    for before in (whole, b"\1" + zlib.compress(planes.tobytes(), 1)):
        assert np.array_equal(unpacked(before, *grid.shape), grid)


WRONG = r"unpacked|reshape|inhomogeneous"


@given(MAPS, st.data())
def test_one_that_has_lost_its_end_is_told(grid: Probabilities, data: st.DataObject) -> None:
    whole = packed(grid)
    with pytest.raises(ValueError, match=WRONG):
        unpacked(whole[: data.draw(st.integers(1, len(whole) - 1))], *grid.shape)


@given(MAPS, st.data())
def test_one_that_has_changed_is_told_or_is_the_same(
    grid: Probabilities, data: st.DataObject
) -> None:
    whole = packed(grid)
    at = data.draw(st.integers(1, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
    try:
        seen = unpacked(changed, *grid.shape)
    except ValueError:
        return
    # A run may say in two ways that it goes on with the same.
    assert np.array_equal(seen, grid)


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (1, 13), (13, 0)])
@pytest.mark.parametrize("kept", [12, 9, 1, 0])
def test_a_damaged_one_is_told(shape: tuple[int, int], kept: int) -> None:
    grid = np.zeros((1, 11), np.float32)
    with pytest.raises(ValueError, match=r"unpacked|reshape"):
        unpacked(packed(grid)[:kept], *shape)
