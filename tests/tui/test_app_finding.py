"""Filter and sort: what is shown, what is said of it, and where a decision leads then."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from db.values import DecisionKind
from pipeline.review.wanted import ALL, Facet, Order, Wanted
from tests.db.conftest import verdict
from tests.tui.driving import (
    Clinic,
    press,
    rows,
    sentences,
    settled,
    shown_photo,
    text_of,
    until,
    want,
)
from tui.app import NevusApp
from tui.widgets.filters import Filters
from tui.widgets.progress import Progress
from tui.widgets.queue import Queue

MakeApp = Callable[[], NevusApp]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_table_is_worked_with_keys_alone_and_covers_neither_photo_nor_status(
    make_app: MakeApp, four: list[int], size: tuple[int, int]
) -> None:
    async with make_app().run_test(size=size) as pilot:
        screen = await press(pilot, "a", "F")
        table = screen.query_one(Filters)
        assert table.display
        for seen in ("#canvas", "#status", "#queue", "#filters"):
            assert screen.query_one(seen).region.area > 0
        for covered in ("#canvas", "#status"):
            assert not table.region.overlaps(screen.query_one(covered).region)
        lines = text_of(screen, "#filters").splitlines()
        assert len([line for line in lines if line.strip()]) == len(Facet) + 4
        screen = await press(pilot, "right", "right")
        assert table.wanted.value(Facet.DECISION) == "accepted"
        assert rows(screen) == [four[0]]
        assert "accepted" in text_of(screen, "#filter")
        screen = await press(pilot, "backspace", "down", "down", "right")
        assert rows(screen) == [four[2]]
        assert "arm/" in text_of(screen, "#filter")
        screen = await press(pilot, "left", *["down"] * 6, *["right"] * 7, "down", "right")
        assert screen.query_one(Queue).wanted == Wanted(order=Order.SURENESS, reverse=True)
        assert rows(screen) == four[::-1]
        assert "by sureness, falling" in text_of(screen, "#filter")
        assert not screen.query_one("#details").display
        screen = await press(pilot, "down", "right", "enter")
        assert screen.query_one(Queue).wanted == ALL
        assert not table.display
        assert isinstance(screen.focused, Queue)


async def test_the_table_is_worked_with_the_mouse(make_app: MakeApp, four: list[int]) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await press(pilot, "F")
        table = screen.query_one(Filters)
        folder = list(Facet).index(Facet.FOLDER)
        at = table.content_region.offset
        assert await pilot.click(offset=(at.x + 12, at.y + folder))
        screen = await settled(pilot)
        assert rows(screen) == [four[2]]
        assert await pilot.click(offset=(at.x + 10, at.y + folder))
        screen = await settled(pilot)
        assert rows(screen) == four
        assert await pilot.click(offset=(at.x + 12, at.y + folder))
        await settled(pilot)
        assert await pilot.click("#filter")
        screen = await settled(pilot)
        assert rows(screen) == four


async def test_a_decision_under_a_filter_goes_to_the_next_that_fits_and_k_goes_back(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await want(pilot, ALL.having(Facet.DECISION, "waiting"))
        screen = await press(pilot, "a")
        assert shown_photo(screen) == four[1]
        assert rows(screen) == four
        assert "3 of 4 fit, 1 more shown" in text_of(screen, "#filter")
        screen = await press(pilot, "r")
        # The one before the last leaves no hole, and is in reach no more.
        assert rows(screen) == four[1:]
        assert shown_photo(screen) == four[2]
        assert shown_photo(await press(pilot, "k")) == four[1]
        screen = await press(pilot, "j", "a", "a")
        assert shown_photo(screen) is None
        told = " ".join(text_of(screen, "#canvas").split())
        assert "None of the photos that are shown waits any more." in told
        assert shown_photo(await press(pilot, "k")) == four[3]
        screen = await press(pilot, "U")
        assert shown_photo(screen) == four[3]
        assert screen.query_one(Progress).tally.waiting == 1
    assert [clinic.item(photo).decision for photo in four] == [
        DecisionKind.ACCEPTED,
        DecisionKind.REJECTED,
        DecisionKind.ACCEPTED,
        None,
    ]


async def test_decided_photos_are_gone_through_again_one_by_one(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "a", "a", "a")
        screen = await want(pilot, ALL.having(Facet.DECISION, "accepted"))
        screen = await press(pilot, "home")
        assert shown_photo(screen) == four[0]
        assert shown_photo(await press(pilot, "r")) == four[1]
        assert shown_photo(await press(pilot, "a")) == four[2]
        screen = await press(pilot, "r")
        assert shown_photo(screen) is None
        assert "1 other waits" in " ".join(text_of(screen, "#canvas").split())
    assert clinic.item(four[3]).decision is None


async def test_what_is_said_of_a_place_is_true_of_the_order_that_is_seen(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert "least sure first" in text_of(screen, "#details Static")
        screen = await want(pilot, Wanted(order=Order.NAME))
        assert "by name" in text_of(screen, "#details Static")
        assert "by name" in text_of(screen, "#filter")


async def test_skipped_photos_come_back_by_filter(make_app: MakeApp, four: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "s", "a", "s")
        screen = await want(pilot, ALL.having(Facet.DECISION, "skipped"))
        assert rows(screen) == [four[0], four[2]]
        assert shown_photo(await press(pilot, "a")) == four[2]


async def test_a_photo_that_is_edited_stays_while_it_is_looked_at(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await want(pilot, ALL.having(Facet.AREA, "10% to 40%"))
        before = rows(screen)
        assert shown_photo(screen) == before[0]
        screen = await press(pilot, "C")
        assert rows(screen) == before
        assert shown_photo(screen) == before[0]
        screen = await press(pilot, "j")
        assert rows(screen) == before[1:]


async def test_taking_back_shows_the_photo_wanted_or_not(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "a")
        screen = await want(pilot, Wanted("spot"))
        assert shown_photo(screen) == four[1]
        screen = await press(pilot, "U")
        assert shown_photo(screen) == four[0]
        assert rows(screen) == [four[0], four[1], four[3]]
        assert sentences(pilot)[-1] == "Taken back: accepted, on naevus1.jpg."
        assert "2 of 4 fit, 1 more shown" in text_of(screen, "#filter")
        await press(pilot, "a")
        screen = await want(pilot, Wanted("xyz"))
        screen = await press(pilot, "U")
        assert "0 of 4 fit, 1 more shown" in text_of(screen, "#filter")


async def test_filter_and_cursor_stay_while_photos_come_in(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await want(pilot, Wanted("spot"))
        screen = await press(pilot, "j")
        assert shown_photo(screen) == four[3]
        await clinic.stop_ingest()
        await settled(pilot)
        new = clinic.outline("arm/spot0.jpg", 7, predicted_jaccard=0.1)
        clinic.outline("arm/other.jpg", 8, predicted_jaccard=0.1)
        screen._read_queue()
        screen = await settled(pilot)
        assert rows(screen) == [new, four[1], four[3]]
        assert shown_photo(screen) == four[3]
        assert "3 of 6 shown" in text_of(screen, "#filter")


async def test_what_another_reviewer_decides_is_seen_after_the_next_decision(
    clinic: Clinic, make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await clinic.stop_ingest()
        await until(pilot, lambda: screen._news is None)
        await settled(pilot)
        clinic.store.decide(verdict(clinic.store, four[2], DecisionKind.REJECTED, "bob"))
        screen = await press(pilot, "a")
        [line] = [item for item in screen.query_one(Queue).items if item.photo_id == four[2]]
        assert (line.decision, line.reviewer) == (DecisionKind.REJECTED, "bob")


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        ("1.jpg", {80: 30, 120: 32, 240: 32}),
        (f"{'patient_0815_left_forearm_' * 3}.jpg", {80: 32, 120: 36, 240: 72}),
    ],
)
async def test_the_queue_is_as_wide_as_its_names_within_bounds(
    clinic: Clinic, make_app: MakeApp, name: str, widths: dict[int, int]
) -> None:
    clinic.outline(name)
    async with make_app().run_test(size=(80, 40)) as pilot:
        screen, found = await settled(pilot), {}
        for width in widths:
            await pilot.resize_terminal(width, 40)
            await settled(pilot)
            found[width] = screen.query_one(Queue).outer_size.width
    assert found == widths


async def test_folders_stand_beside_the_names_where_there_is_room(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        text = text_of(screen, "#queue")
        assert "naevus1.jpg leg" in text
        assert "naevus3.jpg arm" in text


NOTHING = Wanted(values=((Facet.DECISION, "rejected"),))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_out_of_a_filter_that_shows_nothing_escape_leads_back_to_where_it_was_put(
    make_app: MakeApp, four: list[int], size: tuple[int, int]
) -> None:
    async with make_app().run_test(size=size) as pilot:
        await press(pilot, "j", "j")
        screen = await want(pilot, NOTHING)
        assert (rows(screen), shown_photo(screen)) == ([], None)
        screen = await press(pilot, "escape")
        assert (rows(screen), shown_photo(screen)) == (four, four[2])
        # However it came to show nothing: step by step, by what was decided, or by words.
        await want(pilot, Wanted("spot"))
        screen = await want(pilot, replace(NOTHING, text="spot"))
        assert shown_photo(screen) is None
        assert shown_photo(await press(pilot, "escape")) == four[2]
        await press(pilot, "slash", *"naevus", "enter")
        screen = await want(pilot, replace(NOTHING, text="naevus"))
        assert shown_photo(screen) is None
        assert shown_photo(await press(pilot, "escape")) == four[2]


async def test_where_somebody_went_under_a_filter_the_next_one_is_put(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "j", "j")
        screen = await want(pilot, Wanted("spot"))
        assert shown_photo(screen) == four[1]
        assert shown_photo(await press(pilot, "down")) == four[3]
        await want(pilot, replace(NOTHING, text="spot"))
        assert shown_photo(await press(pilot, "escape")) == four[3]


async def test_what_a_filter_brought_stays_where_escape_shows_all(
    make_app: MakeApp, four: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await press(pilot, "j", "j")
        assert shown_photo(await want(pilot, Wanted("spot"))) == four[1]
        assert shown_photo(await press(pilot, "escape")) == four[1]
