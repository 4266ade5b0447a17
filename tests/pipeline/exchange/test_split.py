"""Into which part a photo goes: by its group, for ever, and about as many as were asked for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ExportError
from pipeline.exchange.split import Split, by_folder, grouping, shares_of


@given(st.text(), st.text())
def test_about_as_many_groups_as_asked_for_are_in_a_part(before: str, after: str) -> None:
    groups = [f"{before}{number}{after}" for number in range(400)]
    split = Split(shares_of("80/10/10"), lambda path: path)
    parts = [split.part(group) for group in groups]
    assert 260 <= parts.count("train") <= 380
    assert parts == [split.part(group) for group in groups]


def test_where_a_group_lies_is_the_same_for_ever() -> None:
    split = Split((80, 10, 10), by_folder)
    groups = [f"patient-{number}/1.jpg" for number in range(12)]
    assert "".join(split.part(group)[1] for group in groups) == LIES


LIES = "rererrrrrrrr"


def test_groups_come_from_folders_patterns_and_tables(tmp_path: Path) -> None:
    assert by_folder("a/b/1.jpg") == by_folder("a/b/2.jpg") != by_folder("a/1.jpg")
    assert by_folder("1.jpg") != by_folder("2.jpg")
    assert grouping(r"P(\d+)_")("x/P12_3.jpg") == "12"
    with pytest.raises(ExportError, match="is nowhere in"):
        grouping(r"P(\d+)_")("x/12_3.jpg")
    with pytest.raises(ExportError, match="is no pattern"):
        grouping("(")
    table = tmp_path / "groups.csv"
    table.write_text("photo,group\nx/1.jpg,p1\n")
    assert grouping(str(table))("x/1.jpg") == "p1"
    with pytest.raises(ExportError, match=r"names no group for x/2\.jpg"):
        grouping(str(table))("x/2.jpg")
    table.write_text("a,b\n1,2\n")
    with pytest.raises(ExportError, match="the columns photo and group"):
        grouping(str(table))
    for wrong in ("80", "a/b", "0/0", "1/2/3/4", "-1/2", "nan/1", "80/10/20", "80/10"):
        with pytest.raises(ExportError, match="is no split"):
            shares_of(wrong)
