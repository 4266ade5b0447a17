"""How the app looks, at each size it is made for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest
from textual.pilot import Pilot

from db.values import DecisionKind
from imaging.photo import PhotoError
from pipeline.intake.ingest import IngestProgress
from pipeline.intake.scan import file_stat
from pipeline.review.verdict import Ruling
from tests.tui.driving import Clinic, review_screen, settled, text_of, until
from tui.app import NevusApp
from tui.widgets.details import Details
from tui.widgets.progress import Progress
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench

Compare = Callable[..., bool]
LONG_AGO = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(0)))


@pytest.fixture
def photos(clinic: Clinic) -> Clinic:
    """A folder with photos, some decided, and a file that is none."""
    clinic.outline_all([f"IMG_20260{number}_1042.png" for number in range(6)])
    empty = clinic.folder / "empty.jpg"
    empty.touch()
    with pytest.raises(PhotoError) as problem:
        clinic.viewer.view(empty, 64)
    clinic.store.set_aside(file_stat(empty), str(problem.value))
    for kind in (DecisionKind.ACCEPTED, DecisionKind.NO_LESION):
        waiting = next(item for item in clinic.items() if item.decision is None)
        opened = clinic.session.open(waiting.photo_id)
        clinic.session.decide(opened, Ruling(kind, 3.0))
    return clinic


async def at_rest(clinic: Clinic, pilot: Pilot[None]) -> None:
    """Wait until all is shown, and leave nothing to the clock or the machine."""
    screen = await settled(pilot)
    progress, queue = screen.query_one(Progress), screen.query_one(Queue)
    await until(pilot, lambda: progress.progress is not None and len(queue) == 7)
    await clinic.stop_ingest()
    await settled(pilot)
    await until(pilot, lambda: screen.query_one(Workbench).opened is not None)
    progress.progress = IngestProgress(7, 7, True, None)
    pilot.app.clear_notifications()
    opened = screen.query_one(Workbench).opened
    if opened is not None and opened.details.revision is not None:
        history = tuple(replace(entry, at=LONG_AGO) for entry in opened.details.history)
        details = replace(opened.details, history=history)
        screen.query_one(Details).show(details, opened.details.revision.measurements, 0)
    await settled(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12), (60, 16)])
def test_a_photo_waits(
    snap_compare: Compare,
    photos: Clinic,
    make_app: Callable[[], NevusApp],
    size: tuple[int, int],
) -> None:
    assert snap_compare(make_app(), terminal_size=size, run_before=partial(at_rest, photos))


def test_the_brush_is_in_hand(
    snap_compare: Compare, photos: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    async def take_brush(pilot: Pilot[None]) -> None:
        await at_rest(photos, pilot)
        await pilot.press("e")
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=(80, 24), run_before=take_brush)


def test_a_file_was_set_aside(
    snap_compare: Compare, photos: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    async def go_to_it(pilot: Pilot[None]) -> None:
        await at_rest(photos, pilot)
        await pilot.press("end")
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=(120, 40), run_before=go_to_it)


def test_help(snap_compare: Compare, photos: Clinic, make_app: Callable[[], NevusApp]) -> None:
    async def ask(pilot: Pilot[None]) -> None:
        await at_rest(photos, pilot)
        await pilot.press("question_mark")
        await pilot.pause()

    assert snap_compare(make_app(), terminal_size=(80, 24), run_before=ask)


def test_an_empty_folder(
    snap_compare: Compare, clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    async def wait(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = review_screen(pilot)
        progress = screen.query_one(Progress)
        await until(pilot, lambda: "There are no photos" in text_of(screen, "#canvas"))
        await clinic.stop_ingest()
        await settled(pilot)
        progress.progress = IngestProgress(0, 0, True, None)
        pilot.app.clear_notifications()
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=(80, 24), run_before=wait)
