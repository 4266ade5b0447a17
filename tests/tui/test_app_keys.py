"""Keys that come in one piece, as a slow line brings them, do what they do one by one."""

from collections.abc import Callable

from textual import events
from textual.app import App

from db.values import DecisionKind
from tests.tui.driving import Clinic, settled, shown_photo, until
from tui.app import NevusApp
from tui.widgets.canvas import Canvas
from tui.widgets.painter import BrushMode
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench


async def test_keys_that_come_at_once_go_where_the_ones_before_send_them(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(3)])
    async with make_app().run_test() as pilot:
        screen = await settled(pilot)
        queue, canvas = screen.query_one(Queue), screen.query_one(Canvas)
        first = screen.query_one(Workbench).opened
        assert first is not None
        assert first.draft is not None
        for key in ("e", "x", "space", "right", "space", "escape", "down"):
            pilot.app.post_message(events.Key(key, " " if key == "space" else None))
        await settled(pilot)
        assert first.draft.edits == 1
        assert canvas.brush is BrushMode.OFF
        assert queue.cursor == 1
        opened = screen.query_one(Workbench).opened
        assert opened is not None
        assert opened.details.photo_id == photos[1]


def mouse(app: App[None], kind: type[events.MouseEvent], x: int, y: int) -> None:
    """Tell the app of the mouse as a terminal does, and wait for nothing."""
    app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))


async def test_a_stroke_is_of_the_tool_that_was_taken_before_it(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    clinic.outline("photo.jpg")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        opened = screen.query_one(Workbench).opened
        assert opened is not None
        assert opened.draft is not None
        await pilot.press("e")
        area = opened.draft.mask.sum()
        x, y = (int(at) for at in screen.query_one(Canvas).region.center)
        pilot.app.post_message(events.Key("x", "x"))
        mouse(pilot.app, events.MouseDown, x - 2, y)
        mouse(pilot.app, events.MouseMove, x + 2, y)
        mouse(pilot.app, events.MouseUp, x + 2, y)
        pilot.app.post_message(events.Key("x", "x"))
        await settled(pilot)
        assert opened.draft.mask.sum() < area
        assert opened.draft.edits == 1
        assert screen.query_one(Canvas).brush is BrushMode.DRAW


async def test_what_was_not_seen_yet_is_not_decided(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(3)])
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        queue = screen.query_one(Queue)
        # As a key does: until one is pressed, the cursor follows what comes first.
        screen.touch(moved=False)
        queue.choose(photos[1])
        pilot.app.post_message(events.Key("n", "n"))
        await settled(pilot)
        assert [clinic.item(photo).decision for photo in photos] == [None, None, None]
        await pilot.press("n")
        await settled(pilot)
        assert clinic.item(photos[1]).decision is DecisionKind.NO_LESION


async def test_a_tool_behind_a_step_never_draws_on_the_photo_before(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    photos = [clinic.outline("a.jpg"), clinic.outline("b.jpg", 1)]
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert shown_photo(screen) == photos[0]
        for key in ("j", "e", "x", "space", "right", "right", "space"):
            pilot.app.post_message(events.Key(key, " " if key == "space" else key))
        await until(pilot, lambda: shown_photo(screen) == photos[1])
        await settled(pilot)
    revision = clinic.store.photo(photos[0]).revision
    assert revision is not None
    assert clinic.store.draft("ada", photos[0], revision.id) is None


async def test_a_key_that_was_pressed_before_a_photo_was_there_does_not_decide_it(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(3)])
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        late = [events.Key(key, key) for key in ("3", "a")]
        await pilot.press("j")
        await until(pilot, lambda: shown_photo(screen) == photos[1])
        await settled(pilot)
        # As if it had been held behind the step until now.
        for key in late:
            pilot.app.post_message(key)
        await settled(pilot)
        assert clinic.item(photos[1]).score is None
        assert [clinic.item(photo).decision for photo in photos] == [None, None, None]
        # As if it had come before it was noted here that what is drawn was sent.
        drawn = screen.query_one(Canvas).drawn_at
        assert drawn is not None
        for key in (events.Key("3", "3"), events.Key("a", "a")):
            key.time = drawn
            pilot.app.post_message(key)
        await settled(pilot)
    assert clinic.item(photos[1]).decision is DecisionKind.ACCEPTED
    assert clinic.item(photos[1]).score == 3
