"""Half cells: the colours of the picture, in the colours that the terminal has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from rich.color import ColorSystem, ColorType
from rich.console import Console
from rich.segment import Segment
from rich_pixels import HalfcellRenderer
from rich_pixels import Pixels as RichPixels

from benchmarks.renderer import cells
from imaging.framing import Pixels
from tui.surface.renderer import HalfCells

pictures = st.tuples(st.integers(1, 5), st.integers(1, 9)).flatmap(
    lambda lines: hnp.arrays(
        np.uint8, (2 * lines[0], lines[1], 3), elements=st.sampled_from([0, 1, 127, 255])
    )
)


@given(pictures)
def test_each_cell_has_the_colours_of_rich_pixels_own_renderer(pixels: Pixels) -> None:
    picture = Image.fromarray(pixels)
    assert cells(HalfCells(), picture) == cells(HalfcellRenderer(), picture)


@pytest.mark.parametrize("size", [(7, 9), (7, 10), (3, 1)])
def test_a_picture_is_resized_to_whole_cells(size: tuple[int, int]) -> None:
    picture = Image.effect_noise((20, 20), 50).convert("RGB")
    assert cells(HalfCells(), picture.resize(size)) == cells(
        HalfcellRenderer(), picture.resize(size)
    )
    lines = Segment.split_lines(HalfCells().render(picture, size))
    assert [sum(map(len, (segment.text for segment in line))) for line in lines] == [size[0]] * -(
        -size[1] // 2
    )


def test_equal_neighbours_are_one_segment() -> None:
    (line,) = HalfCells().block(np.full((2, 80, 3), 90, np.uint8)).strips()
    assert [segment.text for segment in line] == [" " * 80]


@given(pictures)
def test_fixed_colours_pass_a_terminal_of_256_unchanged(pixels: Pixels) -> None:
    for segment in HalfCells(fixed=True).block(pixels[:2]).strips()[0]:
        assert segment.style is not None
        for colour in (segment.style.color, segment.style.bgcolor):
            if colour is not None:
                assert colour.type is ColorType.EIGHT_BIT
                assert colour.downgrade(ColorSystem.EIGHT_BIT) == colour
                assert colour.triplet == colour.get_truecolor()


def test_rich_pixels_prints_with_it() -> None:
    console = Console(color_system="truecolor", force_terminal=True, width=20)
    picture = Image.new("RGB", (3, 4), (10, 20, 30))
    with console.capture() as printed:
        console.print(RichPixels.from_image(picture, renderer=HalfCells()))
    assert printed.get().count("48;2;10;20;30m   ") == 2
