"""A reason for a rejection: chosen with one more key, gone to with arrows, never by accident."""

from collections.abc import Callable

import pytest

from db.values import DecisionKind
from pipeline.review.verdict import Vocabulary
from tests.tui.driving import Clinic, settled, shown_photo, text_of
from tests.tui.test_app_remarks import SIZES, decided
from tui.app import NevusApp
from tui.preferences import Preferences
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]


@pytest.fixture
def two(clinic: Clinic) -> list[int]:
    return clinic.outline_all([f"photo{number}.jpg" for number in range(2)])


@pytest.mark.parametrize("size", SIZES)
async def test_a_reason_is_chosen_with_one_more_key(
    clinic: Clinic, make_app: MakeApp, two: list[int], size: tuple[int, int]
) -> None:
    async with make_app().run_test(size=size) as pilot:
        screen = await settled(pilot)
        places = [screen.query_one(f"#{name}").region for name in ("canvas", "status")]
        await pilot.press("R")
        await settled(pilot)
        asked = text_of(screen, "#reasons")
        for number, reason in enumerate(Vocabulary().reasons, 1):
            assert f"{number}  {reason}" in asked
        assert "esc  decides nothing" in asked
        assert [screen.query_one(f"#{name}").region for name in ("canvas", "status")] == places
        # No message lies over it, and neither key decides while it is asked.
        pilot.app.notify("Something to be read. " * 20, timeout=3600)
        await settled(pilot)
        choices = screen.query_one("#reasons").region
        for y in range(choices.y, choices.bottom):
            assert screen.get_widget_at(choices.x + 2, y)[0] is screen.query_one("#reasons")
        await pilot.press("a", "n")
        await settled(pilot)
        assert shown_photo(screen) == two[0]
        await pilot.press("2")
        screen = await settled(pilot)
        assert shown_photo(screen) == two[1]
        assert screen.query_one("#details").display
        assert not screen.query_one("#reasons").display
        await pilot.press("k")
        screen = await settled(pilot)
        assert "rejected: not skin" in text_of(screen, "#details > Static")
    made = decided(clinic)
    assert (made.photo_id, made.kind) == (two[0], DecisionKind.REJECTED)
    assert (made.reason, made.score) == ("not skin", None)


async def test_escape_and_the_same_key_leave_the_reasons_and_decide_nothing(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        for key in ("escape", "R"):
            await pilot.press("R")
            assert screen.query_one("#reasons").display
            await pilot.press(key)
            assert not screen.query_one("#reasons").display
            assert screen.focused is screen.query_one("#queue")
        await pilot.press("2")
        await settled(pilot)
        assert "score 2 poor" in text_of(screen, "#status")
        assert [clinic.item(photo).decision for photo in two] == [None, None]


@pytest.mark.parametrize("size", SIZES)
async def test_a_reason_is_gone_to_and_taken(
    clinic: Clinic, make_app: MakeApp, size: tuple[int, int]
) -> None:
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(6)])
    async with make_app().run_test(size=size) as pilot:
        for keys in (("down", "down", "up"), ("j", "j", "k"), ("up", "down")):
            screen = await settled(pilot)
            before = shown_photo(screen)
            assert before is not None
            await pilot.press("R", *keys)
            screen = await settled(pilot)
            assert screen.query_one("#reasons").display
            assert shown_photo(screen) == before
            await pilot.press("enter")
            screen = await settled(pilot)
            assert shown_photo(screen) == before + 1
            assert screen.focused is screen.query_one("#queue")
            # Asked anew, it begins with the first, and no key goes past an end.
            await pilot.press("R", *["down"] * 9, "up", *["up"] * 9, "enter")
            await settled(pilot)
    decisions = clinic.store.reviewed([DecisionKind.REJECTED])
    first, second = Vocabulary().reasons[:2]
    assert {each.decision.photo_id: each.decision.reason for each in decisions} == dict(
        zip(photos, [second, first] * 3, strict=True)
    )


async def test_a_tool_in_hand_has_the_keys_again_where_no_reason_was_chosen(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("e", "R", "down", "escape")
        screen = await settled(pilot)
        assert shown_photo(screen) == two[0]
        assert screen.query_one(Workbench).editing
        assert screen.focused is screen.query_one("#canvas")


async def test_reasons_and_words_are_those_of_the_settings(clinic: Clinic, two: list[int]) -> None:
    words = Vocabulary(("too dark",), ("one", "two", "three", "four", "five"))
    app = NevusApp(clinic.session, clinic._ingest, preferences=Preferences(words))
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await settled(pilot)
            await pilot.press("5")
            assert "score 5 five" in text_of(screen, "#status")
            # There is no second one.
            await pilot.press("R", "2")
            assert screen.query_one("#reasons").display
            await pilot.press("1")
            await settled(pilot)
    finally:
        app.finish()
    made = decided(clinic)
    assert (made.photo_id, made.reason, made.score) == (two[0], "too dark", 5)
