import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import Mask
from imaging.mask.form import Form, measure_form


def blank() -> Mask:
    return np.zeros((12, 16), np.bool_)


def test_an_empty_mask_has_nothing() -> None:
    assert measure_form(blank()) == Form(0, 0)


def test_a_full_mask_is_one_part() -> None:
    assert measure_form(~blank()) == Form(1, 0)


@pytest.mark.parametrize("order", ["C", "F"])
def test_parts_and_holes_are_counted(order: str) -> None:
    mask = blank()
    mask[1:6, 1:6] = True
    mask[3, 3] = False
    mask[6:8, 6:8] = True
    mask[9, 12] = True
    mask[4, 5] = False
    assert measure_form(np.array(mask, order="F" if order == "F" else "C")) == Form(2, 1)


@given(hnp.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_parts_minus_holes_is_the_euler_number(mask: Mask) -> None:
    # Gray, "Local properties of binary images in two dimensions", 1971: of all 2×2 windows, those
    # with one pixel set less those with three less twice those with two across.
    padded = np.pad(mask, 1).astype(int)
    windows = (padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:])
    count = np.sum(windows, axis=0)
    diagonal = (count == 2) & (windows[0] == windows[3])
    euler = ((count == 1).sum() - (count == 3).sum() - 2 * diagonal.sum()) // 4
    form = measure_form(mask)
    assert form.parts - form.holes == euler
