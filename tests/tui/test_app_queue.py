"""The queue widget alone: thousands of rows, a cursor that stays on its photo."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.strip import Strip

from db.values import DecisionKind, QueueItem, SetAside
from pipeline.review.waiting import Said
from pipeline.review.wanted import ALL, Facet, Wanted
from tests.tui.driving import Clinic, fill, flushed, settled, shown_photo, until
from tui.app import NevusApp
from tui.rows import Chosen, Rows
from tui.stopwatch import Stopwatch
from tui.widgets.queue import Queue


def item(photo_id: int, decision: DecisionKind | None = None) -> QueueItem:
    name = f"IMG_{photo_id:05}.jpg"
    return QueueItem(photo_id, f"/p/{name}", name, decision, True, False, 0.1)


class QueueApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Queue("/p")


@pytest.fixture
def app() -> QueueApp:
    return QueueApp()


async def test_ten_thousand_rows_draw_only_what_is_seen(app: QueueApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        queue = app.query_one(Queue)
        fill(queue, [item(number) for number in range(10_000)], [])
        await pilot.press("end")
        await pilot.pause()
        assert queue.current == item(9_999)
        assert queue.scroll_offset.y == 10_000 - queue.scrollable_content_region.height
        lines = [queue.render_line(y).text for y in range(queue.size.height)]
        assert "IMG_09999.jpg" in lines[-1]
        assert "IMG_09980.jpg" in lines[0]


async def test_a_step_or_a_mark_draws_the_rows_that_look_otherwise_and_no_others(
    app: QueueApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        queue = app.query_one(Queue)
        fill(queue, [item(number) for number in range(10)], [])
        await pilot.pause()
        drawn, draw = set[int](), queue.render_line

        def draw_and_tell(y: int) -> Strip:
            drawn.add(y)
            return draw(y)

        monkeypatch.setattr(queue, "render_line", draw_and_tell)
        await pilot.press("down")
        await pilot.pause()
        assert drawn == {0, 1}
        queue.mark(7, Said(DecisionKind.ACCEPTED))
        await pilot.pause()
        assert drawn == {0, 1, 7}
        queue.change([replace(item(4), area_fraction=0.3), item(9)])
        await pilot.pause()
        assert drawn == {0, 1, 4, 7, 9}


async def test_the_cursor_stays_on_its_photo_when_others_arrive(app: QueueApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        queue = app.query_one(Queue)
        fill(queue, [item(5), item(7)], [])
        await pilot.press("down")
        fill(queue, [item(3), item(5), item(6), item(7)], [])
        assert queue.current == item(7)


async def test_the_first_that_waits_is_taken_first(app: QueueApp) -> None:
    async with app.run_test(size=(40, 20)):
        queue = app.query_one(Queue)
        fill(queue, [item(1, DecisionKind.ACCEPTED), item(2), item(3)], [])
        assert queue.current == item(2)


async def test_waiting_goes_round_and_ends_with_the_skipped_the_first_skipped_first(
    app: QueueApp,
) -> None:
    skipped = [replace(item(n, DecisionKind.SKIPPED), decision_id=9 - n) for n in (4, 5)]
    edited = replace(item(6, DecisionKind.ACCEPTED), has_draft=True, edited_since=True)
    async with app.run_test(size=(40, 20)):
        queue = app.query_one(Queue)
        fill(queue, [item(1), item(2), item(3), *skipped, edited], [])
        queue.choose(2)
        assert [waiting.photo_id for waiting in queue.waiting()] == [3, 1, 2, 6, 5, 4]
        queue.mark(5, Said(DecisionKind.SKIPPED))
        assert [waiting.photo_id for waiting in queue.waiting()] == [3, 1, 2, 6, 4, 5]


async def test_a_mark_holds_until_the_database_says_it(app: QueueApp) -> None:
    async with app.run_test(size=(40, 20)):
        queue = app.query_one(Queue)
        fill(queue, [item(1), item(2)], [])
        queue.mark(1, Said(DecisionKind.REJECTED))
        fill(queue, [item(1), item(2)], [])
        assert queue.items[0].decision is DecisionKind.REJECTED
        queue.unmark(1)
        # Of a reading that began before the decision was stored.
        fill(queue, [item(1), item(2)], [])
        assert queue.items[0].decision is DecisionKind.REJECTED
        queue.begin_reading()
        fill(queue, [item(1, DecisionKind.SKIPPED), item(2)], [])
        assert [row.decision for row in queue.items] == [DecisionKind.SKIPPED, None]


async def test_what_is_refused_reads_at_once_as_it_did_before(app: QueueApp) -> None:
    skipped = replace(item(1, DecisionKind.SKIPPED), decision_id=3, note="blurred")
    async with app.run_test(size=(40, 20)):
        queue = app.query_one(Queue)
        fill(queue, [skipped, item(2)], [])
        queue.mark_all({1: Said(DecisionKind.REJECTED), 2: Said(DecisionKind.ACCEPTED)})
        assert queue.roster.tally.decided == 2
        queue.refuse(1, 2)
        assert list(queue.items) == [skipped, item(2)]
        assert queue.roster.tally.decided == 0
        # Not refused again by a reading that begins later, which knows of more.
        queue.unmark(1)
        queue.begin_reading()
        fill(queue, [item(1, DecisionKind.ACCEPTED), item(2)], [])
        assert queue.items[0].decision is DecisionKind.ACCEPTED


async def test_a_click_chooses_a_row_and_a_set_aside_file_shows_its_reason(app: QueueApp) -> None:
    aside = SetAside("/p/a.jpg", "a.jpg", "a.jpg has no bytes. Copy it again.")
    async with app.run_test(size=(40, 20)) as pilot:
        queue = app.query_one(Queue)
        fill(queue, [item(1), item(2)], [aside])
        await pilot.pause()
        lines = [queue.render_line(y).text for y in range(6)]
        assert "Set aside" in lines[3]
        assert "a.jpg" in lines[4]
        assert "has no bytes." in lines[5]
        await pilot.click(queue, offset=(5, 5))
        assert queue.current == aside
        await pilot.click(queue, offset=(5, 2))
        assert queue.current == aside


async def test_control_codes_in_a_name_do_not_reach_the_terminal(app: QueueApp) -> None:
    bad = "a\x1b[31m\n[bold]b[/].jpg"
    async with app.run_test(size=(60, 20)):
        queue = app.query_one(Queue)
        fill(queue, [QueueItem(1, bad, bad, None, True, False, 0.1)], [SetAside(bad, bad, bad)])
        text = "".join(queue.render_line(y).text for y in range(6))
        assert "\x1b" not in text
        assert "\n" not in text
        assert "[bold]" in text


async def test_a_click_opens_the_row_under_the_pointer(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await clinic.stop_ingest()
        await until(pilot, lambda: screen._news is None)
        queue = (await settled(pilot)).query_one(Queue)
        aside = [SetAside(f"/p/{name}", name, "It has no bytes.") for name in ("x.jpg", "y.jpg")]
        fill(queue, [item(number) for number in range(100)], aside)
        for size in ((80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            await flushed(pilot)
            assert screen.size == size
            for scrolled in (0, 7, queue.max_scroll_y):
                queue.scroll_to(y=scrolled, animate=False)
                await flushed(pilot)
                # At the end of the list the last lines are two files with two lines each.
                for line in (0, 3, queue.scrollable_content_region.height - 4):
                    await click_row(pilot, queue, line)


async def click_row(pilot: Pilot[None], queue: Queue, line: int) -> None:
    text = queue.render_line(line).text
    assert await pilot.click(offset=queue.content_region.offset + Offset(5, line))
    assert queue.render_line(line).text.startswith("▌")
    assert queue.current is not None
    assert queue.current.name in text


async def test_the_cursor_stays_in_sight_and_on_its_line_while_the_list_sorts(
    app: QueueApp,
) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        queue = app.query_one(Queue)
        fill(queue, [item(1000)], [])
        await pilot.pause()
        for before in (3, 40, 300, 10, 5_000, 4_999):
            rows = [*map(item, range(before)), item(1000), *map(item, range(6_000, 6_050))]
            fill(queue, rows, [])
            await pilot.pause()
            assert queue.current == item(1000)
            line = line_of(queue, "IMG_01000.jpg")
            assert line is not None
        fill(queue, [*map(item, range(77)), item(1000), *map(item, range(6_000, 6_050))], [])
        assert line_of(queue, "IMG_01000.jpg") == line


def line_of(queue: Queue, name: str) -> int | None:
    """The line of the screen on which a name is; None where it is out of sight."""
    height = queue.scrollable_content_region.height
    return next((y for y in range(height) if name in queue.render_line(y).text), None)


async def test_a_list_that_was_scrolled_away_by_hand_stays_where_it_is(app: QueueApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        queue = app.query_one(Queue)
        fill(queue, [item(number) for number in range(500)], [])
        await pilot.pause()
        queue.scroll_to(y=200, animate=False)
        await pilot.pause()
        fill(queue, [item(number) for number in range(600)], [])
        assert queue.scroll_offset.y == 200


async def test_the_columns_say_what_they_are(app: QueueApp) -> None:
    async with app.run_test(size=(50, 20)) as pilot:
        queue = app.query_one(Queue)
        fill(queue, [replace(item(1), path="/p/leg/a.jpg", name="a.jpg", area_fraction=0.123)])
        await pilot.pause()
        head, row = str(queue.border_title), queue.render_line(0).text
        assert [head.index(name) + 1 for name in ("photo", "folder")] == [
            row.index(text) for text in ("a.jpg", "leg")
        ]
        assert head.index("area") + 1 + len("area") == row.index("12.3%") + len("12.3%")


async def test_they_stand_over_the_columns_where_a_bar_comes_and_where_it_goes(
    app: QueueApp,
) -> None:
    async with app.run_test(size=(50, 20)) as pilot:
        queue = app.query_one(Queue)
        for photos in (3, 300, 3):
            fill(queue, [replace(item(number), area_fraction=0.123) for number in range(photos)])
            await pilot.pause()
            head, row = str(queue.border_title), queue.render_line(0).text
            assert queue.show_vertical_scrollbar is (photos > 20)
            assert head.index("area") + 1 + len("area") == row.index("12.3%") + len("12.3%")


def test_files_set_aside_are_found_by_name_and_by_nothing_that_only_photos_have() -> None:
    rows, reason = Rows("/p"), "It has no bytes. Copy it again."
    rows.set_aside([SetAside(f"/p/{name}", name, reason) for name in ("x.jpg", "copy.jpg")])
    for wanted, found in (
        (Wanted("bytes"), []),
        (Wanted("copy"), ["copy.jpg"]),
        (ALL.having(Facet.DECISION, "waiting"), []),
        (ALL, ["x.jpg", "copy.jpg"]),
    ):
        rows.show(wanted, Chosen())
        assert [file.name for file in rows.aside] == found


async def test_until_somebody_does_something_the_first_to_be_reviewed_is_shown(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    clinic.outline("sure.jpg", 0, predicted_jaccard=0.9)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        screen._since_came = Stopwatch(lambda: 0.0)
        first = clinic.outline("doubtful.jpg", 1, predicted_jaccard=0.5)
        screen._read_queue()
        await until(pilot, lambda: shown_photo(screen) == first)
        await settled(pilot)
        # The key was meant for what was there before.
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(first).decision is None
        told = [note.message for note in pilot.app._notifications]
        assert told[-1].startswith("doubtful.jpg came just now")
        # It has been pressed now: what comes is gone to when its turn comes.
        clinic.outline("worse.jpg", 2, predicted_jaccard=0.1)
        screen._read_queue()
        screen = await settled(pilot)
        assert shown_photo(screen) == first
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(first).decision is DecisionKind.ACCEPTED


def test_rows_that_may_be_seen_together_are_told_apart_wherever_they_lie() -> None:
    rows = Rows("/p")
    # Shortened each is like the other: what tells them apart lies in the middle.
    names = [f"lesion-capture-of-2026-11-{day}-the-left-arm-0005.jpg" for day in ("01", "02")]
    for first in range(126, 129):
        before = [f"{number:04}.jpg" for number in range(first)]
        after = [f"{number:04}.jpg" for number in range(first, 260)]
        rows.set_aside([SetAside(f"/p/{n}", n, "") for n in (*before, *names, *after)])
        shown = [rows.name(index, 20) for index in range(len(rows))]
        assert len(set(shown)) == len(shown)
        # What lay in these rows before is not remembered.
        assert all("arm" in name for name in shown[first : first + 2])
