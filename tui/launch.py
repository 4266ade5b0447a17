"""Open everything the app needs, run it, and close everything, whatever ends it."""

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from db.store import Store
from pipeline.errors import WriteFailed
from pipeline.review.bookmarks import Bookmarks
from pipeline.review.session import ReviewSession
from pipeline.settings import Settings
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tui.app import Hear, NevusApp
from tui.preferences import USUAL, Preferences
from tui.sentences import farewell
from tui.surface.finding import USUAL as USUAL_TERMINAL
from tui.surface.finding import Found

if TYPE_CHECKING:
    from pipeline.intake.ingest import Ingest

MakeApp = Callable[[ReviewSession, Callable[[Hear], "Ingest"]], NevusApp]
ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def run_app(
    folder: Path,
    settings: Settings,
    preferences: Preferences = USUAL,
    found: Found = USUAL_TERMINAL,
) -> str:
    """Review `folder` until the reviewer quits or the terminal is gone; blocks.

    Gives back what is to be said of it at last, a line or nothing. What was edited and decided is
    saved on every way out. `found` is what is known of the terminal. Raises StoreError
    when the database cannot be opened, WriteFailed when the last edits cannot be saved, SystemExit
    after a crash. Afterwards signals end the process at once.
    """
    with ended_by_signals_again():
        make_app = partial(NevusApp, found=found, preferences=preferences)
        return _run_and_save(folder, settings, make_app)


def _run_and_save(folder: Path, settings: Settings, make_app: MakeApp) -> str:
    database = settings.database(folder)
    with (
        closing(Store.open(database, settings.group, settings.maps_bytes())) as store,
        closing(Pool.of(settings)) as scorer,
        closing(Viewer.of(settings)) as viewer,
        saving_the_last(ReviewSession(store, scorer, viewer, folder, settings.name())) as session,
    ):
        # Beside the screen that is laid out: the first photo would wait for it.
        viewer.expect()
        app = make_app(session, partial(_ingest, store, scorer, folder))
        app.return_to(Bookmarks.of(database, session.folder, session.reviewer))
        try:
            asyncio.run(_run(app))
        finally:
            # First: whoever waits for them would wait on. What was edited is in this process.
            scorer.close()
            viewer.close()
            app.finish()
            # Python ends soon, and would look through all there is for garbage first: a second.
            gc.freeze()
    if app.return_code:
        raise SystemExit(app.return_code)
    return farewell(session.sitting.summary(), app.waiting, database)


def _ingest(store: Store, scorer: Pool, folder: Path, hear: Hear) -> "Ingest":
    # Here, behind the first photo, which would wait for what is imported.
    from pipeline.intake.ingest import Ingest

    return Ingest(store, scorer, folder, hear)


@contextmanager
def ended_by_signals_again() -> Iterator[None]:
    """Behind the block nothing is left to save: what holds up Python's end, a signal may end."""
    try:
        yield
    finally:
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def saving_the_last(session: ReviewSession) -> Iterator[ReviewSession]:
    """Close the session at the end; what can't be saved then is said to be lost, as it is."""
    try:
        yield session
    finally:
        try:
            session.close()
        except WriteFailed as failure:
            lost = session.pending
            changes = (
                "One change could not be saved and is"
                if lost == 1
                else f"{lost} changes could not be saved and are"
            )
            raise WriteFailed(f"{changes} lost: {failure.__cause__}") from failure


async def _run(app: NevusApp) -> None:
    loop = asyncio.get_running_loop()

    def leave(_number: int, _frame: object) -> None:
        # The loop has ended where a second signal comes: it must not cut off the saving.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(app.exit)

    # Not the loop's own handlers, which would go with it.
    for number in ENDING:
        signal.signal(number, leave)
    # What is imported stays: to look through it for garbage holds up the screen, 80 ms a time.
    gc.freeze()
    gc.enable()
    await app.run_async()
