"""Smoothing is seen, keeps the parts, and goes on until there is nothing left to smooth."""

from contextlib import suppress

import numpy as np
import pytest

from db.values import Tool
from imaging.framing import Mask
from imaging.mask.edit import apply_patch
from imaging.mask.form import measure_form
from imaging.mask.repair import smooth
from pipeline.errors import NothingToRepair
from pipeline.review.brush import RADIUS
from pipeline.review.editor import Editor
from pipeline.review.repair import SMOOTHER, make_repair
from tests.support.saved import Saved


def rough() -> Mask:
    """Two squares whose borders go in and out by three pixels, every six."""
    mask = np.zeros((64, 96), np.bool_, order="F")
    for left, right in ((10, 40), (60, 72)):
        mask[10:40, left:right] = True
        mask[[row for row in range(10, 40) if row // 3 % 2], left : left + 3] = False
    return mask


@pytest.mark.parametrize("dot", [1.0, 2.0, 4.0])
def test_smoothed_it_is_seen_to_be_smoother_and_keeps_its_parts(dot: float) -> None:
    mask = rough()
    edit = make_repair(mask, Tool.SMOOTH, {RADIUS: dot})
    after = mask.copy(order="K")
    apply_patch(after, edit.patch)
    assert np.count_nonzero(after != mask) >= dot * dot
    assert measure_form(after).parts == 2
    assert edit.settings[RADIUS] >= dot


def test_where_one_pixel_of_the_screen_smooths_nothing_more_of_them_do() -> None:
    mask = smooth(rough(), 1.0)
    assert np.array_equal(smooth(mask, 1.0), mask)
    assert make_repair(mask, Tool.SMOOTH, {RADIUS: 1.0}).settings[RADIUS] > 1


def test_what_is_smooth_is_not_smoothed_by_less_again() -> None:
    edit = make_repair(rough(), Tool.SMOOTH, {RADIUS: 1.0}, smooth_by=2.0)
    assert edit.settings[RADIUS] > 2
    saved = Saved()
    edited = Editor(rough(), None, None, saved)
    with suppress(NothingToRepair):
        for _ in SMOOTHER:
            edited.repair(Tool.SMOOTH, {RADIUS: 1.0})
    radii = [each.settings[RADIUS] for each in saved.line]
    assert len(radii) > 1
    assert radii == sorted(set(radii))
    edited.undo()
    edited.repair(Tool.SMOOTH, {RADIUS: 1.0})
    assert saved.line[-1].settings[RADIUS] == radii[-1]
