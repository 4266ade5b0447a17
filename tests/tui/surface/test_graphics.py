"""Whether the photo is drawn as a picture, from what a terminal answers."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tui.surface.graphics import (
    Graphics,
    Way,
    asks_pictures,
    beyond_tmux,
    found_graphics,
    without_colours,
)
from tui.surface.probe import Answer, understand

HERE, MOVED = b"\x1b[5;1R", b"\x1b[5;3R"
TAKEN, MENDED = b"\x1b_Gi=31;OK\x1b\\", b"\x1b_Gi=31,r=1;OK\x1b\\"
REFUSED = b"\x1b_Gi=31;ENOTSUPPORTED:frames\x1b\\"
CELL, KIND = b"\x1b[6;20;10t", b"\x1b[?62;4;22c"
XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("heard", "hangs", "mends"),
    [
        pytest.param(HERE + TAKEN + MENDED + HERE, True, True, id="kitty"),
        pytest.param(HERE + TAKEN + REFUSED + HERE, True, False, id="without-frames"),
        pytest.param(HERE + TAKEN + MENDED + MOVED, False, False, id="drawn-where-the-cursor-is"),
        pytest.param(HERE + REFUSED + HERE, False, False, id="refused"),
        pytest.param(HERE + HERE, False, False, id="silent"),
    ],
)
def test_a_terminal_has_pictures_if_it_takes_one_and_draws_none_at_its_cursor(
    heard: bytes, hangs: bool, mends: bool
) -> None:
    answer = understand(heard.replace(TAKEN, b"j" + TAKEN) + CELL + KIND)
    assert (answer.hangs, answer.mends) == (hangs, mends)
    assert answer.cell == (10, 20)
    assert answer.sixel
    assert answer.typed == ("j" if TAKEN in heard else "")


def test_a_palette_of_few_colours_is_none_to_draw_skin_with() -> None:
    few, many = b"\x1b[?1;0;16S", b"\x1b[?1;0;1024S"
    assert understand(HERE + KIND + many + HERE).sixel
    assert not understand(HERE + KIND + few + HERE).sixel


DRAWS = Answer(hangs=True, mends=True, cell=(10, 20))


@pytest.mark.parametrize(
    ("choice", "answer", "environment", "way"),
    [
        pytest.param("auto", DRAWS, XTERM, Way.KITTY, id="asked"),
        pytest.param("auto", Answer(sixel=True, cell=(10, 20)), XTERM, Way.SIXEL, id="sixel"),
        pytest.param("auto", replace(DRAWS, sixel=True), XTERM, Way.KITTY, id="both"),
        pytest.param("cells", DRAWS, XTERM, Way.CELLS, id="cells-wanted"),
        pytest.param("kitty", Answer(cell=(10, 20)), XTERM, Way.KITTY, id="kitty-wanted"),
        pytest.param("kitty", Answer(), XTERM, Way.CELLS, id="no-pixels"),
        pytest.param("auto", Answer(hangs=True, cell=(1, 0)), XTERM, Way.CELLS, id="no-cell"),
        pytest.param("auto", Answer(cell=(10, 20)), XTERM, Way.CELLS, id="silent"),
        pytest.param("kitty", DRAWS, {**XTERM, "STY": "1.pts"}, Way.CELLS, id="screen"),
        pytest.param("auto", DRAWS, {"TERM": "linux"}, Way.CELLS, id="console"),
    ],
)
def test_when_in_doubt_there_are_cells(
    choice: str, answer: Answer, environment: Mapping[str, str], way: Way
) -> None:
    assert found_graphics(choice, answer, environment).way is way


def test_nobody_waits_for_a_terminal_that_is_known_and_says_nothing_of_pixels() -> None:
    assert not asks_pictures("auto", XTERM, is_asked=False)
    assert asks_pictures("auto", XTERM, is_asked=True)
    assert asks_pictures("kitty", XTERM, is_asked=False)
    assert not asks_pictures("cells", XTERM, is_asked=True)
    assert not asks_pictures("auto", {"TERM": "linux"}, is_asked=True)


def test_a_cell_is_known_even_where_nothing_says_how_large() -> None:
    raster = Graphics(cell=(7, 15)).raster
    assert (raster.across, raster.down, raster.stretch) == (7, 15, 1)


INSIDE = {**XTERM, "TMUX": "/nowhere/default,1,0"}


@pytest.mark.parametrize("way", [Way.KITTY, Way.SIXEL])
@pytest.mark.parametrize(
    ("environment", "why"),
    [
        pytest.param(XTERM, "nothing of its pixels", id="no-answer"),
        pytest.param({"TERM": "dumb"}, "TERM=dumb has no pictures", id="dumb"),
        pytest.param({**XTERM, "STY": "1.pts"}, "screen passes no pictures on", id="screen"),
        pytest.param(INSIDE, "tmux", id="tmux-without-passage"),
        pytest.param({**XTERM, "NO_COLOR": "1"}, "NO_COLOR", id="no-colour"),
    ],
)
def test_what_was_asked_for_and_is_not_had_is_said_with_the_reason(
    way: Way, environment: Mapping[str, str], why: str
) -> None:
    if "TMUX" in environment:
        found, _ = beyond_tmux(way, environment, lambda _: DRAWS)
    elif "NO_COLOR" in environment:
        found = without_colours(found_graphics(way, DRAWS, environment))
    else:
        found = found_graphics(way, Answer(), environment)
    assert (found.way, found.missed) == (Way.CELLS, way)
    assert found.remark.startswith(f"--graphics {way} was asked for. The photo is drawn in cells")
    assert why in found.remark


@pytest.mark.parametrize("choice", ["auto", *Way])
def test_nothing_is_said_where_it_is_drawn_as_was_asked(choice: str) -> None:
    found = found_graphics(choice, replace(DRAWS, sixel=True), XTERM)
    assert (found.missed, found.remark, found.sure) == (None, "", True)


def test_what_the_terminal_did_not_say_is_drawn_where_it_is_asked_for_and_is_in_doubt() -> None:
    found = found_graphics("kitty", Answer(sixel=True, cell=(10, 20)), XTERM)
    assert (found.way, found.sure) == (Way.KITTY, False)
    assert "didn't say that it can" in found.why
