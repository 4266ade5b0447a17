"""A list in a file is read item by item, however it is laid out and wherever a piece of it ends."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.exchange.codecs import listed
from pipeline.exchange.codecs.listed import begins_a_list, items

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(found=st.lists(VALUES), piece=st.integers(1, 9), indent=st.none() | st.integers(0, 2))
def test_items_are_those_of_the_list(
    found: list[object],
    piece: int,
    indent: int | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("list") / "list.json"
    path.write_text(json.dumps(found, indent=indent, ensure_ascii=False), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listed, "PIECE", piece)
        assert list(items(path)) == found


@pytest.mark.parametrize("text", ["", "{}", "[", "[1", "[1,", "[1 2]", '[{"a": ]', "[1]["])
def test_what_is_no_whole_list_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(text)
    if text == "[1][":
        # What stands behind the list is nobody's.
        assert list(items(path)) == [1]
        return
    with pytest.raises(ValueError, match=r"."):
        list(items(path))


def test_a_list_is_told_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    for text, told in (("  \n[3", True), ('{"a": []}', False), ("", False)):
        path.write_text(text)
        assert begins_a_list(path) is told
