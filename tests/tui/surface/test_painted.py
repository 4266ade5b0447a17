"""A line is painted over blanks of its own, and the cursor is where letters would leave it."""

import re

import numpy as np
from rich.console import Console

from imaging.framing import Size
from tests.support.sixel import draw
from tests.tui.surface.test_gallery import RASTER, Drawn
from tui.surface.mirror import Mirror
from tui.surface.painted import Painted

TEXT = re.compile(
    r"\x1b7\x1b\[48;2;(\d+;\d+;\d+)m( +)\x1b8(\x1bP[^\x1b]*\x1b\\)\x1b8\x1b\[(\d+)C", re.DOTALL
)


def sight() -> Drawn:
    """Few colours, none of which Sixel rounds."""
    cells = Size(12, 4)
    shape = cells.height * RASTER.down, cells.width * RASTER.across
    colours = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)], np.uint8)
    return Drawn(colours[np.random.default_rng(3).integers(0, 4, shape)])


def test_a_part_of_a_line_is_the_picture_s_and_no_more() -> None:
    picture = sight()
    _, strip = Painted(RASTER).strips(picture, slice(1, 3))
    for start, stop in ((0, 12), (3, 9), (11, 12)):
        told = TEXT.fullmatch(strip.crop(start, stop).render(Console()))
        assert told is not None
        assert len(told[2]) == int(told[4]) == stop - start
        rows = slice(2 * RASTER.down, 3 * RASTER.down)
        expected = picture.pixels(rows, slice(start * RASTER.across, stop * RASTER.across))
        assert np.array_equal(draw(told[3], np.zeros_like(expected)), expected)
        assert told[1] == ";".join(map(str, expected[0, -1].tolist()))


def test_what_is_painted_is_sent_each_time_that_it_is_drawn() -> None:
    mirror, picture = Mirror(), sight()
    (strip,) = Painted(RASTER).strips(picture, slice(0, 1))
    text = "\x1b[2;5H" + strip.render(Console())
    assert mirror.news(text) == text
    assert mirror.news(text) == text
