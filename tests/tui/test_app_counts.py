"""The line on top counts what is decided, at once; a sentence says so when nevus is left."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from db.values import DecisionKind
from imaging.text import printable
from pipeline.intake.ingest import IngestProgress
from pipeline.review.sitting import Sat
from pipeline.review.tally import Tally
from tests.support.full_disk import Disk
from tests.tui.driving import Clinic, review_screen, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.sentences import farewell
from tui.widgets.progress import Progress

MakeApp = Callable[[], NevusApp]
DONE = IngestProgress(400, 400, True, None)
KINDS = {
    None: 377,
    DecisionKind.ACCEPTED: 14,
    DecisionKind.CORRECTED: 3,
    DecisionKind.REJECTED: 2,
    DecisionKind.NO_LESION: 1,
    DecisionKind.SKIPPED: 3,
}


class ProgressApp(App[None]):
    CSS = "Progress { height: 1; padding: 0 1; }"

    def compose(self) -> ComposeResult:
        yield Progress("photos of 2024")


async def line_at(width: int, progress: IngestProgress = DONE) -> str:
    """The line on top of so many cells, where much is to be told."""
    [line] = await lines_at([width], progress)
    return line


async def lines_at(widths: Sequence[int], progress: IngestProgress) -> list[str]:
    """The line of each width, in a terminal that begins with the first and is drawn at."""
    app, lines = ProgressApp(), list[str]()
    async with app.run_test(size=(widths[0], 24)) as pilot:
        shown = app.query_one(Progress)
        shown.progress, shown.shown, shown.outlined = progress, (400, 2), 12
        shown.tally, shown.pace, shown.left = Tally(KINDS), 4.2, 5430.0
        for width in widths:
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            assert shown.outer_size.width == width
            lines.append(shown.render_line(0).text.strip())
    return lines


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (200, "14 accepted  3 corrected  2 rejected  1 no lesion  3 skipped   1.5 h left   4.2 a"),
        (120, "20 of 400 decided   ✓ 14  ± 3  ✗ 2  ∅ 1  » 3   1.5 h left   4.2 a minute   2 set"),
        (100, "20 of 400 decided   ✓ 14  ± 3  ✗ 2  ∅ 1  » 3   1.5 h left   4.2 a minute"),
        (80, "20 of 400 decided   ✓ 14  ± 3  ✗ 2  ∅ 1  » 3"),
    ],
)
async def test_what_matters_least_is_left_out_where_it_is_narrow(width: int, told: str) -> None:
    assert told in await line_at(width)


@pytest.mark.parametrize("progress", [DONE, IngestProgress(400, 3, True, None)])
async def test_no_part_of_the_line_is_cut(progress: IngestProgress) -> None:
    whole = {part.strip() for part in (await line_at(300, progress)).split("   ")}
    signs = {part.strip() for part in (await line_at(120, progress)).split("   ")}
    for line in await lines_at(range(80, 300, 7), progress):
        parts = line.split("   ")
        assert {part.strip() for part in parts if part.strip()} <= whole | signs


async def test_a_message_leaves_what_is_decided_in_sight() -> None:
    told = await line_at(80, IngestProgress(12, 3, True, "There is no room left for nevus.db."))
    assert "20 of 400 decided   There is no room left for nevus.db." in told
    told = await line_at(120, IngestProgress(12, 3, True, "There is no room left for nevus.db."))
    assert "20 of 400 decided   ✓ 14  ± 3  ✗ 2  ∅ 1  » 3   There is no room left for" in told


async def test_a_decision_counts_before_it_is_stored_and_a_taken_back_one_no_more(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(3)])
    app, gate = make_app(), threading.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await clinic.stop_ingest()
        screen = await settled(pilot)
        progress = screen.query_one(Progress)
        assert "0 of 3 decided" in text_of(screen, "#progress")
        app._desk._storing.submit(gate.wait)
        await pilot.press("r")
        await until(pilot, lambda: shown_photo(screen) == photos[1])
        assert progress.tally.kinds() == [(DecisionKind.REJECTED, 1)]
        await pilot.press("s")
        await until(pilot, lambda: shown_photo(screen) == photos[2])
        assert [clinic.item(photo).decision for photo in photos] == [None, None, None]
        assert "1 of 3 decided   ✗ 1  » 1" in text_of(screen, "#progress")
        gate.set()
        await settled(pilot)
        assert progress.tally.kinds() == [(DecisionKind.REJECTED, 1), (DecisionKind.SKIPPED, 1)]
        await pilot.press("U")
        # Not how many wait, which are as many: the skipped one does too.
        await until(pilot, lambda: progress.tally.kinds() == [(DecisionKind.REJECTED, 1)])
        await settled(pilot)
        assert progress.tally.kinds() == [(DecisionKind.REJECTED, 1)]


async def test_a_refused_decision_counts_no_more(clinic: Clinic, make_app: MakeApp) -> None:
    disk = Disk(clinic.store, clinic.outline("z-filler.jpg", 9))
    clinic.outline("photo.jpg")
    disk.fill()
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        # The one that fills the disk.
        assert screen.query_one(Progress).tally.kinds() == [(DecisionKind.REJECTED, 1)]
        await pilot.press("n")
        await settled(pilot)
        assert screen.query_one(Progress).tally.kinds() == [(DecisionKind.REJECTED, 1)]
        assert clinic.session.sitting.summary().median_seconds is None
        disk.make_room()


async def test_a_decision_taken_back_counts_as_the_one_before_it(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.outline("photo.jpg")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await clinic.stop_ingest()
        await pilot.press("n")
        await settled(pilot)
        await pilot.press("k")
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        progress = screen.query_one(Progress)
        assert progress.tally.kinds() == [(DecisionKind.REJECTED, 1)]
        # No reading of the queue may come to help.
        screen._reading = True
        await pilot.press("U")
        await until(pilot, lambda: progress.tally.kinds() == [(DecisionKind.NO_LESION, 1)])


async def test_pace_and_time_left_come_with_the_decisions_of_this_sitting(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.outline_all([f"photo{number}.jpg" for number in range(5)])
    async with make_app().run_test(size=(160, 40)) as pilot:
        screen = await settled(pilot)
        await clinic.stop_ingest()
        for _ in range(3):
            assert review_screen(pilot).query_one(Progress).pace is None
            await pilot.press("r")
            await settled(pilot)
        progress = screen.query_one(Progress)
        assert progress.pace is not None
        assert progress.left == pytest.approx(2 * 60 / progress.pace)


def test_the_last_sentence_says_what_is_so_and_no_more() -> None:
    sat = Sat({DecisionKind.SKIPPED: 1, DecisionKind.ACCEPTED: 9}, 754.0, 4.26)
    assert farewell(sat, 388, Path("/data/nevus.db")) == (
        "9 accepted, 1 skipped in 13 min, 4.3 s a photo in the median. 388 photos wait. "
        "All is in /data/nevus.db"
    )
    nothing = Sat({}, 20.0, None)
    assert farewell(nothing, 0, Path("/data/nevus.db")) == "No photo waits."
    assert farewell(nothing, None, Path("/data/nevus.db")) == ""
    assert "wait" not in farewell(sat, None, Path("/data/nevus.db"))
    assert printable(farewell(sat, 1, Path("/da\x1bta"))).endswith("All is in /da\\x1bta")
