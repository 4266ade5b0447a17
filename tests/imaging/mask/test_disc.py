import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.framing import Mask
from imaging.mask.disc import FARTHEST, dilate

sizes = st.tuples(st.integers(1, 40), st.integers(1, 200))
radii = st.one_of(st.integers(0, 90).map(float), st.floats(0, 90))


def within(mask: Mask, radius: float) -> Mask:
    """Each pixel from which one of the mask is within `radius`, found by looking at all."""
    near = np.zeros_like(mask)
    rows, columns = np.indices(mask.shape)
    for row, column in np.argwhere(mask):
        near |= (rows - row) ** 2 + (columns - column) ** 2 <= radius**2
    return near


@given(sizes, radii, st.data())
def test_all_that_is_within_the_radius_is_there_and_nothing_else(
    size: tuple[int, int], radius: float, data: st.DataObject
) -> None:
    mask = np.zeros(size, np.bool_)
    # At the edges of words and lines, where bits go from one into the next.
    points = st.tuples(
        st.integers(0, size[0] - 1),
        st.one_of(
            st.integers(0, size[1] - 1),
            st.sampled_from([0, 63, 64, 127, 128, size[1] - 1]).filter(lambda x: x < size[1]),
        ),
    )
    for point in data.draw(st.lists(points, max_size=5)):
        mask[point] = True
    before = mask.copy()
    assert np.array_equal(dilate(mask, radius), within(mask, radius))
    assert np.array_equal(mask, before)


@pytest.mark.parametrize("radius", [FARTHEST - 1, FARTHEST, FARTHEST + 1])
@pytest.mark.parametrize("column", [0, 700, 1299])
def test_a_disc_of_any_size_is_the_same_disc(radius: float, column: int) -> None:
    mask = np.zeros((3, 1300), np.bool_)
    assert not dilate(mask, radius).any()
    mask[1, column] = True
    assert np.array_equal(dilate(mask, radius), within(mask, radius))
