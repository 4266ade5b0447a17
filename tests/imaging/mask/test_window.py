import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imaging.mask.marks import LESION, Marks
from imaging.mask.window import LEAST_SIDE, MARGIN, Window, window_around

WINDOWS = st.builds(Window, st.integers(-40, 60), st.integers(-40, 60), st.integers(1, 90))


@given(WINDOWS, st.integers(0, 2**32 - 1))
def test_what_is_cut_at_its_own_size_lies_back_where_it_was(window: Window, seed: int) -> None:
    picture = np.random.default_rng(seed).random((50, 70), np.float32)
    assert (window.lay(window.cut(picture, window.side), picture) == picture).all()


@given(WINDOWS)
def test_beside_the_window_nothing_is_laid(window: Window) -> None:
    laid = window.lay(np.ones((8, 8), np.float32), np.zeros((50, 70), np.float32))
    rows = slice(max(0, window.top), max(0, window.top + window.side))
    columns = slice(max(0, window.left), max(0, window.left + window.side))
    assert laid[rows, columns].size == laid.sum()


def test_beside_the_picture_a_window_is_black() -> None:
    cut = Window(-10, -10, 20).cut(np.full((30, 30, 3), 200, np.uint8), 20)
    assert (cut[10:, 10:] == 200).all()
    assert not cut[:10].any()
    assert not cut[:, :10].any()


def test_a_mark_lies_on_the_pixel_of_the_window_that_shows_it() -> None:
    picture = np.zeros((60, 80), np.uint8)
    picture[41, 23] = 255
    window = Window(10, 20, 40)
    (at,) = window.marks(Marks(outside=((23.5, 41.5),)), 80).outside
    assert window.cut(picture, 80)[int(at[1]), int(at[0])] > 100


def test_the_window_holds_outline_and_marks_with_room() -> None:
    drawn = np.zeros((200, 300), np.bool_)
    drawn[80:120, 100:140] = True
    alone = window_around(drawn, Marks())
    assert alone == Window(90, 70, round(40 * MARGIN))
    marked = window_around(drawn, Marks(inside=((180.0, 100.0),)))
    assert marked.side == round(80 * MARGIN)
    assert marked.left < 100
    assert marked.left + marked.side > 180


def test_the_window_is_the_whole_picture_where_nothing_is_drawn() -> None:
    found = window_around(np.zeros((200, 300), np.bool_), Marks(inside=((5.0, 5.0),)))
    assert found == Window(0, -50, 300)


def test_a_speck_is_seen_with_what_lies_around_it() -> None:
    drawn = np.zeros((200, 300), np.bool_)
    drawn[50, 60] = True
    assert window_around(drawn, Marks()).side == LEAST_SIDE


@given(WINDOWS, st.integers(8, 60), st.booleans(), st.integers(0, 2**32 - 1))
def test_what_is_kept_stays_to_its_last_pixel_and_all_else_is_drawn_anew(
    window: Window, size: int, by_columns: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    mask = np.array(random.random((50, 70)) < 0.5, order="F" if by_columns else "C")
    answer = random.random((size, size), np.float32)
    part, same = window.redraw(mask, answer, np.ones((size, size), np.bool_))
    assert (same == mask[part]).all()
    part, drawn = window.redraw(mask, answer, np.zeros((size, size), np.bool_))
    laid = window.lay(answer, np.zeros((50, 70), np.float32))
    assert (drawn == (laid >= LESION)[part]).all()
    half = np.zeros((size, size), np.bool_)
    half[: size // 2] = True
    part, drawn = window.redraw(mask, answer, half)
    rows = np.arange(part[0].start, part[0].stop) - window.top
    upper = rows < size // 2 * window.side // size
    assert (drawn[upper] == mask[part][upper]).all()


@given(WINDOWS, st.integers(0, 2**32 - 1))
def test_a_mask_is_cut_alike_however_it_lies_in_memory(window: Window, seed: int) -> None:
    mask = np.random.default_rng(seed).random((50, 70)) < 0.5
    turned = window.cut_mask(np.asfortranarray(mask), 20)
    # OpenCV rounds lines and columns in their turn.
    assert np.abs(window.cut_mask(mask, 20) - turned).max() < 2 / 255
