import os
import resource
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from db.store import Store
from imaging.photo import PhotoUnavailable
from models.run.setup import ModelSetup
from pipeline.intake.ingest import Ingest, IngestProgress, Part, Patience, Rhythm
from pipeline.intake.lease import Lease
from pipeline.intake.notice import Board, look_for
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.sights import Pace
from pipeline.work.scorer import Pool
from tests.support.pictures import grainy

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]
QUICK = Pace(rescan=60, folder=0.05, settle=0.05, calm=0.3, coming=0.3)
IMPATIENT = Patience(lease=0.05, news=0.1, postponed=0.05)


class Told:
    """What an ingest told, the last last."""

    def __init__(self) -> None:
        self.progress: list[IngestProgress] = []

    def __call__(self, progress: IngestProgress) -> None:
        self.progress.append(progress)

    @property
    def done(self) -> tuple[int, int]:
        return (self.progress[-1].done, self.progress[-1].found) if self.progress else (0, 0)

    @property
    def message(self) -> str | None:
        return self.progress[-1].message if self.progress else None


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def ingest(store: Store, modelless: Pool, folder: Path, told: Told) -> Iterator[Ingest]:
    ingest = Ingest(store, modelless, folder, told, Rhythm(QUICK, IMPATIENT))
    ingest.start()
    yield ingest
    ingest.stop()


def test_photos_that_come_are_outlined(
    store: Store, scorer: Pool, folder: Path, told: Told, draw: Draw, until: Until
) -> None:
    draw(folder / "old.jpg")
    ingest = Ingest(store, scorer, folder, told, Rhythm(QUICK))
    ingest.start()
    until(lambda: told.done == (1, 1))
    draw(folder / "new.jpg", at=(20, 0))
    until(lambda: told.done == (2, 2))
    ingest.stop()
    assert [item.segmented for item in store.queue(str(folder))] == [True, True]
    assert told.progress[-1] == IngestProgress(2, 2, True, None)


def test_without_a_model_it_says_so_and_stores_the_photos(
    ingest: Ingest, store: Store, folder: Path, told: Told, draw: Draw, until: Until
) -> None:
    draw(folder / "a.jpg")
    until(lambda: told.done == (1, 1))
    assert "model" in str(told.message)
    assert [item.segmented for item in store.queue(str(folder))] == [False]


def test_a_truncated_photo_is_set_aside_only_when_it_is_calm_and_taken_when_whole(
    ingest: Ingest, store: Store, folder: Path, told: Told, draw: Draw, tmp_path: Path, until: Until
) -> None:
    whole = draw(tmp_path / "whole.jpg").read_bytes()
    photo = folder / "a.jpg"
    photo.write_bytes(whole[: len(whole) // 2])
    until(lambda: len(store.set_aside_files(str(folder))) == 1)
    photo.write_bytes(whole)
    until(lambda: len(list(store.queue(str(folder)))) == 1)
    assert store.set_aside_files(str(folder)) == []


@pytest.mark.parametrize("empty", [False, True], ids=["cut", "zeros"])
def test_half_a_heic_is_no_photo_until_the_rest_is_there(
    ingest: Ingest, store: Store, folder: Path, told: Told, until: Until, empty: bool
) -> None:
    pillow_heif.register_heif_opener()
    target = BytesIO()
    Image.fromarray(grainy(200, 136)).save(target, "HEIF", quality=90, tile_size=64)
    whole = target.getvalue()
    half = whole[: len(whole) // 2]
    photo = folder / "a.heic"
    photo.write_bytes(half + bytes(len(whole) - len(half)) if empty else half)
    until(lambda: len(store.set_aside_files(str(folder))) == 1)
    assert list(store.queue(str(folder))) == []
    photo.write_bytes(whole)
    until(lambda: len(list(store.queue(str(folder)))) == 1)
    assert store.set_aside_files(str(folder)) == []


def test_a_deleted_photo_leaves_the_queue_and_a_moved_one_keeps_its_place(
    ingest: Ingest, store: Store, folder: Path, draw: Draw, until: Until
) -> None:
    first, second = draw(folder / "a.jpg"), draw(folder / "b.jpg", at=(20, 0))
    until(lambda: len(list(store.queue(str(folder)))) == 2)
    ids = {item.name: item.photo_id for item in store.queue(str(folder))}
    first.unlink()
    second.rename(folder / "c.jpg")

    def queue() -> list[tuple[str, int]]:
        return [(item.name, item.photo_id) for item in store.queue(str(folder))]

    until(lambda: queue() == [("c.jpg", ids["b.jpg"])])


def test_a_folder_that_vanishes_is_said_and_loses_no_photo(
    ingest: Ingest, store: Store, folder: Path, told: Told, draw: Draw, tmp_path: Path, until: Until
) -> None:
    draw(folder / "a.jpg")
    until(lambda: told.done == (1, 1))
    no_model = told.message
    folder.rename(tmp_path / "away")
    until(lambda: "not there any more" in str(told.message))
    assert len(list(store.queue(str(folder)))) == 1
    (tmp_path / "away").rename(folder)
    until(lambda: told.message == no_model)
    draw(folder / "b.jpg", at=(20, 0))
    until(lambda: told.done == (2, 2))


def test_while_another_segments_it_shows_the_stores_numbers_and_then_takes_over(
    store: Store, modelless: Pool, folder: Path, told: Told, draw: Draw, until: Until
) -> None:
    other = Lease(store.path)
    assert other.take()
    draw(folder / "a.jpg")
    ingest = Ingest(store, modelless, folder, told, Rhythm(QUICK, IMPATIENT))
    ingest.start()
    until(lambda: bool(told.progress) and told.progress[-1].found == 1)
    assert (told.progress[-1].segmenting_here, told.progress[-1].done) == (False, 0)
    other.release()
    until(lambda: told.progress[-1].segmenting_here and told.done == (1, 1))
    ingest.stop()


def test_that_what_lies_here_waits_for_one_that_segments_another_folder_is_said(
    store: Store, scorer: Pool, folder: Path, told: Told, draw: Draw, until: Until
) -> None:
    other = Lease(store.path)
    assert other.take()
    Board(store.path, "review", folder.with_name("elsewhere")).begin()
    draw(folder / "a.jpg")
    ingest = Ingest(store, scorer, folder, told, Rhythm(QUICK, IMPATIENT))
    ingest.start()
    until(lambda: f"is segmenting {folder.with_name('elsewhere')}" in str(told.message))
    other.release()
    until(lambda: told.done == (1, 1) and told.message is None)
    ingest.stop()


def test_stop_is_quick_and_final_and_gives_the_lease_back(
    store: Store, modelless: Pool, folder: Path, told: Told, draw: Draw, until: Until
) -> None:
    ingest = Ingest(store, modelless, folder, told, Rhythm(QUICK, IMPATIENT))
    ingest.start()
    until(lambda: bool(told.progress))
    ingest.stop()
    heard = len(told.progress)
    draw(folder / "late.jpg")
    lease = Lease(store.path)
    assert lease.take()
    lease.release()
    assert len(told.progress) == heard
    assert "ingest" not in {thread.name for thread in threading.enumerate()}


def test_a_database_that_cannot_be_read_for_a_while_is_told_and_the_work_goes_on(
    store: Store, modelless: Pool, folder: Path, told: Told, draw: Draw, until: Until
) -> None:
    draw(folder / "a.jpg")
    ingest = Ingest(store, modelless, folder, told, Rhythm(QUICK, IMPATIENT))
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("ALTER TABLE aside RENAME TO hidden")
        other.commit()
        ingest.start()
        try:
            until(lambda: "damaged" in str(told.message))
            other.execute("ALTER TABLE hidden RENAME TO aside")
            other.commit()
            until(lambda: told.done == (1, 1))
        finally:
            ingest.stop()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits this process")
def test_a_process_that_cannot_be_started_is_tried_again(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    store.counts(str(folder))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    answer = None
    try:
        # No more files than are open: a pipe to a new process can't be made.
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free(), hard))
        answer = modelless.fingerprint(photo)
        refused = answer.exception(60)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert isinstance(refused, PhotoUnavailable)
    assert "the system refused what was needed for it" in str(refused)
    assert modelless.fingerprint(photo).result().format == "JPEG"


def lowest_free() -> int:
    """The number that the next opened file would have."""
    handle = os.open(os.devnull, os.O_RDONLY)
    os.close(handle)
    return handle


def test_who_segments_and_what_became_of_each_photo_is_told(
    store: Store, modelless: Pool, folder: Path, told: Told, draw: Draw, until: Until
) -> None:
    heard: list[Settled] = []
    draw(folder / "a.jpg")
    (folder / "b.jpg").touch()
    part = Part("watch", heard.append)
    ingest = Ingest(store, modelless, folder, told, Rhythm(QUICK, IMPATIENT), part)
    ingest.start()
    until(lambda: told.done == (2, 2))
    seen = look_for(store.path)
    ingest.stop()
    outcomes = {settled.path.name: settled.outcome for settled in heard}
    assert outcomes == {"a.jpg": Outcome.STORED, "b.jpg": Outcome.SET_ASIDE}
    assert seen.segmenting
    assert seen.notice is not None
    assert (seen.notice.program, seen.notice.found, seen.notice.done) == ("watch", 2, 2)
    assert seen.notice.error == told.message
    left = look_for(store.path)
    assert not left.segmenting
    assert left.notice is not None
    assert left.notice.ended


def test_a_model_that_comes_later_outlines_what_was_stored_without_one(
    store: Store,
    model: Path,
    folder: Path,
    told: Told,
    draw: Draw,
    tmp_path: Path,
    until: Until,
) -> None:
    draw(folder / "a.jpg")
    package = tmp_path / "late.mlpackage"
    with closing(Pool(ModelSetup(package))) as scorer:
        ingest = Ingest(store, scorer, folder, told, Rhythm(QUICK, IMPATIENT))
        ingest.start()
        until(lambda: told.done == (1, 1))
        assert [item.segmented for item in store.queue(str(folder))] == [False]
        shutil.copytree(model, package)
        until(lambda: all(item.segmented for item in store.queue(str(folder))))
        until(lambda: told.message is None and told.done == (1, 1))
        ingest.stop()
