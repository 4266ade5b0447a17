"""What a terminal holds of a sight is the sight, whatever changed of it, and at last nothing."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Region

from imaging.framing import Pixels, Size
from imaging.view.cells import Cells
from tests.support.kitty import MARKS, PLACEHOLDER, KittyTerminal, Seen
from tui.surface.gallery import Gallery
from tui.surface.hung import Hung
from tui.surface.mirror import Mirror
from tui.surface.placeholders import PROGRAMS, name_of, placeholders, shelves_of
from tui.surface.raster import Raster
from tui.surface.tiles import MOST, Tiling


@dataclass
class Drawn:
    """A picture, all there is."""

    all: Pixels

    @property
    def grid(self) -> Size:
        return Size.of(self.all)

    def pixels(self, rows: slice, columns: slice = slice(None)) -> Pixels:
        return self.all[rows, columns].copy()

    def cells(self, lines: slice) -> Cells:
        raise NotImplementedError

    def fixed_cells(self, lines: slice, beside: int) -> Cells:
        raise NotImplementedError


RASTER = Raster(5, 9)
OURS = (3, 4)
"""Shelves."""
SHELVES = [shelf for process in range(PROGRAMS) for shelf in shelves_of(process)]
SIZES = st.builds(Size, st.integers(1, 260), st.integers(1, 90))


def noise(cells: Size, seed: int = 1) -> Drawn:
    shape = (cells.height * RASTER.down, cells.width * RASTER.across, 3)
    return Drawn(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))


def show(terminal: KittyTerminal, sight: Drawn, shelf: int) -> None:
    """Send the lines, as Textual would, from the third line and the fifth column on."""
    cells = RASTER.cells(sight.grid)
    tiling = Tiling.of(cells)
    for line in range(cells.height):
        text = placeholders(tiling, shelf, line, 0, cells.width)
        terminal.take(f"\x1b[{3 + line};5H{text}")


@given(cells=SIZES, data=st.data())
def test_each_cell_says_alone_which_part_of_which_tile_it_is(
    cells: Size, data: st.DataObject
) -> None:
    tiling, shelf = Tiling.of(cells), data.draw(st.sampled_from(SHELVES))
    line = data.draw(st.integers(0, cells.height - 1))
    start = data.draw(st.integers(0, cells.width - 1))
    stop = data.draw(st.integers(start + 1, cells.width))
    terminal = KittyTerminal((1, 1))
    terminal.take(f"\x1b[1;{start + 1}H" + placeholders(tiling, shelf, line, start, stop))
    assert terminal.hung() == [(0, column) for column in range(start, stop)]
    for column in range(start, stop):
        seen: Seen = terminal.screen[0, column]
        row, across, upper = map(MARKS.index, seen.text.removeprefix(PLACEHOLDER))
        tile = tiling.at(column, line)
        region = tiling.region(tile)
        assert (region.x + across, region.y + row) == (column, line)
        assert upper << 24 | seen.colour == name_of(tile, shelf)
        assert 16 <= seen.colour < 256


@given(cells=SIZES, region=st.builds(Region, *[st.integers(0, 99)] * 2, *[st.integers(1, 99)] * 2))
def test_tiles_cover_the_canvas_once_and_are_found_by_what_they_cover(
    cells: Size, region: Region
) -> None:
    tiling = Tiling.of(cells)
    whole = Region(0, 0, cells.width, cells.height)
    tiles = tiling.touched([whole])
    assert tiles == list(range(len(tiles)))
    assert len(tiles) <= MOST
    assert sum(tiling.region(tile).area for tile in tiles) == whole.area
    overlapping = [tile for tile in tiles if tiling.region(tile).overlaps(region)]
    assert tiling.touched([region.intersection(whole)]) == overlapping


@pytest.mark.parametrize("mends", [False, True])
@settings(max_examples=15)
@given(
    cells=st.builds(Size, st.integers(1, 40), st.integers(1, 20)),
    changes=st.lists(st.tuples(*[st.integers(0, 200)] * 2, *[st.integers(1, 30)] * 2), max_size=4),
)
def test_the_terminal_sees_the_sight_exactly_after_each_change(
    mends: bool, cells: Size, changes: list[tuple[int, int, int, int]]
) -> None:
    sight, gallery, terminal = noise(cells), Gallery(OURS, mends=mends), KittyTerminal((5, 9))
    terminal.take(gallery.hang(sight, RASTER, []))
    show(terminal, sight, 3)
    assert np.array_equal(terminal.seen(), sight.all)
    for x, y, width, height in changes:
        sight.all[y : y + height, x : x + width] ^= 0xFF
        stale = Region(x // 5, y // 9, width // 5 + 2, height // 9 + 2)
        terminal.take(gallery.hang(sight, RASTER, [stale]))
        assert np.array_equal(terminal.seen(), sight.all)
    assert gallery.hang(sight, RASTER, [Region(0, 0, 99, 99)]) == ""
    terminal.take(gallery.take_down())
    assert not terminal.pictures


def test_a_small_change_is_sent_alone_and_another_size_leaves_nothing_of_the_first() -> None:
    sight, gallery, terminal = noise(Size(80, 40)), Gallery(OURS, mends=True), KittyTerminal((5, 9))
    whole = len(gallery.hang(sight, RASTER, []))
    sight.all[100:110, 100:110] = 7
    assert len(gallery.hang(sight, RASTER, [Region(20, 11, 3, 3)])) < whole / 500
    gallery.take_down()
    terminal.take(gallery.hang(sight, RASTER, []))
    smaller = noise(Size(30, 20))
    terminal.take(gallery.hang(smaller, RASTER, []))
    terminal.screen.clear()
    show(terminal, smaller, 3)
    assert np.array_equal(terminal.seen(), smaller.all)
    assert len(terminal.pictures) == len(Tiling.of(Size(30, 20)).touched([Region(0, 0, 30, 20)]))


def test_in_motion_less_is_sent_and_at_rest_it_is_exact_again() -> None:
    sight, gallery, terminal = noise(Size(40, 20)), Gallery(OURS, mends=True), KittyTerminal((5, 9))
    whole = gallery.hang(sight, RASTER, [])
    terminal.take(whole)
    show(terminal, sight, 3)
    everywhere = [Region(0, 0, 40, 20)]
    assert gallery.hang(sight, RASTER, everywhere, shrink=4) == ""
    sight.all[...] = sight.all[::-1]
    coarse = gallery.hang(sight, RASTER, everywhere, shrink=4)
    assert len(coarse) < len(whole) / 8
    terminal.take(coarse)
    assert not np.array_equal(terminal.seen(), sight.all)
    terminal.take(gallery.hang(sight, RASTER, everywhere))
    assert np.array_equal(terminal.seen(), sight.all)


def test_another_font_is_another_picture() -> None:
    sight, gallery, terminal = noise(Size(20, 8)), Gallery(OURS), KittyTerminal((10, 18))
    gallery.hang(sight, RASTER, [])
    larger = Drawn(sight.all.repeat(2, axis=0).repeat(2, axis=1))
    everywhere = [Region(0, 0, 20, 8)]
    terminal.take(gallery.hang(larger, Raster(10, 18), everywhere))
    show(terminal, sight, 3)
    assert np.array_equal(terminal.seen(), larger.all)


def test_what_was_drawn_ahead_is_sent_as_it_is_unless_it_was_edited_since() -> None:
    sight, terminal = noise(Size(40, 20)), KittyTerminal((5, 9))
    ready = Hung(RASTER, Gallery(OURS)).tiles(sight)
    sent = Gallery(OURS).hang(sight, RASTER, [], ready=ready)
    assert all(tile.packed[:1000] in sent for tile in ready.values())
    sight.all[20:30, 20:30] = 0
    terminal.take(Gallery(OURS).hang(sight, RASTER, [], ready=ready))
    show(terminal, sight, 3)
    assert np.array_equal(terminal.seen(), sight.all)


def test_tmux_is_handed_whole_messages_in_its_envelope() -> None:
    sight, terminal = noise(Size(20, 8)), KittyTerminal((5, 9))
    sent = Gallery(OURS, in_tmux=True).hang(sight, RASTER, [])
    envelopes = sent.split("\x1bPtmux;")[1:]
    assert all(len(each) < 5000 and each.endswith("\x1b\x1b\\\x1b\\") for each in envelopes)
    terminal.take("".join(each[:-2].replace("\x1b\x1b", "\x1b") for each in envelopes))
    show(terminal, sight, 3)
    assert np.array_equal(terminal.seen(), sight.all)


def test_a_picture_on_its_way_leaves_the_screen_as_it_is_known() -> None:
    mirror, sight = Mirror(), noise(Size(20, 8))
    mirror.news("\x1b[2;5Hdrawn\x1b[1;1H")
    for in_tmux in (False, True):
        message = Gallery(OURS, in_tmux=in_tmux).hang(sight, RASTER, [])
        assert mirror.news(message) == message
    assert mirror.news("\x1b[2;5Hdrawn\x1b[1;1H") == ""


def test_whoever_wants_styles_is_given_the_picture_in_cells_not_a_name() -> None:
    sight = noise(Size(20, 8))
    sight.all[:, :50], sight.all[:, 50:] = (200, 150, 120), (10, 20, 30)
    (strip,) = Hung(RASTER, Gallery(OURS)).strips(sight, slice(4, 5))
    segments = strip.crop(5, 15)._segments
    assert PLACEHOLDER not in "".join(segment.text for segment in segments)
    grounds = [s.style.bgcolor.get_truecolor() for s in segments if s.style and s.style.bgcolor]
    assert [tuple(colour) for colour in grounds] == [(200, 150, 120), (10, 20, 30)]


def test_programs_beside_each_other_have_names_of_their_own() -> None:
    assert len(set(SHELVES)) == 2 * PROGRAMS
    assert name_of(0, 1) != name_of(0, 2)


def test_another_photo_hangs_beside_until_it_is_seen() -> None:
    first, second, terminal = noise(Size(20, 8)), noise(Size(20, 8), seed=2), KittyTerminal((5, 9))
    gallery = Gallery(OURS)
    terminal.take(gallery.hang(first, RASTER, []))
    show(terminal, first, gallery.shelf)
    gallery.turn()
    terminal.take(gallery.hang(second, RASTER, []))
    assert np.array_equal(terminal.seen(), first.all)
    show(terminal, second, gallery.shelf)
    terminal.take(gallery.sweep())
    assert np.array_equal(terminal.seen(), second.all)
    held = len(terminal.pictures)
    gallery.turn()
    terminal.take(gallery.take_down())
    assert held
    assert not terminal.pictures
