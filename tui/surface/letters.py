"""Text for a terminal as letters with their styles, and back."""

import re
from collections.abc import Sequence
from typing import NamedTuple

TOKEN = re.compile(r"\x1b\[([\d;]*)m|([^\x1b])")
UNIT = re.compile(r"[34]8;(?:2;\d+;\d+;\d+|5;\d+)|\d+")
"""What a style sets: a colour, or one attribute."""
INK, GROUND, PLAIN = "39", "49", ""
"""A terminal's own: what it writes with before anything is set."""
ANY = ""
"""The ink where there is none."""
END = "\x1b[0m"


class Style(NamedTuple):
    """Two colours and attributes, each as it is written."""

    ink: str = INK
    ground: str = GROUND
    more: str = PLAIN

    def with_set(self, unit: str) -> "Style":
        """The style after one more thing is set."""
        number = int(unit.split(";", 1)[0])
        if number == 0:
            return Style()
        if 30 <= number < 40 or 90 <= number < 98:
            return self._replace(ink=unit)
        if 40 <= number < 50 or 100 <= number < 108:
            return self._replace(ground=unit)
        return self._replace(more=f"{self.more};{unit}")


class Letter(NamedTuple):
    """A letter in a style."""

    text: str
    style: Style


def letters(text: str) -> tuple[Letter, ...]:
    """A text's letters; where nothing is seen of an ink, there is none."""
    style, found = Style(), list[Letter]()
    for codes, letter in TOKEN.findall(text):
        if letter:
            bare = letter == " " and not style.more
            found.append(Letter(letter, style._replace(ink=ANY) if bare else style))
        else:
            for unit in UNIT.findall(codes or "0"):
                style = style.with_set(unit)
    return tuple(found)


def written(line: Sequence[Letter], places: Sequence[int]) -> str:
    """The letters at some places as text: the cursor goes over the others.

    The cursor stands on the first of them, and no style is set, neither before nor afterwards.
    """
    sent, style, cursor = list[str](), Style(), places[0]
    for place in places:
        if place > cursor:
            sent.append(f"\x1b[{place - cursor}C")
        letter = line[place]
        sent += [_change(style, letter.style), letter.text]
        ink = letter.style.ink if letter.style.ink != ANY else style.ink
        style, cursor = letter.style._replace(ink=ink), place + 1
    return "".join(sent) + (END if style != Style() else "")


def _change(before: Style, after: Style) -> str:
    """What takes a terminal from one style to another."""
    units = []
    if before.more != after.more:
        units.append(f"0{after.more}")
        before = Style()
    if after.ink not in {ANY, before.ink}:
        units.append(after.ink)
    if after.ground != before.ground:
        units.append(after.ground)
    return f"\x1b[{';'.join(units)}m" if units else ""
