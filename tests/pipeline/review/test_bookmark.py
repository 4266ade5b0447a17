"""Where a reviewer left off is found again, and what can't be read is as if it never was."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.view.overlay import Shown
from pipeline.review.bookmark import Bookmark, Part, read_bookmark, write_bookmark
from pipeline.review.bookmarks import Bookmarks, bookmark_file
from pipeline.review.wanted import CHOICES, Facet, Order, Wanted

NUMBERS = st.floats(0, 1e6, allow_subnormal=False)
WANTED = Wanted("näv us", ((Facet.DECISION, "waiting"), (Facet.AREA, "more")), Order.NAME, True)
BOOKMARK = Bookmark(7, 3, 12, WANTED, True, Shown.BOTH, 0.3, True, Part(2.5, 10.0, 20.5))


@given(
    st.builds(
        Bookmark,
        key=st.none() | st.integers(1) | st.text(),
        row=st.integers(0, 10**6),
        decision=st.none() | st.integers(1),
        wanted=st.sampled_from([Wanted(), WANTED]),
        folded=st.booleans(),
        overlay=st.sampled_from(Shown),
        strength=st.floats(0, 1),
        lesion=st.booleans(),
        part=st.none() | st.builds(Part, NUMBERS, NUMBERS, NUMBERS),
        out=st.lists(st.integers(1), unique=True).map(tuple),
    )
)
def test_what_is_written_is_read(bookmark: Bookmark) -> None:
    assert read_bookmark(write_bookmark(bookmark)) == bookmark


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_other_text_is_no_bookmark(text: str) -> None:
    assert read_bookmark(text) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"form": 0},
        {"key": True},
        {"key": 1.5},
        {"row": -1},
        {"decision": "first"},
        {"folded": 1},
        {"overlay": "glitter"},
        {"strength": 1.5},
        {"strength": float("nan")},
        {"lesion": None},
        {"out": ["first"]},
        {"out": [0]},
        {"out": 7},
        {"part": {"zoom": 1.0, "x": 0.0}},
        {"part": {"zoom": "near", "x": 0.0, "y": 0.0}},
        {"wanted": {"text": "", "values": [["smell", "bad"]], "order": "name", "reverse": False}},
        {"wanted": {"text": "", "values": [["area", "huge"]], "order": "name", "reverse": False}},
        {"wanted": {"text": "", "values": [], "order": "taste", "reverse": False}},
        {"wanted": None},
    ],
)
def test_a_bookmark_that_can_not_be_is_none(changed: dict[str, object]) -> None:
    assert read_bookmark(json.dumps({**json.loads(write_bookmark(BOOKMARK)), **changed})) is None


def test_no_choice_of_a_facet_is_refused() -> None:
    for facet, choices in CHOICES.items():
        for choice in choices:
            bookmark = Bookmark(wanted=Wanted(values=((facet, choice),)))
            assert read_bookmark(write_bookmark(bookmark)) == bookmark


def test_the_last_one_kept_is_found_and_nobody_else_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ada.json"
    first = Bookmarks(path)
    assert first.found is None
    first.keep(Bookmark(1))
    first.keep(BOOKMARK)
    first.close()
    again = Bookmarks(path)
    again.close()
    assert again.found == BOOKMARK
    assert [file.name for file in path.parent.iterdir()] == ["ada.json"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b'{"form": 1', b"[]", b"[" * 100_000])
def test_a_damaged_file_is_ignored_and_written_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "ada.json"
    path.write_bytes(damage)
    bookmarks = Bookmarks(path)
    assert bookmarks.found is None
    bookmarks.keep(BOOKMARK)
    bookmarks.close()
    assert Bookmarks(path).found == BOOKMARK


def test_where_nothing_can_be_written_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bookmarks = Bookmarks(tmp_path / "file" / "ada.json")
    bookmarks.keep(BOOKMARK)
    bookmarks.close()
    assert bookmarks.found is None


def test_each_reviewer_folder_and_database_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    places = [
        bookmark_file(tmp_path / database, tmp_path / folder, reviewer)
        for database in ("a.db", "b.db")
        for folder in ("photos", "others")
        for reviewer in ("ada", "bo")
    ]
    assert len(set(places)) == 8
    assert bookmark_file(tmp_path / "a.db", tmp_path / "link", "ada") == places[0]


def test_one_from_before_anything_was_kept_of_the_sheet_is_read_all_the_same() -> None:
    found = json.loads(write_bookmark(BOOKMARK))
    del found["out"]
    assert read_bookmark(json.dumps(found)) == BOOKMARK
