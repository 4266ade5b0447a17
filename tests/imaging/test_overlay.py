import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import Mask, Pixels
from imaging.measure import measure
from imaging.overlay import outline, overlay
from imaging.values import Measurements

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


@given(seen(), colours, st.sampled_from(["C", "F"]))
def test_the_line_runs_along_the_inside_of_the_border(
    picture_and_mask: tuple[Pixels, Mask], colour: tuple[int, int, int], order: str
) -> None:
    picture, mask = picture_and_mask
    padded = np.pad(mask, 1)
    height, width = mask.shape
    around = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    border = mask & ~np.all(around, axis=0)
    drawn = outline(picture, np.array(mask, order="F" if order == "F" else "C"), colour)
    assert (drawn[border] == colour).all()
    assert np.array_equal(drawn[~border], picture[~border])


@given(hnp.arrays(np.bool_, st.tuples(st.integers(1, 30), st.integers(1, 30))))
def test_the_area_is_counted(mask: Mask) -> None:
    area = sum(map(sum, mask.tolist()))
    assert measure(mask) == Measurements(area, area / mask.size)
    assert measure(np.asfortranarray(mask)) == measure(mask)
