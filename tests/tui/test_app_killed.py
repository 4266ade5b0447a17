"""A stroke that is being drawn is on the disk, whatever becomes of the app or of the photo."""

import signal
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

import pexpect

from db.store import Store
from db.values import DecisionKind, DraftState, Remarks, Tool
from imaging.framing import Size
from pipeline.review.bookmarks import Bookmarks, bookmark_file
from tests.tui.driving import SMALL, Clinic, settled, shown_photo, until
from tests.tui.test_app_launch import running
from tui.app import NevusApp


def draft_of(database: Path, photo_id: int) -> DraftState | None:
    with closing(Store.open(database)) as store:
        revision = store.photo(photo_id).revision
        return store.draft("ada", photo_id, None if revision is None else revision.id)


def said_on(database: Path, photo_id: int) -> Remarks:
    with closing(Store.open(database)) as store:
        return Remarks.of(store.photo(photo_id, "ada"))


def watch_until(child: "pexpect.spawn[str]", holds: Callable[[], bool]) -> None:
    """Read what the app shows, as a terminal does, until something holds."""
    deadline = monotonic() + 120
    while not holds():
        assert monotonic() < deadline, "it did not happen"
        # Whatever comes meanwhile: to look into a database for each piece of it takes long.
        later = monotonic() + 0.05
        with suppress(pexpect.TIMEOUT):
            while (left := later - monotonic()) > 0:
                child.read_nonblocking(1 << 16, timeout=left)


def test_killed_while_the_brush_is_down_the_stroke_is_kept(clinic: Clinic, tmp_path: Path) -> None:
    database, photo_id = tmp_path / "nevus.db", clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        child.send("ex ")
        for _ in range(12):
            child.send("\x1b[C")
        watch_until(child, lambda: draft_of(database, photo_id) is not None)
        child.kill(signal.SIGKILL)
        child.expect(pexpect.EOF)
    draft = draft_of(database, photo_id)
    assert draft is not None
    assert (draft.cursor, len(draft.edits)) == (1, 1)
    assert draft.edits[0].threshold is None


def test_killed_while_an_outline_is_drawn_where_there_is_none_the_stroke_is_kept(
    clinic: Clinic, tmp_path: Path
) -> None:
    database, photo_id = tmp_path / "nevus.db", clinic.take_in(clinic.draw("photo.jpg"))
    with running(clinic, database, shows="no outline yet") as child:
        child.send("e ")
        for _ in range(12):
            child.send("\x1b[C")
        watch_until(child, lambda: draft_of(database, photo_id) is not None)
        child.kill(signal.SIGKILL)
        child.expect(pexpect.EOF)
    draft = draft_of(database, photo_id)
    assert draft is not None
    assert (draft.cursor, draft.base_revision_id) == (1, None)


def test_killed_in_the_middle_of_a_polygon_its_points_are_kept(
    clinic: Clinic, tmp_path: Path
) -> None:
    database, photo_id = tmp_path / "nevus.db", clinic.outline("photo.jpg")

    def points() -> int:
        with closing(Store.open(database)) as store:
            return len(store.begun_shapes(photo_id, "ada").get(Tool.POLYGON, ()))

    with running(clinic, database) as child:
        child.send("p \x1b[C\x1b[C \x1b[B\x1b[B ")
        watch_until(child, lambda: points() == 3)
        child.kill(signal.SIGKILL)
        child.expect(pexpect.EOF)
    with running(clinic, database, shows="not closed"):
        assert points() == 3


def test_killed_after_a_flag_a_score_and_a_note_they_are_there_again(
    clinic: Clinic, tmp_path: Path
) -> None:
    database, photo_id = tmp_path / "nevus.db", clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        child.send("*2chair\r")
        watch_until(child, lambda: said_on(database, photo_id).note == "hair")
        child.kill(signal.SIGKILL)
        child.expect(pexpect.EOF)
    assert said_on(database, photo_id) == Remarks(2, "hair", flag=True)
    with running(clinic, database, shows="score") as child:
        child.expect_exact("flagged")


def test_a_note_that_is_being_written_is_kept_when_the_app_is_ended(
    clinic: Clinic, tmp_path: Path
) -> None:
    database, photo_id = tmp_path / "nevus.db", clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        child.send("chair")
        child.expect_exact("hair")
        child.kill(signal.SIGTERM)
        child.expect(pexpect.EOF)
    assert said_on(database, photo_id).note == "hair"


def test_killed_the_photo_that_was_drawn_on_lies_open_again(clinic: Clinic, tmp_path: Path) -> None:
    database = tmp_path / "nevus.db"
    sizes = (SMALL, Size(400, 240), SMALL)
    photos = [
        clinic.outline(f"photo{number}.jpg", number, size) for number, size in enumerate(sizes)
    ]
    bookmark = bookmark_file(database, clinic.folder, "ada")

    def is_kept() -> bool:
        found = Bookmarks(bookmark).found
        drawn = draft_of(database, photos[1]) is not None
        return drawn and found is not None and found.key == photos[1]

    with running(clinic, database) as child:
        child.send("j")
        child.expect_exact("400 × 240")
        child.send("ex ")
        for _ in range(12):
            child.send("\x1b[C")
        watch_until(child, is_kept)
        child.kill(signal.SIGKILL)
        child.expect(pexpect.EOF)
    reopened = running(clinic, database, shows="400 × 240")
    with reopened as child, closing(Store.open(database)) as store:
        child.send("a")
        watch_until(child, lambda: any(store.photo(each).decision for each in photos))
        kinds = [store.photo(each).decision for each in photos]
        assert kinds == [None, DecisionKind.CORRECTED, None]


async def test_a_photo_that_vanishes_under_the_brush_keeps_its_stroke(
    clinic: Clinic, make_app: Callable[[], NevusApp], tmp_path: Path
) -> None:
    photo_id = clinic.outline("photo.jpg")
    other = clinic.outline("zebra.jpg", 1, predicted_jaccard=0.9)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        screen._queue.choose(photo_id)
        await until(pilot, lambda: shown_photo(screen) == photo_id)
        screen.action_take("brush")
        await pilot.press("x", "space", "right", "right", "right")
        await until(pilot, lambda: clinic.item(photo_id).has_draft)
        (clinic.folder / "photo.jpg").unlink()
        await until(pilot, lambda: shown_photo(screen) == other)
        await settled(pilot)
    clinic.session.drain()
    draft = draft_of(tmp_path / "nevus.db", photo_id)
    assert draft is not None
    assert draft.cursor == 1
