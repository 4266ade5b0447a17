"""Keys that come in one piece, as a slow line brings them, do what they do one by one."""

from collections.abc import Callable

from textual import events

from tests.tui.driving import Clinic, settled
from tui.app import NevusApp
from tui.widgets.canvas import BrushMode, Canvas
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench


async def test_keys_that_come_at_once_go_where_the_ones_before_send_them(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    photos = [clinic.outline(f"photo{number}.jpg", number) for number in range(3)]
    async with make_app().run_test() as pilot:
        screen = await settled(pilot)
        queue, canvas = screen.query_one(Queue), screen.query_one(Canvas)
        first = screen.query_one(Workbench).opened
        assert first is not None
        assert first.editor is not None
        for key in ("e", "x", "space", "right", "space", "escape", "down"):
            pilot.app.post_message(events.Key(key, " " if key == "space" else None))
        await settled(pilot)
        assert first.editor.edits == 1
        assert canvas.brush is BrushMode.OFF
        assert queue.cursor == 1
        opened = screen.query_one(Workbench).opened
        assert opened is not None
        assert opened.details.photo_id == photos[1]
