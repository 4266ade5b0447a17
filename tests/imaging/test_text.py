import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("IMG_0042.jpg", "IMG_0042.jpg"),
        ("Möller – Arm (2) 日本.jpg", "Möller – Arm (2) 日本.jpg"),
        ("a\nb\tc", r"a\x0ab\x09c"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\u2066x\u2069\u200b", r"\u2066x\u2069\u200b"),
        ("\udcff.jpg", r"\udcff.jpg"),
        ("\U000e0041", r"\U000e0041"),
        ("\u2028", r"\u2028"),
    ],
)
def test_what_would_not_be_seen_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_what_is_left_can_be_shown_and_encoded(text: str) -> None:
    shown = printable(text)
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in shown)
    shown.encode()
    assert printable(shown) == shown
