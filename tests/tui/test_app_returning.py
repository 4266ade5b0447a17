"""The screen comes back as it was left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from db.claims import Holder
from db.columns import now
from db.values import DecisionKind
from imaging.view.overlay import Shown
from pipeline.review.bookmark import Bookmark
from pipeline.review.bookmarks import Bookmarks
from pipeline.review.verdict import Ruling
from pipeline.review.wanted import ALL, Facet, Order, Wanted
from tests.tui.driving import Clinic, press, settled, shown_photo, text_of, until
from tui.widgets.canvas import Canvas
from tui.widgets.contact_sheet import ContactSheet
from tui.widgets.drawn_ahead import Near
from tui.widgets.queue import Queue

WAITING = Wanted("photo", ((Facet.DECISION, "waiting"),), Order.NAME, reverse=True)


@pytest.fixture
def photos(clinic: Clinic) -> list[int]:
    """Five photos, in the order in which they are to be reviewed."""
    return clinic.outline_all([f"photo{number}.jpg" for number in range(5)], surer=True)


@asynccontextmanager
async def opened(clinic: Clinic, path: Path) -> AsyncIterator[Pilot[None]]:
    """The app with its bookmark in this file, left by its key."""
    app = clinic.app()
    app.return_to(Bookmarks(path))
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            yield pilot
            await pilot.press("q")
            await until(pilot, lambda: app._exit)
    finally:
        app.finish()


async def test_the_screen_comes_back_as_it_was_left(
    clinic: Clinic, photos: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "bookmark.json"
    clinic.session.decide(clinic.session.open(photos[4]), Ruling(DecisionKind.ACCEPTED, 1.0))
    async with opened(clinic, path) as pilot:
        (await settled(pilot)).want(WAITING)
        screen = await press(pilot, "j", "v", "o", "o", "full_stop", "z", "plus", "m", "t", "b")
        canvas, left = screen.query_one(Canvas), shown_photo(screen)
        assert left == screen.query_one(Queue).items[1].photo_id
        lens = canvas.moved_lens
        assert lens is not None
        assert canvas.heat
    async with opened(clinic, path) as pilot:
        screen = await settled(pilot)
        canvas, queue = screen.query_one(Canvas), screen.query_one(Queue)
        assert shown_photo(screen) == left
        assert [item.photo_id for item in queue.items] == [photos[n] for n in (3, 2, 1, 0)]
        assert "4 of 5 shown" in text_of(screen, "#filter")
        assert screen.has_class("-alone")
        assert (canvas.overlay, canvas.strength) == (Shown.BOTH, 0.6)
        assert canvas.near is Near.LESION
        assert canvas.moved_lens == lens
        # What would make a photo look otherwise than it is, is off.
        assert not canvas.heat
        assert "before" not in text_of(screen, "#status")
        # From here on all is as ever.
        screen = await press(pilot, "v", "escape", "j")
        assert [item.photo_id for item in queue.items] == photos


@pytest.mark.parametrize("taken", [False, True])
async def test_where_the_photo_is_shown_no_more_or_open_with_others_what_waits_next_lies_open(
    clinic: Clinic, photos: list[int], tmp_path: Path, taken: bool
) -> None:
    path = tmp_path / "bookmark.json"
    bookmarks = Bookmarks(path)
    bookmarks.keep(Bookmark(photos[2], 2, None, Wanted(values=((Facet.DECISION, "waiting"),))))
    bookmarks.close()
    if taken:
        at = now()
        # It holds however long the machine takes.
        clinic.session.clock = lambda: at
        clinic.store.claim(photos[2], Holder("bo", at), at)
    else:
        clinic.session.decide(clinic.session.open(photos[2]), Ruling(DecisionKind.ACCEPTED, 1.0))
    async with opened(clinic, path) as pilot:
        screen = await press(pilot)
        assert shown_photo(screen) == photos[3]
        assert f"{5 if taken else 4} of 5 shown" in text_of(screen, "#filter")


@pytest.mark.parametrize("before", [None, DecisionKind.SKIPPED])
async def test_where_the_photo_was_decided_at_the_last_moment_what_waits_next_lies_open(
    clinic: Clinic, photos: list[int], tmp_path: Path, before: DecisionKind | None
) -> None:
    path = tmp_path / "bookmark.json"
    if before is not None:
        clinic.session.decide(clinic.session.open(photos[2]), Ruling(before, 1.0))
    bookmarks = Bookmarks(path)
    bookmarks.keep(Bookmark(photos[2], 2, clinic.item(photos[2]).decision_id))
    bookmarks.close()
    # As where nevus was killed before it could note where the key led.
    clinic.session.decide(clinic.session.open(photos[2]), Ruling(DecisionKind.ACCEPTED, 1.0))
    async with opened(clinic, path) as pilot:
        assert shown_photo(await settled(pilot)) == photos[3]
    # What was gone back to is come back to.
    async with opened(clinic, path) as pilot:
        await press(pilot, "up")
    async with opened(clinic, path) as pilot:
        assert shown_photo(await settled(pilot)) == photos[2]


@pytest.mark.parametrize("left", [True, None])
async def test_where_nothing_waits_that_is_said_and_the_photo_before_is_a_key_away(
    clinic: Clinic, photos: list[int], tmp_path: Path, left: bool | None
) -> None:
    path = tmp_path / "bookmark.json"
    for photo in photos:
        clinic.session.decide(clinic.session.open(photo), Ruling(DecisionKind.ACCEPTED, 1.0))
    bookmarks = Bookmarks(path)
    bookmarks.keep(Bookmark(left and photos[3], 3))
    bookmarks.close()
    async with opened(clinic, path) as pilot:
        screen = await settled(pilot)
        assert "Every photo" in text_of(screen, "#canvas")
        assert shown_photo(screen) is None
        screen = await press(pilot, "k")
        assert shown_photo(screen) == photos[3]
    # Who went there comes back to it.
    async with opened(clinic, path) as pilot:
        assert shown_photo(await settled(pilot)) == photos[3]


async def test_without_a_bookmark_of_use_the_queue_begins_as_ever(
    clinic: Clinic, photos: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "bookmark.json"
    path.write_text('{"form": 0}')
    async with opened(clinic, path) as pilot:
        screen = await settled(pilot)
        assert shown_photo(screen) == photos[0]
        assert screen.query_one(Queue).wanted == ALL
    found = Bookmarks(path).found
    assert found is not None
    assert found.key == photos[0]


async def test_a_filter_that_shows_nothing_leads_back_to_where_it_was_put_after_the_end_too(
    clinic: Clinic, photos: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "bookmark.json"
    nothing = Wanted(values=((Facet.DECISION, "rejected"),))
    async with opened(clinic, path) as pilot:
        screen = await press(pilot, "j", "j")
        screen.want(nothing)
        assert shown_photo(await settled(pilot)) is None
    async with opened(clinic, path) as pilot:
        assert shown_photo(await settled(pilot)) is None
        assert shown_photo(await press(pilot, "escape")) == photos[2]


async def test_what_was_taken_out_on_the_contact_sheet_is_out_after_the_end_too(
    clinic: Clinic, photos: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "bookmark.json"
    async with opened(clinic, path) as pilot:
        screen = await press(pilot, "g", "right", "space")
        out = screen.query_one(ContactSheet).out
        assert out == (photos[1],)
        # It is on the disk while nevus goes on: a kill loses nothing of it.
        await until(pilot, lambda: path.exists() and f'"out": [{out[0]}]' in path.read_text())
        await press(pilot, "escape")
    async with opened(clinic, path) as pilot:
        screen = await press(pilot, "g")
        assert screen.query_one(ContactSheet).out == out
        await until(pilot, lambda: "1 taken out" in text_of(screen, "#sheet-head"))
        await until(pilot, lambda: "a accepts 4" in text_of(screen, "#sheet-head"))
        await press(pilot, "a", "escape")
    assert clinic.item(photos[1]).decision is None
    assert clinic.item(photos[0]).decision is DecisionKind.ACCEPTED


async def test_a_theme_that_was_chosen_is_there_again(
    clinic: Clinic, photos: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "bookmark.json"
    for before, after in (("dark", "light"), ("light", "dark"), ("dark", "light")):
        async with opened(clinic, path) as pilot:
            await settled(pilot)
            assert pilot.app.theme == before
            pilot.app.action_switch_theme()  # type: ignore[attr-defined]
            assert pilot.app.theme == after
