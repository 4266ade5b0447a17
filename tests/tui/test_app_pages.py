"""A queue of many photos is there from its first page on."""

from collections.abc import Callable

from textual.geometry import Size

from db.queue import PAGE
from tests.support.many_photos import BARE, add_photos
from tests.tui.driving import Clinic, settled
from tui.app import NevusApp
from tui.widgets.queue import Queue

MakeApp = Callable[[], NevusApp]


async def test_the_first_photos_are_shown_before_the_last_are_read(
    clinic: Clinic, make_app: MakeApp
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await clinic.stop_ingest()
        await settled(pilot)
        queue, lines = screen.query_one(Queue), list[int]()
        add_photos(clinic.store, str(clinic.folder.resolve()), [0.5, *[BARE] * 3 * PAGE])

        def note(size: Size) -> None:
            # With the first page a bar comes, beside which there is less room: no other lines.
            if lines[-1:] != [size.height]:
                lines.append(size.height)

        screen.watch(queue, "virtual_size", note, init=False)
        screen._read_queue()
        await settled(pilot)
        assert lines == [PAGE, 2 * PAGE, 3 * PAGE + 1]
        assert queue.cursor == 0
        assert queue.items[0].photo_id == 1
        # Read again, it is whole all the while.
        screen._read_queue()
        await settled(pilot)
        assert min(lines) == PAGE
        assert lines[-1] == len(queue) == 3 * PAGE + 1
