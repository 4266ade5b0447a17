"""What a terminal is sent is the picture, read back by a terminal emulator's rules."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.console import Console
from rich.text import Text

from imaging.view.cells import GLYPHS, Cells, half_cells, quadrant_cells, true_colours
from tui.surface.ansi import TABLE, TRUE, Dialect, encode
from tui.surface.strips import Block

CODE = re.compile(r"\x1b\[([\d;]*)m")
Drawn = tuple[str, int, int]
"""A cell's glyph, ink and ground."""


@st.composite
def pictures(draw: st.DrawFn, colours: int) -> Cells:
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 12)))
    # Few colours, so that neighbours are often alike.
    few = st.sampled_from([0, 7, 10, 99, 100, 255] if colours == 256 else [0, 7 << 16, 255, 1 << 8])
    glyphs = draw(hnp.arrays(np.uint8, shape, elements=st.integers(0, 15)))
    ink, ground = (draw(hnp.arrays(np.int64, shape, elements=few)) for _ in range(2))
    return Cells(glyphs, ink, ground)


def read(text: str, dialect: Dialect) -> list[Drawn]:
    """The cells that a terminal shows, from a state that nobody knows."""
    ink = ground = -1
    cells: list[Drawn] = []
    while text:
        code = CODE.match(text)
        if code is None:
            cells.append((text[0], ink, ground))
            text = text[1:]
            continue
        text = text[code.end() :]
        numbers = [int(number) for number in code[1].split(";")]
        if numbers == [0]:
            ink = ground = -1
        while numbers and numbers != [0]:
            kind, how, *rest = numbers
            assert how == dialect.kind
            value = 0
            for number in rest[: dialect.numbers]:
                value = value << 8 | number
            ink, ground = (value, ground) if kind == 38 else (ink, value)
            assert kind in (38, 48)
            numbers = rest[dialect.numbers :]
    assert (ink, ground) == (-1, -1), "what follows has its own colours"
    return cells


def wanted(cells: Cells, line: int) -> list[Drawn]:
    return [
        (GLYPHS[glyph], ink, ground)
        for glyph, ink, ground in zip(
            cells.glyphs[line].tolist(),
            cells.ink[line].tolist(),
            cells.ground[line].tolist(),
            strict=True,
        )
    ]


def same(seen: Drawn, meant: Drawn) -> bool:
    return seen[0] == meant[0] and seen[2] == meant[2] and (seen[0] == " " or seen[1] == meant[1])


@pytest.mark.parametrize("dialect", [TRUE, TABLE])
@given(st.data())
def test_each_line_is_the_picture(dialect: Dialect, data: st.DataObject) -> None:
    cells = data.draw(pictures(256 if dialect is TABLE else 2**24))
    for line, text in enumerate(encode(cells, dialect)):
        seen = read(text, dialect)
        assert all(map(same, seen, wanted(cells, line)))
        assert len(seen) == cells.glyphs.shape[1]


@given(pictures(2**24))
def test_no_colour_is_set_twice(cells: Cells) -> None:
    for line, text in enumerate(encode(cells, TRUE)):
        grounds = cells.ground[line]
        assert text.count("48;2;") == 1 + int((grounds[1:] != grounds[:-1]).sum())
        inks = cells.ink[line][cells.glyphs[line] > 0]
        assert text.count("38;2;") == (0 if not inks.size else 1 + (inks[1:] != inks[:-1]).sum())


@given(pictures(2**24), st.data())
def test_a_strip_that_was_cut_draws_its_piece(cells: Cells, data: st.DataObject) -> None:
    width, console = cells.glyphs.shape[1], Console(color_system="truecolor")
    cuts = sorted(data.draw(st.sets(st.integers(1, width), min_size=1)))
    strips = Block(cells, TRUE).strips()
    for line, strip in enumerate(strips):
        assert strip.cell_length == width
        pieces = strip.divide(cuts)
        assert [piece.cell_length for piece in pieces] == [
            end - start for start, end in zip([0, *cuts], cuts, strict=False)
        ]
        seen = [cell for piece in pieces for cell in read(piece.render(console), TRUE)]
        assert all(map(same, seen, wanted(cells, line)[: cuts[-1]]))
        twice = strip.crop(1).crop(1, 3)
        seen = read(twice.render(console), TRUE) if twice.cell_length else []
        assert all(map(same, seen, wanted(cells, line)[2:4]))


@given(pictures(2**24))
def test_in_styles_it_looks_the_same(cells: Cells) -> None:
    for line, strip in enumerate(Block(cells, TRUE).strips()):
        styled = Text.assemble(*((each.text, each.style or "") for each in strip))
        console = Console(color_system="truecolor", force_terminal=True, width=80, file=None)
        with console.capture() as printed:
            console.print(styled, end="", soft_wrap=True)
        assert all(map(same, read(printed.get(), TRUE), wanted(cells, line)))


def test_a_photo_is_never_more_than_its_cells() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (60, 160, 3), np.uint8)
    most = len("\x1b[38;2;255;255;255;48;2;255;255;255m▄".encode())
    halves = half_cells(true_colours(pixels))
    quadrants = quadrant_cells(pixels, np.zeros((60, 160), np.bool_))
    for cells in (halves, quadrants):
        assert len("".join(encode(cells, TRUE)).encode()) <= most * cells.glyphs.size + 4 * 30
