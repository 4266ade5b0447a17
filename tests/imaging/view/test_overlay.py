import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import ALL, NONE, SOME, Coverage, Mask, Pixels
from imaging.mask.measure import measure
from imaging.values import Measurements
from imaging.view.overlay import border, overlay

covers = st.sampled_from([NONE, SOME, ALL])
colours = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


@st.composite
def seen(draw: st.DrawFn) -> tuple[Pixels, Mask]:
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    pixels = draw(hnp.arrays(np.uint8, (height, width, 3)))
    return pixels, draw(hnp.arrays(np.bool_, (height, width)))


@given(seen(), st.floats(0, 1), colours)
def test_the_mask_is_screened_and_the_rest_untouched(
    picture_and_mask: tuple[Pixels, Mask], opacity: float, colour: tuple[int, int, int]
) -> None:
    picture, mask = picture_and_mask
    before = picture.copy()
    drawn = overlay(picture, mask, opacity, colour)
    screened = 255 * (1 - (1 - picture / 255) * (1 - opacity * np.array(colour) / 255))
    assert np.abs(drawn - screened)[mask].max(initial=0) <= 0.51
    assert np.array_equal(drawn[~mask], picture[~mask])
    assert (drawn >= picture).all()
    assert np.array_equal(picture, before)


@given(seen())
def test_without_opacity_the_photo_is_as_it_was(picture_and_mask: tuple[Pixels, Mask]) -> None:
    picture, mask = picture_and_mask
    assert np.array_equal(overlay(picture, mask, 0.0), picture)


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=covers))
def test_the_line_runs_where_a_mask_covers_in_part_and_inside_its_edge(coverage: Coverage) -> None:
    line = border(coverage)
    padded = np.pad(coverage, 1)
    around = np.stack([padded[2:, 1:-1], padded[:-2, 1:-1], padded[1:-1, 2:], padded[1:-1, :-2]])
    assert line[coverage == SOME].all()
    assert not line[coverage == NONE].any()
    assert np.array_equal(line[coverage == ALL], (around == NONE).any(axis=0)[coverage == ALL])
    assert np.array_equal(line, border(np.asfortranarray(coverage)))


@given(hnp.arrays(np.bool_, st.tuples(st.integers(1, 30), st.integers(1, 30))))
def test_the_area_is_counted(mask: Mask) -> None:
    area = sum(map(sum, mask.tolist()))
    assert measure(mask) == Measurements(area, area / mask.size)
    assert measure(np.asfortranarray(mask)) == measure(mask)
