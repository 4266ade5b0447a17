import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imaging.framing import Mask, Size
from imaging.mask.form import measure_form
from imaging.mask.parts import parts_of

masks = st.lists(st.lists(st.booleans(), min_size=9, max_size=9), min_size=1, max_size=9).map(
    lambda rows: np.array(rows, np.bool_)
)


@given(masks, st.sampled_from(("C", "F")))
def test_the_parts_of_a_mask_are_one_each_and_all_of_it(mask: Mask, order: str) -> None:
    mask = np.asfortranarray(mask) if order == "F" else mask
    parts = [part.on(Size.of(mask)) for part in parts_of(mask)]
    assert len(parts) == measure_form(mask).parts
    assert all(measure_form(part).parts == 1 for part in parts)
    assert np.array_equal(sum((part.astype(int) for part in parts), np.zeros(mask.shape)), mask)


@given(masks)
def test_the_largest_comes_first(mask: Mask) -> None:
    parts = parts_of(mask)
    areas = [int(part.on(Size.of(mask)).sum()) for part in parts]
    assert [part.area for part in parts] == areas == sorted(areas, reverse=True)
