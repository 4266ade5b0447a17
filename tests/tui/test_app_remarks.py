"""Score, flag, note and reason: said with a key, kept with the photo, stored with its decision."""

from collections.abc import Callable

import pytest
from textual import events
from textual.pilot import Pilot

from db.values import Decision, DecisionKind, Remarks
from pipeline.review.wanted import FLAGGED, Facet, Wanted
from tests.tui.driving import Clinic, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.widgets.note_line import NoteLine
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]
SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def two(clinic: Clinic) -> list[int]:
    return clinic.outline_all([f"photo{number}.jpg" for number in range(2)])


def decided(clinic: Clinic) -> Decision:
    """The one decision that stands."""
    [reviewed] = clinic.store.reviewed(list(DecisionKind))
    return reviewed.decision


async def write(pilot: Pilot[None], text: str) -> None:
    """Type a note; space has a key's name."""
    await pilot.press("c", *("space" if sign == " " else sign for sign in text))


@pytest.mark.parametrize("size", SIZES)
async def test_score_flag_and_note_are_shown_and_stored_with_the_decision(
    clinic: Clinic, make_app: MakeApp, two: list[int], size: tuple[int, int]
) -> None:
    async with make_app().run_test(size=size) as pilot:
        screen = await settled(pilot)
        await pilot.press("4", "*")
        await write(pilot, "narbe größer")
        await pilot.press("enter")
        await settled(pilot)
        assert "score 4 good" in text_of(screen, "#status")
        assert "⚑ flagged" in text_of(screen, "#status")
        assert "narbe größer" in text_of(screen, "#details > Static")
        assert "○⚑ photo0.jpg" in text_of(screen, "#queue")
        await pilot.press("a")
        screen = await settled(pilot)
        assert shown_photo(screen) == two[1]
        assert "score" not in text_of(screen, "#status")
        assert "✓⚑ photo0.jpg" in text_of(screen, "#queue")
        await pilot.press("k")
        screen = await settled(pilot)
        shown = text_of(screen, "#details > Static")
        assert "narbe größer" in shown
        assert "⚑" in shown
        # A small terminal says it on the line below alone.
        assert ("Score     4 good" in shown) == (size[0] > 100)
    made = decided(clinic)
    assert (made.kind, made.score, made.flag) == (DecisionKind.ACCEPTED, 4, True)
    assert (made.note, made.reason) == ("narbe größer", "")
    assert clinic.item(two[0]).flag


async def test_what_is_said_stays_with_its_photo_and_comes_back_when_taken_back(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("2", "*")
        await write(pilot, "hair")
        await pilot.press("enter", "j")
        screen = await settled(pilot)
        assert shown_photo(screen) == two[1]
        assert "flagged" not in text_of(screen, "#status")
        await pilot.press("k")
        screen = await settled(pilot)
        assert "score 2 poor   ⚑ flagged   note" in text_of(screen, "#status")
        await pilot.press("n")
        await settled(pilot)
        await pilot.press("U")
        await until(pilot, lambda: shown_photo(screen) == two[0])
        await settled(pilot)
        assert clinic.item(two[0]).decision is None
        assert "○⚑ photo0.jpg" in text_of(screen, "#queue")
        assert "score 2 poor   ⚑ flagged   note" in text_of(screen, "#status")
        assert "hair" in text_of(screen, "#details > Static")
        await pilot.press("*", "2", "a")
        await settled(pilot)
    made = decided(clinic)
    assert (made.score, made.flag, made.note) == (None, False, "hair")


@pytest.mark.parametrize("size", SIZES)
async def test_a_note_leaves_photo_and_status_where_they_are_and_escape_the_note(
    clinic: Clinic, make_app: MakeApp, two: list[int], size: tuple[int, int]
) -> None:
    async with make_app().run_test(size=size) as pilot:
        screen = await settled(pilot)
        places = [screen.query_one(f"#{name}").region for name in ("canvas", "status", "keys")]
        await write(pilot, "one")
        await pilot.press("enter")
        await write(pilot, " and arn")
        line = screen.query_one(NoteLine)
        assert "one and arn" in text_of(screen, "#note Input")
        regions = [screen.query_one(f"#{name}").region for name in ("canvas", "status", "note")]
        assert regions == places
        await pilot.press("escape")
        await settled(pilot)
        assert not line.display
        assert screen.query_one("#keys").display
        assert screen.focused is screen.query_one(Queue)
        assert "one and arn" not in text_of(screen, "#details > Static")
        assert "one" in text_of(screen, "#details > Static")
        # No letter of it was taken for a key.
        assert [clinic.item(photo).decision for photo in two] == [None, None]


async def test_a_note_is_escaped_and_kept_as_it_is_seen(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("c")
        screen.focused.post_message(events.Paste("red\x1b[31m\u202e 皮膚\nsecond line"))  # type: ignore[union-attr]
        await settled(pilot)
        assert "red\\x1b[31m\\u202e 皮膚" in text_of(screen, "#note Input")
        await pilot.press("enter")
        await settled(pilot)
        shown = "\n".join(text_of(screen, name) for name in ("#details > Static", "#status"))
        assert "\\x1b[31m" in shown
        assert "皮膚" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        await pilot.press("s")
        await settled(pilot)
    assert decided(clinic).note == "red\\x1b[31m\\u202e 皮膚"


async def test_letters_typed_before_the_line_has_the_keys_are_written_and_decide_nothing(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        # All at once, as over a slow line.
        for sign in "char":
            app.post_message(events.Key(sign, sign))
        await until(pilot, lambda: "har" in text_of(screen, "#note Input"))
        await pilot.press("enter")
        await settled(pilot)
        assert "har" in text_of(screen, "#details > Static")
        assert shown_photo(screen) == two[0]
        assert [clinic.item(photo).decision for photo in two] == [None, None]


async def test_a_note_is_kept_for_its_photo_where_another_one_is_clicked(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await write(pilot, "hair")
        await pilot.click("#queue", offset=(5, 2))
        screen = await settled(pilot)
        assert shown_photo(screen) == two[1]
        assert not screen.query_one(NoteLine).display
        assert "note" not in text_of(screen, "#status")
        await pilot.press("k")
        screen = await settled(pilot)
        assert "hair" in text_of(screen, "#details > Static")


async def test_a_click_beside_keeps_the_note_and_the_queue_has_the_keys_again(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await write(pilot, "hair")
        await pilot.click("#canvas", offset=(5, 2))
        await settled(pilot)
        await pilot.press("escape", "down")
        screen = await settled(pilot)
        assert not screen.query_one(NoteLine).display
        assert shown_photo(screen) == two[1]


async def test_a_note_is_written_with_the_brush_in_hand_and_gives_it_the_keys_back(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        await write(pilot, "x")
        await pilot.press("enter")
        await settled(pilot)
        assert screen.query_one(Workbench).editing
        assert screen.focused is screen.query_one("#canvas")


async def test_what_is_said_is_there_when_the_app_is_left_without_a_decision(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("2", "*")
        await write(pilot, "hair")
        await pilot.press("enter")
        screen = await settled(pilot)
        assert await screen.left_behind() == ""
        # One that opens another photo first, and finds what was said all the same.
        assert [clinic.item(photo).note for photo in two] == ["hair", ""]
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert "○⚑ photo0.jpg" in text_of(screen, "#queue")
        assert "score 2 poor   ⚑ flagged   note" in text_of(screen, "#status")
        assert "hair" in text_of(screen, "#details > Static")


async def test_what_is_said_of_a_photo_that_waits_is_searched_and_filtered_at_once(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("j", "*")
        await write(pilot, "hair")
        await pilot.press("enter", "k")
        screen = await settled(pilot)
        screen.want(Wanted(values=((Facet.FLAG, FLAGGED),)))
        screen = await settled(pilot)
        assert [item.photo_id for item in screen._queue.items] == [two[1]]
        screen.want(Wanted("hair"))
        screen = await settled(pilot)
        assert [item.photo_id for item in screen._queue.items] == [two[1]]


async def test_another_reviewers_remarks_are_told_as_theirs(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    clinic.store.remark(two[0], "bob", Remarks(2, "hair", flag=True))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert shown_photo(screen) == two[0]
        assert "⚑" not in text_of(screen, "#queue")
        assert "flagged" not in text_of(screen, "#status")
        told = " ".join(text_of(screen, "#details > Static").split())
        assert "score 2, flagged, “hair”, bob" in told


async def test_what_is_typed_right_after_a_note_is_not_written_on_it(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("c")
        for key in ("h", "i", "enter", "3", "n"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: shown_photo(screen) == two[1])
        await settled(pilot)
    made = decided(clinic)
    assert (made.kind, made.score, made.note) == (DecisionKind.NO_LESION, 3, "hi")


async def test_a_note_is_stored_while_it_is_written_and_left_it_is_as_it_was(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("4")
        await write(pilot, "half")
        # No key ends it: it is on the disk for whoever is killed now.
        await until(pilot, lambda: clinic.item(two[0]).note == "half")
        assert (screen.query_one(NoteLine).open, clinic.item(two[0]).score) == (True, 4)
        await pilot.press("escape")
        await until(pilot, lambda: clinic.item(two[0]).note == "")
        assert "half" not in text_of(await settled(pilot), "#details > Static")
        await write(pilot, "whole")
        await until(pilot, lambda: clinic.item(two[0]).note == "whole")
        await pilot.press("!", "enter")
        await until(pilot, lambda: clinic.item(two[0]).note == "whole!")
        # Once more, and back to how it was without escape: that is how it stays.
        await write(pilot, "?")
        await until(pilot, lambda: clinic.item(two[0]).note == "whole!?")
        await pilot.press("backspace", "enter")
        await until(pilot, lambda: clinic.item(two[0]).note == "whole!")
        assert (await settled(pilot)).remarks == Remarks(4, "whole!")
        await pilot.press("a")
        await settled(pilot)
    assert (decided(clinic).note, decided(clinic).score) == ("whole!", 4)


async def test_a_note_that_is_taken_back_letter_by_letter_is_none_where_nevus_is_left(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await write(pilot, "x")
        await until(pilot, lambda: clinic.item(two[0]).note == "x")
        await pilot.press("backspace")
        screen.finish()
        await until(pilot, lambda: clinic.item(two[0]).note == "")
