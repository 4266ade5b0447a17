"""A photo that somebody has forgotten while it lies open here."""

from collections.abc import Callable
from contextlib import closing

from textual.content import Content

from db.store import Store
from pipeline.upkeep.forgetting import carry_out, plan
from tests.tui.driving import Clinic, sentences, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.widgets.progress import Progress
from tui.widgets.queue import Queue

MakeApp = Callable[[], NevusApp]


async def test_its_decision_is_refused_with_a_sentence_and_it_is_gone(
    clinic: Clinic, make_app: MakeApp
) -> None:
    gone, other = clinic.outline("gone.png"), clinic.outline("other.png", 1)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == gone)
        carry_out(clinic.store, plan(clinic.store, "gone.png", []), "bo")
        await pilot.press("a")
        queue = screen.query_one(Queue)
        await until(pilot, lambda: [item.photo_id for item in queue.items] == [other])
        await settled(pilot)
        assert "perhaps somebody had it forgotten" in " ".join(sentences(pilot))
        assert "not saved" not in text_of(screen, "#status")
        assert await screen.left_behind() == ""
        assert shown_photo(screen) == other


async def test_what_is_forgotten_elsewhere_is_soon_listed_and_counted_no_more(
    clinic: Clinic, make_app: MakeApp
) -> None:
    gone, other = clinic.outline("gone.png"), clinic.outline("other.png", 1)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == gone)
        await pilot.press("a")
        screen = await settled(pilot)
        assert shown_photo(screen) == other
        assert "1 of 2 decided" in text_of(screen, "#progress")
        await clinic.stop_ingest()
        await settled(pilot)
        # Nothing of the folder is about to have the queue read.
        await until(pilot, lambda: screen._news is None and not screen._reading)
        with closing(Store.open(clinic.store.path)) as store:
            carry_out(store, plan(store, "gone.png", []), "bo")
        queue = screen.query_one(Queue)
        await until(pilot, lambda: [item.photo_id for item in queue.items] == [other])
        await until(pilot, lambda: "0 of 1 decided" in text_of(screen, "#progress"))


async def test_a_forgotten_photo_whose_file_still_lies_there_is_not_counted_as_set_aside(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.outline("gone.png")
    clinic.outline("other.png", 1)
    (clinic.folder / "text.jpg").write_text("no photo")
    carry_out(clinic.store, plan(clinic.store, "gone.png", []), "bo")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        progress = screen.query_one(Progress)
        await until(pilot, lambda: progress.shown == (1, 2))
        # What it says of that once all of the folder was gone through.
        told = [part.plain for part in progress._reviewing(lambda kind, count: Content())]
        assert "1 set aside" in told
