"""Segmenting beside another process: what that one does is followed, and then taken over."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.store import Store
from db.values import Cause
from pipeline.intake.lease import Lease, is_held
from pipeline.intake.notice import Board, look_for
from pipeline.intake.scan import file_stat
from pipeline.intake.segment import Told, Totals, segment_folder
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
    with following(store, scorer, folder, until) as follower:
        other.board.tell(2, 2, None)
        assert numbers(follower.totals.result(120)) == (2, 0, 1, 0, 1)


def test_what_stands_in_the_other_s_way_is_said_and_another_folder_is_named(
    store: Store, scorer: Pool, folder: Path, draw: Draw, other: Other, until: Until
) -> None:
    draw(folder / "a.jpg")
    elsewhere = Board(store.path, "watch", folder.with_name("elsewhere"))
    elsewhere.begin()
    with following(store, scorer, folder, until) as follower:
        assert f"segmenting {folder.with_name('elsewhere')} into" in follower.remarks[0]
        elsewhere.tell(5, 5, "The disk is full.")
        until(lambda: "It says: The disk is full." in follower.remarks)
        other.lease.release()
        assert numbers(follower.totals.result(120)) == (1, 1, 0, 0, 0)
