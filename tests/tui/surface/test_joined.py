"""Strips beside each other are cut, and drawn, as if they were one."""

import numpy as np
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.surface.joined import JoinedStrip
from tui.surface.renderer import HalfCells

CONSOLE = Console(color_system="truecolor", force_terminal=True)


@pytest.fixture
def pieces() -> list[Strip]:
    """Text, a line of a picture, text."""
    pixels = np.random.default_rng(0).integers(0, 256, (2, 6, 3), np.uint8)
    named, bold = Style(color="red"), Style(bold=True)
    [picture] = HalfCells().block(pixels).strips()
    return [Strip([Segment("┃", named)]), picture, Strip([Segment("a name ", bold)])]


@pytest.mark.parametrize("part", [(0, 14), (0, 1), (1, 7), (3, 5), (5, 9), (8, 40), (14, 20)])
def test_a_part_of_a_line_is_that_of_the_strips_as_one(
    pieces: list[Strip], part: tuple[int, int]
) -> None:
    line, as_one = JoinedStrip(pieces), Strip.join(pieces)
    assert line.cell_length == 14
    cropped, expected = line.crop(*part), as_one.crop(*part)
    assert list(cropped) == list(expected)
    assert cropped.cell_length == expected.cell_length
    assert [list(each) for each in line.divide(part)] == [
        list(each) for each in as_one.divide(part)
    ]


def test_a_line_is_drawn_as_its_pieces_are(pieces: list[Strip]) -> None:
    drawn = "".join(piece.render(CONSOLE) for piece in pieces)
    assert JoinedStrip(pieces).render(CONSOLE) == drawn
