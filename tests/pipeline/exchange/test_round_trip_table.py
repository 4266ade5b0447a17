"""The table of what each format keeps of a mask, in the manual, is what formats do."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.mask.parts import parts_of
from pipeline.exchange.find import format_names
from pipeline.exchange.format import CLASS
from tests.pipeline.exchange.test_round_trip import KINDS, dataset_photo, round_trip, shape

PAGE = Path(__file__).parents[3] / "docs" / "importing.md"
SHAPES = {
    **KINDS,
    "a ring of corners": shape(".....", "..#..", ".#.#.", "..#..", "....."),
}
TOUCHING = "lesions that touch"
APART = "lesions apart"


def cell(name: str, mask: Mask) -> str:
    """What a format makes of a mask: the same, or how many pixels it adds."""
    [label] = round_trip(name, [dataset_photo(1, [mask], Size.of(mask))])
    back = rle.decode(label.whole)
    assert set(label.classes) <= {CLASS}
    assert (back >= mask).all()
    added = int((back & ~mask).sum())
    return f"{added} of {int((~mask).sum())} px filled" if added else "exact"


def apart(name: str, lesions: list[Mask]) -> str:
    """Whether lesions come back one by one."""
    [label] = round_trip(name, [dataset_photo(1, lesions, Size.of(lesions[0]))])
    came = {rle.digest(lesion) for lesion in label.lesions}
    return "yes" if came == {rle.digest(rle.encode(each)) for each in lesions} else "as one mask"


@cache
def table() -> list[str]:
    """The table, a line each."""
    several = KINDS["several parts"]
    parts = [part.on(Size.of(several)) for part in parts_of(several)]
    left, right = np.zeros((4, 6), np.bool_), np.zeros((4, 6), np.bool_)
    left[1:3, 1:3], right[1:3, 3:5] = True, True
    rows = [
        [
            name,
            *(cell(name, mask) for mask in SHAPES.values()),
            *(apart(name, lesions) for lesions in (parts, [left, right])),
        ]
        for name in format_names()
    ]
    heads = ["format", *SHAPES, APART, TOUCHING]
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]


@pytest.mark.parametrize("line", range(len(format_names()) + 2))
def test_each_line_of_the_table_is_what_the_format_does(line: int) -> None:
    found = PAGE.read_text(encoding="utf-8").splitlines()
    lines = table()
    assert found[found.index(lines[0]) + line] == lines[line]
