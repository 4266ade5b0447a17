"""Names and numbers on a few cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.words import fitting, percent, shorten


@given(st.text(st.characters(exclude_categories=("C", "Z", "M"))), st.integers(0, 60))
def test_a_shortened_text_fits_and_keeps_what_fits(text: str, width: int) -> None:
    short = shorten(text, width)
    assert cell_len(short) <= width
    assert short == text or "…" in short or width == 0
    if cell_len(text) <= width:
        assert short == text


def test_the_end_of_a_name_is_what_stays() -> None:
    assert shorten("PAT_1029_135_239.jpg", 14) == "PAT_…5_239.jpg"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.0, "0.0%"), (0.0001, "<0.1%"), (0.1234, "12.3%"), (1.0, "100.0%")],
)
def test_percent(fraction: float, text: str) -> None:
    assert percent(fraction) == text


@given(st.lists(st.integers(1, 30)), st.integers(0, 200), st.integers(0, 4))
def test_as_many_parts_as_fit_and_not_one_more(widths: list[int], room: int, gap: int) -> None:
    count = fitting(widths, room, gap)
    used = sum(widths[:count]) + gap * max(0, count - 1)
    assert used <= room
    if count < len(widths):
        assert used + (gap if count else 0) + widths[count] > room
