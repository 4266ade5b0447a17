"""The screen that tells what the review has come to."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from textual.pilot import Pilot

from db.values import DecisionKind
from pipeline.review.verdict import Ruling
from tests.tui.driving import Clinic, flushed, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.screens.statistics import StatisticsScreen
from tui.widgets.row_view import GLYPHS

Compare = Callable[..., bool]


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local times are those of Greenwich."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def see_statistics(pilot: Pilot[None]) -> StatisticsScreen:
    await settled(pilot)
    await pilot.press("P")
    await until(pilot, lambda: isinstance(pilot.app.screen, StatisticsScreen))
    screen = pilot.app.screen
    assert isinstance(screen, StatisticsScreen)
    await until(pilot, lambda: not any(not each.is_finished for each in screen.workers))
    await flushed(pilot)
    return screen


async def test_it_is_counted_when_it_is_asked_for_and_escape_leads_back(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(4)])
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await see_statistics(pilot)
        told = " ".join(text_of(screen, "#statistics-sentence").split())
        assert told.startswith("Nothing is decided yet.")
        await pilot.press("escape")
        await settled(pilot)
        for key in ("a", "r", "t", "a"):
            await pilot.press(key)
            await settled(pilot)
        screen = await see_statistics(pilot)
        table = text_of(screen, "#shares").splitlines()
        assert table[1].split()[:7] == ["all", "3", "1", "1", "1", "0", "0"]
        assert table[3].split()[:2] == ["ada", "3"]
        assert table[5].split()[:2] == ["lesion", "3"]
        assert "the last 2 outlines taken" in text_of(screen, "#statistics-title")
        await pilot.press("P")
        review = await settled(pilot)
        assert isinstance(review, ReviewScreen)
        assert shown_photo(review) == photos[3]


def test_charts_and_table(
    snap_compare: Compare, clinic: Clinic, make_app: Callable[[], NevusApp], utc: None
) -> None:
    kinds = [DecisionKind.ACCEPTED, DecisionKind.REJECTED, *[DecisionKind.ACCEPTED] * 3]
    for number, kind in enumerate(kinds):
        opened = clinic.session.open(clinic.outline(f"photo{number}.jpg", number))
        clinic.session.decide(opened, Ruling(kind, 2.0 + number))
    for number in range(5, 8):
        photo = clinic.outline(f"photo{number}.jpg", number)
        opened = clinic.session.open(photo)
        opened.editor.set_threshold(0.05 * number)
        clinic.session.decide(opened, Ruling(DecisionKind.ACCEPTED, 10.0 + number))
    with closing(sqlite3.connect(clinic.store.path)) as connection, connection:
        connection.execute(
            "UPDATE decision SET created_at = '2026-03-0' || (id / 3 + 1) || ' 09:30:00.000000'"
        )

    async def see(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await clinic.stop_ingest()
        await see_statistics(pilot)
        pilot.app.clear_notifications()
        await flushed(pilot)

    assert snap_compare(make_app(), terminal_size=(120, 40), run_before=see)


def chart(screen: StatisticsScreen, name: str) -> str:
    """What stands in place of a chart, in one line."""
    return " ".join(text_of(screen, f"#{name} .why").split())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_empty_chart_says_why_it_is_empty(
    clinic: Clinic, make_app: Callable[[], NevusApp], size: tuple[int, int]
) -> None:
    clinic.outline_all([f"photo{number}.jpg" for number in range(3)])
    async with make_app().run_test(size=size) as pilot:
        await settled(pilot)
        await clinic.stop_ingest()
        for keys, dices, course in (
            ("s", "No outline of a model is accepted or corrected yet", "come again"),
            ("a", "Nothing was corrected: the 1 outline that was taken is", ""),
            ("wa", "", ""),
        ):
            await pilot.press(*keys)
            await settled(pilot)
            screen = await see_statistics(pilot)
            told = chart(screen, "dices"), chart(screen, "course")
            assert [bool(text) for text in told] == [bool(dices), bool(course)]
            assert dices in told[0]
            assert course in told[1]
            await pilot.press("escape")
            await settled(pilot)


async def test_what_the_table_tells_is_said_in_words_below_it(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    clinic.outline("photo.jpg")
    async with make_app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("w", "a")
        for size in ((80, 24), (120, 40), (160, 50)):
            await settled(pilot)
            await pilot.resize_terminal(*size)
            screen = await see_statistics(pilot)
            assert screen.size == size
            lines = text_of(screen, "#shares").splitlines()
            told = " ".join(" ".join(lines[1:]).split())
            for column in ("changed", "half", "all", "seconds"):
                assert column in lines[0]
                assert column in told
            assert "Dice says how alike the model's outline and the one that was taken are" in told
            if size[0] < 130:
                assert all(f"{sign} {kind}" in told for kind, (sign, _) in GLYPHS.items())
            await pilot.press("escape")
