"""Names and numbers on a few cells."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from db.values import QueueItem
from tests.tui.driving import Clinic, settled, text_of, until
from tui.app import NevusApp
from tui.widgets.captions import fact_line
from tui.words import cells, duration, fitting, folded, percent, shorten

ITEM = QueueItem(1, "/p/a.jpg", "a.jpg", None, True, False, 0.1)


@given(st.text(st.characters(exclude_categories=("C", "Z", "M"))), st.integers(0, 60))
def test_a_shortened_text_fits_and_keeps_what_fits(text: str, width: int) -> None:
    short = shorten(text, width)
    assert cell_len(short) <= width
    assert short == text or "…" in short or width == 0
    if cell_len(text) <= width:
        assert short == text


def test_the_end_of_a_name_is_what_stays() -> None:
    assert shorten("PAT_1029_135_239.jpg", 14) == "PAT_…5_239.jpg"


@given(st.text(st.characters(exclude_categories=("C", "Z", "M"))), st.integers(2, 40))
def test_a_folded_text_is_whole_and_no_line_too_wide(text: str, width: int) -> None:
    lines = folded(text, width)
    assert "".join(lines) == text
    assert all(cells(line) <= width for line in lines)


def test_a_text_is_folded_between_words_where_it_can_be() -> None:
    assert folded("über dem Rand", 9) == ["über dem", "Rand"]
    assert folded("皮膚皮膚", 4) == ["皮膚", "皮膚"]
    assert folded("", 9) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89.4, "89 s"), (90.0, "2 min"), (5399.0, "90 min"), (5400.0, "1.5 h")],
)
def test_a_duration_is_rough(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.0, "0.0%"), (0.0001, "<0.1%"), (0.1234, "12.3%"), (1.0, "100.0%")],
)
def test_percent(fraction: float, text: str) -> None:
    assert percent(fraction) == text


@pytest.mark.parametrize(
    ("predicted", "text"),
    [(0.0, "no lesion"), (0.0049, "no lesion"), (0.005, "sure 0.01"), (0.834, "sure 0.83")],
)
def test_where_nothing_was_found_no_zero_is_told(predicted: float, text: str) -> None:
    [(word, _), *_] = fact_line(replace(ITEM, predicted_jaccard=predicted), None, "", 20)
    assert word == text


@pytest.mark.parametrize(("predicted", "told"), [(0.0, "no lesion"), (0.31, "sure 0.31 (Jaccard)")])
async def test_the_details_say_so(
    clinic: Clinic, make_app: Callable[[], NevusApp], predicted: float, told: str
) -> None:
    clinic.outline("a.jpg", 0, predicted_jaccard=predicted)
    async with make_app().run_test(size=(160, 48)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: f"Outline   {told}" in text_of(screen, "#details Static"))


@given(st.lists(st.integers(1, 30)), st.integers(0, 200), st.integers(0, 4))
def test_as_many_parts_as_fit_and_not_one_more(widths: list[int], room: int, gap: int) -> None:
    count = fitting(widths, room, gap)
    used = sum(widths[:count]) + gap * max(0, count - 1)
    assert used <= room
    if count < len(widths):
        assert used + (gap if count else 0) + widths[count] > room
