"""What the screen says of saving is true, also while the disk is full."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

import pipeline.review.lull
from db.values import DecisionKind, Tool
from pipeline.errors import WriteFailed
from tests.support.full_disk import Disk
from tests.tui.driving import Clinic, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.launch import saving_the_last
from tui.widgets.queue import Queue

MakeApp = Callable[[], NevusApp]
NO = DecisionKind.NO_LESION


@pytest.fixture
def disk(clinic: Clinic) -> Disk:
    return Disk(clinic.store, clinic.outline("z-filler.jpg", 9))


@pytest.fixture
def two(clinic: Clinic) -> list[int]:
    return clinic.outline_all([f"photo{number}.jpg" for number in range(2)])


def said(pilot: Pilot[None]) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)


async def test_an_edit_that_is_refused_is_not_called_saved_and_is_saved_when_there_is_room(
    clinic: Clinic, make_app: MakeApp, disk: Disk, two: list[int]
) -> None:
    disk.fill()
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        assert "● saved" in text_of(screen, "#status")
        await pilot.press("t")
        await until(pilot, lambda: "not saved" in text_of(screen, "#status"))
        assert "○ not saved: no room on the disk" in text_of(screen, "#status")
        await until(pilot, lambda: "There is no room left" in said(pilot))
        await pilot.press("q")
        await until(pilot, lambda: "Press q again" in said(pilot))
        assert "Leaving now loses them." in said(pilot)
        disk.make_room()
        await until(pilot, lambda: "● saved" in text_of(screen, "#status"))
        assert clinic.session.pending == 0
    assert clinic.item(two[0]).has_draft


async def test_a_decision_that_is_refused_comes_back_undecided_and_is_said(
    clinic: Clinic, make_app: MakeApp, disk: Disk, two: list[int]
) -> None:
    disk.fill()
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("3", "a")
        screen = await settled(pilot)
        await until(pilot, lambda: "○ not saved: 1 decision" in text_of(screen, "#status"))
        assert "The decision on photo0.jpg is not stored. There is no room left" in said(pilot)
        assert [item.decision for item in screen.query_one(Queue).items[:2]] == [None, None]
        await pilot.press("q")
        await until(pilot, lambda: "Press q again to leave." in said(pilot))
        assert "photo0.jpg is not stored (no room on the disk)." in said(pilot)
        disk.make_room()
        await pilot.press("k")
        screen = await settled(pilot)
        assert shown_photo(screen) == two[0]
        assert "score 3" in text_of(screen, "#status")
        assert "not saved" in text_of(screen, "#status")
        await pilot.press("a")
        screen = await settled(pilot)
        await until(pilot, lambda: "● saved" in text_of(screen, "#status"))
    [stored] = clinic.store.reviewed([DecisionKind.ACCEPTED])
    assert (stored.photo_id, stored.decision.score) == (two[0], 3)


async def test_a_decision_on_its_way_is_not_called_saved(make_app: MakeApp, two: list[int]) -> None:
    app, gate = make_app(), threading.Event()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        held = asyncio.wrap_future(app._desk._editing.submit(gate.wait))
        await pilot.press("a")
        await until(pilot, lambda: shown_photo(screen) == two[1])
        await until(pilot, lambda: "saving 1" in text_of(screen, "#status"))
        gate.set()
        await held
        screen = await settled(pilot)
        await until(pilot, lambda: "● saved" in text_of(screen, "#status"))


async def test_an_edit_that_is_asked_for_and_not_made_yet_is_not_called_saved(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        for keys in (("t",), ("h",), ("C",), ("I",), ("e", "space", "right", "space")):
            gate = threading.Event()
            screen._desk._editing.submit(gate.wait)
            try:
                await pilot.press(*keys)
                await until(pilot, lambda: "○ saving" in text_of(screen, "#status"))
            finally:
                gate.set()
            await settled(pilot)
            await until(pilot, lambda: "● saved" in text_of(screen, "#status"))


async def test_what_is_made_how_much_waits_and_the_threshold_asked_for_are_told_meanwhile(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    app, gate = make_app(), threading.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        screen._desk._editing.submit(gate.wait)
        try:
            await pilot.press("S", "t", "t", "w", "W")
            # The steps of a threshold are one edit.
            told = ("smoothing …", "saving 4", "threshold 0.40")
            await until(pilot, lambda: all(words in text_of(screen, "#status") for words in told))
            await pilot.press("q")
            leaves = "nevus leaves as soon as all is saved: 4 changes are on the way."
            await until(pilot, lambda: leaves in said(pilot))
        finally:
            gate.set()
        await until(pilot, lambda: not app.is_running)
    draft = clinic.store.draft("ada", two[0], clinic.item(two[0]).revision_id)
    assert draft is not None
    assert (draft.edits[0].tool, draft.edits[0].threshold) == (Tool.THRESHOLD, 0.4)


def test_what_can_not_be_saved_at_the_end_is_said_to_be_lost(
    clinic: Clinic, disk: Disk, two: list[int]
) -> None:
    editor = clinic.session.open(two[0]).editor
    assert editor is not None
    disk.fill()
    with (
        pytest.raises(WriteFailed, match="One change could not be saved and is lost: There"),
        saving_the_last(clinic.session),
    ):
        editor.set_threshold(0.3)
    disk.make_room()


async def test_while_the_database_is_away_nothing_is_called_saved_and_it_is_once_it_is_back(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    database = clinic.store.path
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        away = database.rename(database.with_name("away.db"))
        await pilot.press("t")
        await until(pilot, lambda: "○ not saved" in text_of(screen, "#status"))
        await until(pilot, lambda: "Put it back" in said(pilot))
        away.rename(database)
        await until(pilot, lambda: "● saved" in text_of(screen, "#status"))
    assert clinic.item(two[0]).has_draft


async def test_what_waits_for_a_photo_to_be_drawn_goes_on_then_and_where_none_comes(
    clinic: Clinic, make_app: MakeApp, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.review.lull, "AT_MOST", 600.0)
    async with make_app().run_test(size=(80, 24)) as pilot:
        for key, photo in (("j", two[0]), ("k", two[1]), ("n", two[0]), ("n", two[1])):
            # Also the claim on it is had by then.
            screen = await settled(pilot)
            assert shown_photo(screen) == photo
            await pilot.press(key)
        await until(pilot, lambda: [clinic.item(photo).decision for photo in two] == [NO, NO])
