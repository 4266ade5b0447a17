"""Photos are called by what tells them apart."""

from collections.abc import Callable
from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from db.values import SetAside
from imaging.photo import PhotoError
from pipeline.intake.scan import file_stat
from tests.tui.driving import Clinic, settled, text_of
from tui.app import NevusApp
from tui.names import MANY, Names, distinct, labels, sentence_of, side_by_side

MakeApp = Callable[[], NevusApp]
PARTS = st.lists(st.text(ascii_letters, min_size=1, max_size=3), min_size=1, max_size=4)


def test_names_that_clash_get_as_many_folders_as_tell_them_apart() -> None:
    paths = ["a/1.jpg", "1.jpg", "b/x/1.jpg", "c/x/1.jpg", "d/x/only.jpg"]
    assert labels(paths) == ["a/1.jpg", "1.jpg", "b/x/1.jpg", "c/x/1.jpg", "only.jpg"]


@pytest.mark.parametrize("reason", ["{0}: it is bad.", "a.jpg: it is bad.", "it is bad."])
def test_why_a_file_was_set_aside_names_it_once(reason: str) -> None:
    file = SetAside("/p/sub/a.jpg", "a.jpg", reason.format("/p/sub/a.jpg"))
    assert sentence_of(file, "/p") == "sub/a.jpg: it is bad."


@given(st.sets(PARTS.map("/".join)))
def test_no_two_paths_have_the_same_label(paths: set[str]) -> None:
    found = labels(sorted(paths))
    assert len(set(found)) == len(paths)
    assert all(path.endswith(label) for path, label in zip(sorted(paths), found, strict=True))


def test_what_differs_stays_when_names_are_shortened() -> None:
    long = [f"patient_2024_{part}_dermoscopy_cropped_final.jpg" for part in ("left", "right")]
    assert distinct(long, 18) == ["pati…lef…final.jpg", "pat…righ…final.jpg"]
    assert distinct(["IMG_0001.jpg", "b.jpg"], 18) == ["IMG_0001.jpg", "b.jpg"]


@given(
    st.text(ascii_letters, max_size=40),
    st.sets(st.text(ascii_letters, min_size=1, max_size=6), min_size=2, max_size=8),
    st.text(max_size=40),
    st.integers(12, 40),
)
def test_alike_names_are_told_apart_in_little_room(
    before: str, middles: set[str], after: str, width: int
) -> None:
    texts = [before + middle + "|" + after for middle in middles]
    short = distinct(texts, width)
    assert len(set(short)) == len(texts)
    assert all(cell_len(text) <= width for text in short)


@given(
    st.text(ascii_letters, max_size=40),
    st.sets(st.text(ascii_letters, min_size=1, max_size=6), min_size=2, max_size=8),
    st.text(max_size=40),
    st.integers(12, 40),
)
def test_names_that_are_seen_side_by_side_are_told_apart_in_little_room(
    before: str, middles: set[str], after: str, width: int
) -> None:
    texts = [before + middle + "|" + after for middle in middles]
    short = side_by_side(texts, width)
    assert len(set(short)) == len(texts)
    assert all(cell_len(text) <= width for text in short)


def test_what_names_of_a_page_share_gives_way_to_what_they_don_t() -> None:
    names = ["PAT_1035_1101_421.png", "PAT_1136_2946_98.png", "PAT_1262_3610_98.png", "b.png"]
    told = ["…035…101_421…", "…136_2946_98…", "…262_3610_98…", "b.png"]
    assert side_by_side(names, 13) == told
    assert side_by_side(names, 30) == names


@given(st.lists(PARTS.map("/".join), unique=True), st.integers(1, 5))
def test_names_that_come_page_by_page_are_those_of_all(paths: list[str], page: int) -> None:
    names = Names()
    for start in range(0, len(paths), page):
        names.extend(paths[start : start + page])
        [names.whole(place) for place in range(min(start + page, len(paths)))]
    assert [names.whole(place) for place in range(len(paths))] == labels(paths)
    assert ["/".join(filter(None, names.parts(place))) for place in range(len(paths))] == paths


def test_very_many_of_one_name_are_told_apart_by_their_paths() -> None:
    names = Names()
    names.extend([f"{number}/x/image.jpg" for number in range(MANY + 1)])
    assert names.whole(7) == "7/x/image.jpg"
    assert (names.widest, names.widest_folder) == (9, 5)


async def test_two_photos_of_one_name_are_told_apart_wherever_they_are_named(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.outline("anna/IMG_0001.jpg", 0)
    clinic.outline("bert/IMG_0001.jpg", 1)
    empty = clinic.draw("carl/IMG_0001.jpg")
    empty.write_bytes(b"")
    try:
        clinic.viewer.view(empty, 64)
    except PhotoError as problem:
        clinic.store.set_aside(file_stat(empty), str(problem))
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        queue = text_of(screen, "#queue")
        assert "IMG_0001.jpg anna" in queue
        assert "IMG_0001.jpg bert" in queue
        assert "! carl/IMG_0001.jpg" in queue
        assert "anna/IMG_0001.jpg" in text_of(screen, "#details Static")
        await pilot.press("end")
        screen = await settled(pilot)
        assert "carl/IMG_0001.jpg was set aside." in text_of(screen, "#canvas")
        assert "carl/IMG_0001.jpg" in text_of(screen, "#details Static")


async def test_the_panel_shows_a_long_name_whole(clinic: Clinic, make_app: MakeApp) -> None:
    name = "patient_0815_left_forearm_dermoscopy_polarised_2024_07_31.jpg"
    clinic.outline(name)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert name in "".join(text_of(screen, "#details Static").split())
