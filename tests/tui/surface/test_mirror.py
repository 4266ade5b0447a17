"""A terminal that is sent only what is new looks like one that is sent all."""

from typing import Any

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.surface.mirror import LETTER_BY_LETTER, Mirror

COLUMNS, LINES = 64, 4
STYLES = ("", "38;2;200;150;120", "48;2;9;90;200", "38;5;20;48;2;1;2;3", "1;31", "7;42", "0;4;39")
WORDS = ("", "a b", "saved", "saving 1", "▐▘▄", "▐▀▄▗", "   ", " ○ saved", "● ", "写真.jpg", "é")

runs = st.tuples(st.sampled_from(STYLES), st.sampled_from(WORDS)).map(
    lambda run: f"\x1b[{run[0]}m{run[1]}\x1b[0m" if run[0] else run[1]
)
texts = st.lists(runs, max_size=4).map("".join)
pieces = st.tuples(st.integers(1, LINES), st.sampled_from([1, 1, 9, 17]), texts)
"""Something on a line, from one of few columns on, as a layout has them."""


def update(parts: list[tuple[int, int, str]]) -> str:
    """As Textual writes one: from above; lines end but the last, and the cursor is put back."""
    parts = sorted(parts, key=lambda part: part[0])
    ends = ["" if part[0] == parts[-1][0] else "\n" for part in parts]
    lines = [f"\x1b[{y};{x}H{text}{end}" for (y, x, text), end in zip(parts, ends, strict=True)]
    return "".join(lines) + "\x1b[1;1H"


whole = st.lists(texts, min_size=LINES, max_size=LINES).map(
    lambda lines: update([(y, 1, text) for y, text in enumerate(lines, 1)])
)
silent = st.sampled_from(["\x1b[?2026h", "\x1b[?2026l", "\x1b]22;crosshair\x1b\\", "\a"])
erased = st.just("\x1b[2J")
updates = st.lists(pieces, min_size=1, max_size=6).map(update)


class Screen:
    """What a terminal shows."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self.stream = pyte.Stream(self.screen)

    def cells(self) -> list[list[Any]]:
        return [[_look(self.screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(LINES)]


def _look(cell: Any) -> Any:
    """Of a blank the ink is not seen, unless something is drawn through it."""
    plain = cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough)
    return cell._replace(fg="default", bold=False) if plain else cell


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(updates | whole | silent | erased, st.booleans()), max_size=6),
    st.sampled_from([0, 40, 120, LETTER_BY_LETTER]),
)
def test_nothing_is_left_out_that_is_not_seen_already(
    sent: list[tuple[str, bool]], letter_by_letter: int
) -> None:
    one, other, mirror = Screen(), Screen(), Mirror(letter_by_letter)
    for text, settled in sent:
        one.stream.feed(text)
        other.stream.feed(mirror.news(text))
        if settled:
            mirror.settle()
        assert other.cells() == one.cells()
        assert (other.screen.cursor.x, other.screen.cursor.y) == (
            one.screen.cursor.x,
            one.screen.cursor.y,
        )


LINE = "".join(f"\x1b[38;2;{n};9;9;48;2;9;{n};9m▐" for n in range(100, 150)) + "\x1b[0m"


def test_of_a_line_only_the_cells_that_changed_are_sent() -> None:
    mirror = Mirror()
    assert mirror.news(update([(3, 35, LINE)])) == update([(3, 35, LINE)])
    assert mirror.news(update([(3, 35, LINE)])) == ""
    changed = LINE.replace("\x1b[38;2;120;9;9;48;2;9;120;9m▐", "\x1b[38;2;1;1;1;48;2;9;120;9m▘")
    news = mirror.news(update([(3, 35, changed)]))
    assert news == "\x1b[3;55H\x1b[38;2;1;1;1;48;2;9;120;9m▘\x1b[0m\x1b[1;1H"


def test_cells_between_two_that_changed_are_passed_over() -> None:
    mirror = Mirror()
    mirror.news(update([(1, 5, LINE)]))
    changed = LINE.replace("[38;2;110;", "[38;2;255;").replace("[38;2;113;", "[38;2;255;")
    news = mirror.news(update([(1, 5, changed)]))
    assert news.count("▐") == 2
    assert "\x1b[2C\x1b[48;2;9;113;9m▐" in news


def test_what_is_read_is_sent_by_the_phrase_and_no_letter_of_unsure_width_is_passed_over() -> None:
    mirror = Mirror()
    mirror.news(update([(1, 1, "nevus   0 of 3 decided   ○ waits   name")]))
    news = mirror.news(update([(1, 1, "nevus   1 of 3 decided   ○ waits   name")]))
    assert news == "\x1b[1;9H1 of 3 decided\x1b[1;1H"
    news = mirror.news(update([(1, 1, "nevus   1 of 3 decided   ● waits   NAME")]))
    assert news == "\x1b[1;26H● waits   NAME\x1b[1;1H"


def test_a_screen_that_is_drawn_whole_is_sent_whole() -> None:
    mirror = Mirror()
    screen = update([(y, 1, 24 * "x") for y in range(1, LINES + 1)])
    for _ in range(2):
        assert mirror.news(screen) == screen.replace("\n", "")


def test_nothing_is_known_of_a_terminal_behind_what_is_not_understood() -> None:
    mirror = Mirror()
    line = update([(2, 3, "a line")])
    mirror.news(line)
    for strange in ("\x1b[?1049h", "\x1b[2J", "printed", "\x1b[5;5Hmoved\x1b[K\x1b[1;1H"):
        assert mirror.news(strange) == strange
        assert mirror.news(line) == line
        assert mirror.news(line) == ""


def test_a_picture_that_is_new_everywhere_is_sent_as_it_is() -> None:
    mirror = Mirror()
    first, second = (
        update([(y, 35, LINE.replace("9;9;", f"9;{shade};")) for y in range(1, 60)])
        for shade in (10, 20)
    )
    assert len(first) > LETTER_BY_LETTER
    assert mirror.news(first) == first
    assert mirror.news("\x1b[?2026l") == "\x1b[?2026l"
    assert mirror.news(second) == second
    assert mirror.news(second) == ""


def test_of_a_picture_that_is_known_but_for_some_lines_those_are_sent() -> None:
    mirror = Mirror()
    lines = [(y, 35, LINE) for y in range(1, 60)]
    mirror.news(update(lines))
    changed = LINE.replace("9;9;", "9;10;")
    some = [(y, x, changed if y < 40 else line) for y, x, line in lines]
    news = mirror.news(update(some))
    assert news == update(some[:39]).replace("\n", "")
