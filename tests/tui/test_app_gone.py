"""The photo that lies open is gone: what comes in its place is decided by no key meant for it."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from textual.pilot import Pilot

from pipeline.upkeep.forgetting import carry_out, plan
from tests.tui.driving import Clinic, review_screen, sentences, settled, shown_photo, text_of, until
from tests.tui.test_app_repairs import draft_of
from tui.app import NevusApp
from tui.screens.editing import SHOWN_FOR, seconds_to_read
from tui.screens.review import ReviewScreen
from tui.stopwatch import Stopwatch

MakeApp = Callable[[], NevusApp]
Take = Callable[[Clinic, Path], None]


@pytest.fixture
def two(clinic: Clinic) -> list[int]:
    return clinic.outline_all([f"spot{number}.png" for number in range(2)], surer=True)


def delete(_clinic: Clinic, path: Path) -> None:
    path.unlink()


def forget(clinic: Clinic, path: Path) -> None:
    carry_out(clinic.store, plan(clinic.store, path.name, []), "bo")


async def lost(pilot: Pilot[None], clinic: Clinic, take: Take, two: list[int]) -> ReviewScreen:
    """The screen once the first photo, which lay open, is gone, and the other one was seen long."""
    screen = await settled(pilot)
    await until(pilot, lambda: shown_photo(screen) == two[0])
    await pilot.press("i", "i")
    # Each look at the clock is a quarter of an hour after the one before.
    screen._since_came = Stopwatch(count(step=900.0).__next__)
    take(clinic, clinic.folder / "spot0.png")
    await until(pilot, lambda: shown_photo(screen) == two[1])
    return await settled(pilot)


@pytest.mark.parametrize("take", [delete, forget])
async def test_the_first_key_decides_nothing_however_long_ago_it_went(
    clinic: Clinic, make_app: MakeApp, two: list[int], take: Take
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await lost(pilot, clinic, take, two)
        said = "spot0.png is gone from the folder: deleted, renamed or forgotten."
        assert f"{said} Now you see spot1.png." in sentences(pilot)
        await pilot.press("a")
        screen = await settled(pilot)
        assert (shown_photo(screen), clinic.item(two[1]).decision) == (two[1], None)
        asked = "This is spot1.png: spot0.png, which you had open, is gone."
        assert sentences(pilot)[-1] == f"{asked} Press again if you mean it."
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(two[1]).decision is not None


@pytest.mark.parametrize("key", ["4", "asterisk", "r", "n", "s", "R"])
async def test_no_key_says_anything_of_the_other_one_that_was_meant_for_it(
    clinic: Clinic, make_app: MakeApp, two: list[int], key: str
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await lost(pilot, clinic, delete, two)
        await pilot.press(key)
        screen = await settled(pilot)
        item = clinic.item(two[1])
        assert (item.decision, item.score, item.flag) == (None, None, False)
        assert not screen.has_class("-asking")
        assert "Press again if you mean it." in sentences(pilot)[-1]


async def test_the_letters_of_a_note_are_no_keys_on_the_other_one(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await lost(pilot, clinic, delete, two)
        await pilot.press("c", *"hair", "enter", "a")
        screen = await settled(pilot)
        item = clinic.item(two[1])
        assert (item.decision, item.has_draft) == (None, False)
        assert screen.remarks.note == "hair"
        assert "Press again if you mean it." in sentences(pilot)[-1]


async def test_who_goes_to_a_photo_himself_is_asked_nothing(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    third = clinic.outline("spot2.png", 2, predicted_jaccard=0.9)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await lost(pilot, clinic, delete, two)
        await pilot.press("j", "a")
        await settled(pilot)
        assert clinic.item(third).decision is not None


async def test_another_picture_in_the_same_file_is_said_to_be_that(
    clinic: Clinic, make_app: MakeApp
) -> None:
    before = clinic.outline("leg/spot.png", 0, predicted_jaccard=0.4)
    clinic.outline("spot1.png", 1, predicted_jaccard=0.9)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == before)
        await clinic.stop_ingest()
        after = clinic.outline("leg/spot.png", 2, predicted_jaccard=0.4)
        screen._read_queue()
        await until(pilot, lambda: shown_photo(screen) == after)
        await settled(pilot)
        said = "leg/spot.png holds another picture by now, which you see: what you had open"
        assert sentences(pilot)[-1] == f"{said} is gone."
        await pilot.press("a")
        await settled(pilot)
        asked = "This is another leg/spot.png than the one you had open."
        assert sentences(pilot)[-1] == f"{asked} Press again if you mean it."
        assert clinic.item(after).decision is None


async def test_where_none_is_left_that_is_said_too(clinic: Clinic, make_app: MakeApp) -> None:
    photo_id = clinic.outline("spot0.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == photo_id)
        (clinic.folder / "spot0.png").unlink()
        await until(pilot, lambda: shown_photo(screen) is None)
        said = "spot0.png is gone from the folder: deleted, renamed or forgotten."
        await until(pilot, lambda: said in sentences(pilot))


async def test_one_that_was_renamed_is_seen_again_as_it_was_left(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == two[0])
        await clinic.stop_ingest()
        await pilot.press("w")
        await settled(pilot)
        path = clinic.folder / "spot0.png"
        path.rename(path.with_name("renamed.png"))
        clinic.store.mark_gone(str(path))
        screen._read_queue()
        await until(pilot, lambda: shown_photo(screen) == two[1])
        clinic.take_in(path.with_name("renamed.png"))
        screen._read_queue()
        await until(pilot, lambda: shown_photo(screen) == two[0])
        screen = await settled(pilot)
        assert draft_of(screen).edits == 1
        assert "renamed.png" in text_of(screen, "#details Static")
        assert sentences(pilot)[-1] == "spot0.png is now renamed.png: you see it as you left it."
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(two[0]).decision is not None


async def test_who_goes_on_meanwhile_is_not_fetched_back(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == two[0])
        await clinic.stop_ingest()
        path = clinic.folder / "spot0.png"
        clinic.store.mark_gone(str(path))
        screen._read_queue()
        await until(pilot, lambda: shown_photo(screen) == two[1])
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
        clinic.take_in(path)
        screen._read_queue()
        await until(pilot, lambda: len(screen._queue.items) == 2)
        await settled(pilot)
        assert shown_photo(review_screen(pilot)) == two[1]


def test_what_is_said_stays_until_it_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHOWN_FOR, "warning", 5.0)
    assert seconds_to_read("Short.", "warning") == 5
    assert seconds_to_read("word " * 60, "warning") == 20
