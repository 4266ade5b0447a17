"""The whole queue is read once, and again only where a photo has come or gone."""

from collections.abc import Callable

from textual.pilot import Pilot

from benchmarks.sql import sent
from tests.tui.driving import Clinic, review_screen, rows, settled, until
from tui.app import NevusApp
from tui.widgets.progress import Progress

MakeApp = Callable[[], NevusApp]


def readings(statements: list[str]) -> int:
    """How often the queue was read from its beginning, which is by what the model says of it."""
    order = "FROM prediction \nWHERE prediction.predicted_jaccard IS NOT NULL"
    return len([each for each in statements if order in each])


async def looked_through(pilot: Pilot[None], photos: int) -> None:
    """The folder was looked through, and what that tells was heard."""
    screen = await settled(pilot)

    def is_heard() -> bool:
        progress = screen.query_one(Progress).progress
        all_done = progress is not None and progress.found == progress.done == photos
        return all_done and screen._news is None

    await until(pilot, is_heard)
    await settled(pilot)


async def test_it_is_read_once_where_the_folder_is_as_it_was(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    with sent() as statements:
        async with make_app().run_test(size=(120, 40)) as pilot:
            await looked_through(pilot, len(three))
            assert rows(review_screen(pilot)) == three
            assert readings(statements) == 1
            # Told again that nothing is new, as where another process segments.
            review_screen(pilot)._expect_news()
            await looked_through(pilot, len(three))
            assert readings(statements) == 1


async def test_it_is_read_again_where_a_photo_goes_and_where_it_comes_back(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    path = clinic.folder / "photo1.jpg"
    content = path.read_bytes()
    with sent() as statements:
        async with make_app().run_test(size=(120, 40)) as pilot:
            await looked_through(pilot, len(three))
            path.unlink()
            await until(pilot, lambda: rows(review_screen(pilot)) == [three[0], three[2]])
            await looked_through(pilot, len(three) - 1)
            before = readings(statements)
            path.write_bytes(content)
            await until(pilot, lambda: sorted(rows(review_screen(pilot))) == three)
            assert readings(statements) == before + 1
