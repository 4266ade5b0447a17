"""Reviewing with keys: what is decided is what was seen, and everything is in the database."""

from collections.abc import Callable

import pytest
from textual.widgets import OptionList

from db.values import DecisionKind
from imaging.view.overlay import Shown
from tests.tui.driving import (
    Clinic,
    review_screen,
    sentences,
    settled,
    shown_photo,
    text_of,
    until,
)
from tui.app import NevusApp
from tui.screens.help import HelpScreen
from tui.widgets.progress import Progress
from tui.widgets.queue import Queue
from tui.widgets.status import Status

MakeApp = Callable[[], NevusApp]


async def test_a_key_decides_the_photo_and_goes_on(clinic: Clinic, make_app: MakeApp) -> None:
    kinds = {
        "a": DecisionKind.ACCEPTED,
        "r": DecisionKind.REJECTED,
        "n": DecisionKind.NO_LESION,
        "s": DecisionKind.SKIPPED,
    }
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(6)])
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        for number, key in enumerate(kinds):
            assert shown_photo(screen) == photos[number]
            await pilot.press("4", key)
            screen = await settled(pilot)
            assert shown_photo(screen) == photos[number + 1]
    made = [*kinds.values(), None, None]
    assert [clinic.item(photo).decision for photo in photos] == made
    for photo, kind in zip(photos, kinds.values(), strict=False):
        decided = next(iter(clinic.store.reviewed([kind]))).decision
        assert (decided.photo_id, decided.score, decided.reviewer) == (photo, 4, "ada")
        assert decided.seconds > 0


async def test_the_next_photo_is_open_before_it_is_wanted(
    make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("a")
        await pilot.pause()
        assert shown_photo(review_screen(pilot)) == three[1]


async def test_the_next_photo_is_on_the_table_in_the_turn_of_the_decision(
    make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        screen.action_decide("accepted")
        # Nothing between is drawn, of which a slow line would have to be sent the half.
        assert shown_photo(screen) == three[1]


async def test_all_three_decided_in_a_row_without_waiting(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        for key in "arn":
            await pilot.press(key)
            await pilot.pause()
        screen = await settled(pilot)
        assert shown_photo(screen) is None
        assert "Every photo is reviewed." in text_of(screen, "#canvas")
    assert [clinic.item(photo).decision for photo in three] == [
        DecisionKind.ACCEPTED,
        DecisionKind.REJECTED,
        DecisionKind.NO_LESION,
    ]


async def test_keys_pressed_before_a_photo_is_seen_decide_nothing(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        # As a key does: until one is pressed, the cursor follows what comes first.
        screen.touch(moved=False)
        screen.query_one(Queue).action_step(2)
        screen.action_decide("accepted")
        screen = await settled(pilot)
        assert shown_photo(screen) == three[2]
    assert [clinic.item(photo).decision for photo in three] == [None, None, None]


async def test_take_back_returns_to_the_photo(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
        await pilot.press("U")
        screen = await settled(pilot)
        assert shown_photo(screen) == three[0]
        assert "waiting" in text_of(screen, "#details Static")
        await pilot.press("U")
        screen = await settled(pilot)
        assert shown_photo(screen) == three[0]
    assert clinic.item(three[0]).decision is None


async def test_moving_decides_nothing(clinic: Clinic, make_app: MakeApp, three: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        for key, photo in (("j", three[1]), ("j", three[2]), ("j", three[2]), ("k", three[1])):
            await pilot.press(key)
            assert shown_photo(await settled(pilot)) == photo
    assert all(clinic.item(photo).decision is None for photo in three)


async def test_the_doubtful_come_first_and_the_photo_says_why(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.outline("a.jpg", 0, predicted_jaccard=0.9)
    doubtful = clinic.outline("b.jpg", 1, predicted_jaccard=0.31)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert shown_photo(screen) == doubtful
        details = text_of(screen, "#details Static")
        assert "sure 0.31" in details
        assert "least sure first" in details
        await pilot.press("a")
        screen = await settled(pilot)
        assert "sure 0.90" in text_of(screen, "#details Static")


async def test_why_a_photo_stands_where_it_stands_changes_with_its_outline(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.take_in(clinic.draw("a.jpg", 0))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == photo_id)
        assert "last, not outlined yet" in text_of(screen, "#details Static")
        assert clinic.outline("a.jpg", 0, predicted_jaccard=0.5) == photo_id
        clinic.draw("late.jpg", 1)
        await until(pilot, lambda: "sure 0.50" in text_of(screen, "#details Static"))
        await until(pilot, lambda: "least sure first" in text_of(screen, "#details Static"))
        assert "not outlined yet" not in text_of(screen, "#details Static")


async def test_a_photo_that_can_t_be_opened_says_so_and_opens_when_it_is_back(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    clinic.folder.rename(clinic.folder.with_name("away"))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert "is not there any more" in text_of(screen, "#canvas")
        await pilot.press("a", "n", "e", "a")
        await settled(pilot)
        gone = "Nothing is decided on a photo that can't be opened. j goes on to the next."
        closed = "No photo is open, so there is nothing to draw on."
        said = [text for text in sentences(pilot) if "is not there" not in text]
        assert sorted(said) == [closed, gone]
        clinic.folder.with_name("away").rename(clinic.folder)
        await until(pilot, lambda: shown_photo(screen) == three[0])
        await settled(pilot)
    assert all(clinic.item(photo).decision is None for photo in three)


async def test_photos_and_files_that_are_none_are_counted_apart(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    (clinic.folder / "empty.jpg").touch()
    (clinic.folder / "copy.jpg").write_bytes((clinic.folder / "photo0.jpg").read_bytes())
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: screen.query_one(Progress).shown == (3, 1))
        assert len(screen.query_one(Queue)) == 4


async def test_a_photo_without_an_outline_can_be_decided_but_not_accepted(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.draw("plain.jpg")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) is not None)
        await pilot.press("a", "t")
        screen = await settled(pilot)
        assert shown_photo(screen) is not None
        await pilot.press("n")
        await settled(pilot)
    assert [item.decision for item in clinic.items()] == [DecisionKind.NO_LESION]


async def test_a_new_photo_appears_without_a_key(clinic: Clinic, make_app: MakeApp) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        none = "There are no photos in this folder yet."
        await until(pilot, lambda: none in text_of(screen, "#canvas"))
        clinic.draw("late.jpg")
        await until(pilot, lambda: shown_photo(screen) is not None)
        assert "late.jpg" in text_of(screen, "#queue")


async def test_a_bad_file_is_a_row_with_its_reason(clinic: Clinic, make_app: MakeApp) -> None:
    clinic.outline("good.jpg")
    (clinic.folder / "no\n\x1b[31mred.jpg").touch()
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: len(screen.query_one(Queue)) == 2)
        await pilot.press("j")
        screen = await settled(pilot)
        assert "set aside" in text_of(screen, "#canvas")
        assert "\x1b" not in text_of(screen, "#queue") + text_of(screen, "#canvas")
        await pilot.press("a")
        screen = await settled(pilot)
    assert [item.decision for item in clinic.items()] == [None]


async def test_a_photo_that_vanished_is_said_and_the_others_still_open(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        (clinic.folder / "photo0.jpg").unlink()
        await until(pilot, lambda: len(screen.query_one(Queue)) == 2)
        screen = await settled(pilot)
        assert shown_photo(screen) in three[1:]


async def test_a_small_terminal_says_so_and_decides_nothing(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(40, 12)) as pilot:
        screen = await settled(pilot)
        assert "60 × 16" in text_of(screen, "#too-small")
        await pilot.press("a", "r", "n", "s", "e", "space", "j", "down", "t")
        await settled(pilot)
        assert all(clinic.item(photo).decision is None for photo in three)
        await pilot.resize_terminal(80, 24)
        screen = await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
    assert clinic.item(three[0]).decision is DecisionKind.ACCEPTED


async def test_overlay_and_opacity(make_app: MakeApp, three: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("full_stop", "full_stop", "comma", "o")
        await settled(pilot)
        state = screen.query_one(Status).state
        assert state.opacity == pytest.approx(0.6)
        assert state.overlay is Shown.NOTHING
        assert "mask off" in text_of(screen, "#status")


async def test_help_opens_beside_photo_and_status_and_closes(
    make_app: MakeApp, three: list[int]
) -> None:
    places = ("canvas", "status", "progress")
    async with make_app().run_test(size=(80, 24)) as pilot:
        for size in ((80, 24), (120, 40)):
            await pilot.resize_terminal(*size)
            screen = await settled(pilot)
            await pilot.press("question_mark")
            await pilot.pause()
            shown = pilot.app.screen
            assert isinstance(shown, HelpScreen)
            assert shown.size == size
            seen = [screen.query_one(f"#{name}").region for name in places]
            panels = [panel.region for panel in shown.query("VerticalScroll") if panel.display]
            assert panels
            assert not [panel for panel in panels if any(panel.overlaps(each) for each in seen)]
            await pilot.press("q")
            await settled(pilot)


async def test_the_palette_finds_a_command_by_its_name(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await pilot.press(*"no lesion")
        found = pilot.app.screen.query_one(OptionList)
        await until(pilot, lambda: found.option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: clinic.item(three[0]).decision is not None)
        await settled(pilot)
    assert clinic.item(three[0]).decision is DecisionKind.NO_LESION
