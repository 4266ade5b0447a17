"""Segmenting beside another process: what that one does is followed, and then taken over."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.store import Store
from db.values import Cause
from pipeline.errors import SegmentedElsewhere
from pipeline.intake.following import Following, follow
from pipeline.intake.ingest import Ingest, IngestProgress, Rhythm
from pipeline.intake.lease import Lease, is_held
from pipeline.intake.notice import ONCE, Board, look_for
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.scan import file_stat
from pipeline.intake.segment import Told, Totals, segment_folder
from pipeline.intake.sights import Pace
from pipeline.intake.standstill import Patience
from pipeline.work.scorer import Pool
from tests.support.intake import take_in

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]


class Other:
    """Another one that segments into the database; what it does, the test does for it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.lease = Lease(store.path)
        self.board = Board(store.path, "review", folder)
        assert self.lease.take()


class Follower:
    """A `segment_folder` in a thread of its own, and what it said."""

    def __init__(self, totals: "Future[Totals]", done: list[int], remarks: list[str]) -> None:
        self.totals, self.done, self.remarks = totals, done, remarks


@contextmanager
def following(store: Store, scorer: Pool, folder: Path, until: Until) -> Iterator[Follower]:
    done: list[int] = []
    remarks: list[str] = []
    told = Told(lambda many, _all: done.append(many), remarks.append)
    with ThreadPoolExecutor() as pool:
        follower = Follower(pool.submit(segment_folder, store, scorer, folder, told), done, remarks)
        until(lambda: len(remarks) > 0)
        yield follower


@pytest.fixture
def other(store: Store, folder: Path, scorer: Pool) -> Iterator[Other]:
    other = Other(store, folder)
    other.board.use(scorer.model().hash)
    other.board.begin()
    yield other
    other.lease.release()


def numbers(totals: Totals) -> tuple[int, int, int, int, int]:
    return (
        totals.files,
        totals.segmented,
        totals.known,
        totals.duplicates,
        totals.set_aside,
    )


def test_what_the_other_does_is_counted_and_the_end_is_when_all_is_done(
    store: Store, scorer: Pool, folder: Path, draw: Draw, other: Other, until: Until
) -> None:
    first, second = draw(folder / "a.jpg"), draw(folder / "b.jpg", at=(20, 0))
    (folder / "c.jpg").write_bytes(second.read_bytes())
    (folder / "d.jpg").touch()
    take_in(store, scorer, first, scorer.model())
    with following(store, scorer, folder, until) as follower:
        until(lambda: follower.done == [0, 1])
        for name in ("b.jpg", "c.jpg", "d.jpg"):
            take_in(store, scorer, folder / name, scorer.model())
        totals = follower.totals.result(120)
    assert numbers(totals) == (4, 1, 1, 1, 1)
    assert follower.done == [0, 1, 2, 3, 4]
    assert "Another nevus (review, process" in follower.remarks[0]
    assert not Lease(store.path).take()


def test_when_the_other_ends_the_rest_is_done_here(
    store: Store, scorer: Pool, folder: Path, draw: Draw, other: Other, until: Until
) -> None:
    draw(folder / "a.jpg")
    with following(store, scorer, folder, until) as follower:
        other.board.end()
        other.lease.release()
        assert numbers(follower.totals.result(120)) == (1, 1, 0, 0, 0)
    assert not is_held(store.path)
    notice = look_for(store.path).notice
    assert notice is not None
    assert (notice.program, notice.found, notice.done) == ("segment", 1, 1)


def test_what_the_other_can_not_do_now_does_not_hold_up_the_end(
    store: Store,
    scorer: Pool,
    folder: Path,
    draw: Draw,
    other: Other,
    until: Until,
    remember: Callable[[Store, Path], int],
) -> None:
    kept, postponed = draw(folder / "a.jpg"), draw(folder / "b.jpg", at=(20, 0))
    remember(store, kept)
    store.set_aside(file_stat(postponed), "b.jpg: bad luck.", Cause.MACHINE)
    other.board.tell(2, 1)
    with following(store, scorer, folder, until) as follower:
        other.board.tell(2, 2, None)
        assert numbers(follower.totals.result(120)) == (2, 0, 1, 0, 1)


def test_what_stands_in_the_other_s_way_is_said_and_another_folder_is_named(
    store: Store, scorer: Pool, folder: Path, draw: Draw, other: Other, until: Until
) -> None:
    draw(folder / "a.jpg")
    elsewhere = Board(store.path, ONCE, folder.with_name("elsewhere"))
    elsewhere.begin()
    with following(store, scorer, folder, until) as follower:
        assert f"segmenting {folder.with_name('elsewhere')} into" in follower.remarks[0]
        elsewhere.tell(5, 5, "The disk is full.")
        until(lambda: "It says: The disk is full." in follower.remarks)
        other.lease.release()
        assert numbers(follower.totals.result(120)) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("program", ["review", "watch"])
@pytest.mark.parametrize("place", ["elsewhere", "photos/inner", ".", "renamed"])
def test_one_that_never_ends_and_never_looks_here_is_not_waited_for(
    store: Store, folder: Path, draw: Draw, other: Other, program: str, place: str
) -> None:
    known, here = folder / ".hidden" / "a.jpg", folder / ".hidden" / "b.jpg"
    for path, at in ((known, 0), (here, 20)):
        draw(path, at=(at, 0))
    elsewhere = folder.parent / place
    if place != "renamed":
        elsewhere.mkdir(exist_ok=True)
    board = Board(store.path, program, elsewhere)
    board.use("1" * 64)
    board.begin()
    with pytest.raises(SegmentedElsewhere) as raised:
        follow_now(store, "1" * 64, here.parent, [known, here])
    sentence = str(raised.value)
    assert sentence.startswith(
        f"2 photos of {here.parent} can't be outlined now. Another nevus ({program},"
    )
    assert f"looks after another folder, {elsewhere}" in sentence
    assert ("renamed?" in sentence) == (place == "renamed")
    assert "Quit it and run this again" in sentence


def test_one_with_another_model_is_not_waited_for(
    store: Store, folder: Path, draw: Draw, other: Other
) -> None:
    path = draw(folder / "a.jpg")
    with pytest.raises(SegmentedElsewhere, match="uses another model"):
        follow_now(store, "1" * 64, folder, [path])


def test_photos_that_are_all_known_are_no_reason_to_fail_or_to_speak(
    store: Store, scorer: Pool, folder: Path, draw: Draw, other: Other
) -> None:
    path = draw(folder / "a.jpg")
    take_in(store, scorer, path, scorer.model())
    Board(store.path, "review", folder.with_name("elsewhere")).begin()
    told: list[str] = []
    hash_ = scorer.model().hash
    following = Following(store, hash_, folder, [path])
    assert follow(following, Lease(store.path), lambda _settled: None, told.append) == ()
    assert told == []


@pytest.mark.parametrize("done", [0, 1])
def test_what_the_other_leaves_undone_for_too_long_is_given_up(
    store: Store, scorer: Pool, folder: Path, draw: Draw, other: Other, done: int
) -> None:
    path = draw(folder / "a.jpg")
    other.board.tell(1, done)
    with pytest.raises(SegmentedElsewhere, match=r"has left a\.jpg undone"):
        follow_now(store, scorer.model().hash, folder, [path])


def test_one_that_could_not_open_its_model_is_given_up_at_last(
    store: Store, folder: Path, draw: Draw, other: Other
) -> None:
    path = draw(folder / "a.jpg")
    Board(store.path, "review", folder).begin()
    with pytest.raises(SegmentedElsewhere, match="could not open its model"):
        follow_now(store, "1" * 64, folder, [path])


def test_a_known_photo_out_of_sight_does_not_hold_up_the_end(
    store: Store, scorer: Pool, folder: Path, draw: Draw, other: Other
) -> None:
    path = draw(folder / "a.jpg")
    take_in(store, scorer, path)
    path.unlink()
    # The system can't say what lies at a name that is too long.
    path.symlink_to("x" * 300)
    other.board.tell(1, 1)
    settled = follow_now(store, scorer.model().hash, folder, [path])
    assert [each.outcome for each in settled] == [Outcome.KEPT]


def test_a_photo_that_is_forgotten_beside_an_open_app_does_not_hold_up_the_end(
    store: Store, scorer: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    path, _ = draw(folder / "a.jpg"), draw(folder / "b.jpg", at=(20, 0))
    told: list[IngestProgress] = []
    rhythm = Rhythm(Pace(rescan=0.2, folder=0.05, settle=0.05, calm=0.1, coming=0.1))
    app = Ingest(store, scorer, folder, told.append, rhythm)
    app.start()
    try:
        until(lambda: bool(told) and told[-1].done == told[-1].found == 2)
        [photo] = store.photos_called(str(path))
        store.forget_photo(photo, "ada")
        totals = segment_folder(store, scorer, folder, Told(lambda _done, _all: None, print))
    finally:
        app.stop()
    assert numbers(totals) == (2, 0, 1, 0, 1)


def follow_now(store: Store, model: str, folder: Path, paths: list[Path]) -> list[Settled]:
    """Follow without patience; what was counted."""
    counted: list[Settled] = []
    following = Following(store, model, folder, paths)
    follow(following, Lease(store.path), counted.append, print, Patience(0.0, 0.0, 0.0))
    return counted
