"""Words and numbers: what is found while they are typed, and where the keys lead then."""

from collections.abc import Callable

import pytest
from textual.events import Key, Paste
from textual.widgets import Input

from pipeline.review.wanted import Wanted
from tests.tui.driving import (
    Clinic,
    flushed,
    press,
    review_screen,
    rows,
    sentences,
    settled,
    shown_photo,
    text_of,
    until,
)
from tui.app import NevusApp
from tui.widgets.queue import Queue
from tui.widgets.search_line import SearchLine

MakeApp = Callable[[], NevusApp]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_typed_is_found_at_once_and_escape_is_as_if_it_never_was(
    make_app: MakeApp, four: list[int], size: tuple[int, int]
) -> None:
    async with make_app().run_test(size=size) as pilot:
        screen = await press(pilot, "j", "slash", *"NAE")
        assert rows(screen) == [four[0], four[2]]
        await until(pilot, lambda: "2 found" in text_of(screen, "#search-found"))
        line = text_of(screen, "#filter")
        assert "2 of 4 shown" in line
        assert "/NAE" in line
        assert "esc shows all" in line
        # The photo is that of the row while it is typed, and the header counts all.
        assert screen.query_one(Queue).current.photo_id == four[0]  # type: ignore[union-attr]
        assert shown_photo(screen) == four[0]
        assert screen.focused is screen.query_one("#search Input")
        assert "0 of 4 decided" in text_of(screen, "#progress")
        screen = await press(pilot, "escape")
        assert rows(screen) == four
        assert shown_photo(screen) == four[1]
        assert screen.query_one(Queue).current.photo_id == four[1]  # type: ignore[union-attr]
        assert not screen.query_one("#filter").display
        # It is remembered for the keys that go from match to match, round the end.
        for key, photo in ((">", four[2]), (">", four[0]), ("<", four[2])):
            name = {">": "greater_than_sign", "<": "less_than_sign"}[key]
            assert shown_photo(await press(pilot, name)) == photo


async def test_enter_keeps_what_is_found_and_escape_shows_all_where_one_is(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await press(pilot, "slash", *"arm/", "enter")
        assert rows(screen) == [four[2]]
        assert shown_photo(screen) == four[2]
        screen = await press(pilot, "escape")
        assert rows(screen) == four
        assert shown_photo(screen) == four[2]


async def test_notes_are_searched_as_soon_as_they_are_decided(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "j", "c", *"haar", "enter", "a")
        screen = await press(pilot, "slash", *"Haar")
        assert rows(screen) == [four[1]]


async def test_what_is_not_found_is_said_and_the_line_stays_also_where_a_photo_comes(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "slash", *"xyz")
        assert "No photo fits what is asked for." in " ".join(text_of(screen, "#queue").split())
        screen = await press(pilot, "enter")
        said = "No name and no note has “xyz” in it."
        await until(pilot, lambda: said in text_of(screen, "#search-found"))
        four.append(clinic.outline("fifth.jpg", 9))
        await until(pilot, lambda: "0 of 5 decided" in text_of(screen, "#progress"))
        await settled(pilot)
        said = "No name and no note has “xyz” in it."
        await until(pilot, lambda: said in text_of(screen, "#search-found"))
        assert isinstance(screen.focused, Input)
        screen = await press(pilot, "escape")
        assert set(rows(screen)) == set(four)
        assert shown_photo(screen) == four[0]


async def test_a_number_goes_to_that_photo_and_one_too_many_is_said_also_where_a_photo_comes(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "slash", "#", "9")
        await until(pilot, lambda: "4 photos are shown" in text_of(screen, "#search-found"))
        four.append(clinic.outline("fifth.jpg", 9))
        await until(pilot, lambda: "0 of 5 decided" in text_of(screen, "#progress"))
        await until(pilot, lambda: "5 photos are shown" in text_of(screen, "#search-found"))
        screen = await press(pilot, "backspace", "3", "enter")
        assert shown_photo(screen) == rows(screen)[2]
        assert set(rows(screen)) == set(four)


async def test_a_number_that_no_photo_has_is_said_and_the_next_keys_are_keys(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "slash", "#", "9", "enter")
        assert sentences(pilot) == ["There is no photo 9: 4 photos are shown."]
        assert shown_photo(screen) == four[0]
        await press(pilot, "3")
        await until(pilot, lambda: clinic.item(four[0]).score == 3)


async def test_more_digits_than_any_number_has_are_searched_for_as_a_word(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "slash")
        screen.query_one("#search Input").post_message(Paste("#" + 5000 * "9"))
        await until(pilot, lambda: "0 found" in text_of(screen, "#search-found"))
        screen = await press(pilot, "escape")
        assert rows(screen) == four


async def test_letters_that_come_with_the_key_are_searched(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        for key, letter in (("slash", "/"), ("s", "s"), ("p", "p"), ("enter", None)):
            pilot.app.post_message(Key(key, letter))
        screen = await settled(pilot)
        assert rows(screen) == [four[1], four[3]]
        assert not any(item.decision for item in screen.query_one(Queue).items)


async def test_keys_behind_the_one_that_ends_a_search_mean_what_was_found(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "slash", *"spo")
        for key, letter in (("t", "t"), ("enter", None), ("3", "3"), ("j", "j")):
            pilot.app.post_message(Key(key, letter))
        screen = await settled(pilot)
        assert rows(screen) == [four[1], four[3]]
        assert shown_photo(screen) == four[3]
        await until(pilot, lambda: clinic.item(four[1]).score == 3)
        await press(pilot, "slash", *"xyz")
        for key, letter in (("enter", None), ("a", "a"), ("escape", None), ("k", "k")):
            pilot.app.post_message(Key(key, letter))
        screen = await settled(pilot)
        assert not any(item.decision for item in screen.query_one(Queue).items)
        assert shown_photo(screen) == four[1]


async def test_what_is_wanted_last_is_what_is_shown(make_app: MakeApp, four: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        for text in ("naevus", "spot", "leg", "arm"):
            screen.want(Wanted(text))
        screen = await settled(pilot)
        assert rows(screen) == [four[2]]
        assert screen.query_one(Queue).wanted == Wanted("arm")


async def test_the_search_is_left_with_the_mouse_as_with_enter(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "slash", *"spot")
        assert await pilot.click("#queue", offset=(5, 2))
        await flushed(pilot)
        screen = await settled(pilot)
        assert not screen.query_one(SearchLine).open
        assert rows(screen) == [four[1], four[3]]
        assert shown_photo(review_screen(pilot)) == four[3]


async def test_going_from_match_to_match_needs_something_sought(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "greater_than_sign")
        assert "Nothing was searched for yet. / searches names and notes." in sentences(pilot)
