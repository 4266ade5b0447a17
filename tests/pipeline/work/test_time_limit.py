"""One photo can't hold up the others: what takes too long or stands still is given up."""

import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from db.values import Cause
from pipeline.errors import PhotoTooSlow
from pipeline.intake.outcome import Outcome
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.support.commands import NEVUS
from tests.support.intake import only_pid, running_pid, take_in, without_model
from tests.support.pictures import endless_jpeg
from tests.support.ready import completed

Until = Callable[[Callable[[], bool]], None]
Draw = Callable[..., Path]
LIMIT = 3.0
"""Seconds: a thousand times what a small photo takes, a hundredth of what an endless one does."""


@pytest.fixture
def hasty() -> Iterator[Pool]:
    with closing(without_model(LIMIT)) as worker:
        yield worker


def endless(path: Path) -> Path:
    path.write_bytes(endless_jpeg())
    return path


def test_a_photo_that_takes_too_long_is_set_aside_until_it_changes(
    store: Store, hasty: Pool, folder: Path, draw: Draw
) -> None:
    slow = endless(folder / "slow.jpg")
    assert take_in(store, hasty, draw(folder / "a.jpg")) is Outcome.STORED
    before = only_pid(hasty)
    assert take_in(store, hasty, slow) is Outcome.SET_ASIDE
    assert only_pid(hasty) is None
    [aside] = store.set_aside_files(str(folder))
    assert aside.cause is Cause.FILE
    assert aside.reason.startswith("slow.jpg took longer than 3 seconds to decode")
    assert take_in(store, hasty, slow) is Outcome.SET_ASIDE
    assert only_pid(hasty) is None
    draw(slow, at=(20, 0))
    assert take_in(store, hasty, slow) is Outcome.STORED
    assert only_pid(hasty) != before
    assert store.set_aside_files(str(folder)) == []


def test_viewing_one_ends_with_its_sentence(folder: Path) -> None:
    with (
        closing(Viewer(LIMIT)) as viewer,
        pytest.raises(PhotoTooSlow, match=r"^slow\.jpg took longer than 3 seconds"),
    ):
        viewer.view(endless(folder / "slow.jpg"), 1024)


def test_nevus_segment_outlines_the_photos_beside_it(
    model: Path, folder: Path, draw: Draw, tmp_path: Path
) -> None:
    draw(folder / "a.jpg")
    endless(folder / "b.jpg")
    draw(folder / "c.jpg", at=(20, 0))
    given = ("--db", str(tmp_path / "a.db"), "--json", "--time-limit", "3")
    done = completed([*NEVUS, "segment", str(folder), *given], os.environ)
    assert done.returncode == 0, done.stderr
    totals = json.loads(done.stdout)
    assert (totals["segmented"], totals["set_aside"]) == (2, 1)
    assert "set aside: b.jpg took longer than 3 seconds to decode" in done.stderr


def test_standing_still_before_a_file_is_read_says_nothing_against_it(
    store: Store, hasty: Pool, folder: Path, draw: Draw
) -> None:
    take_in(store, hasty, draw(folder / "a.jpg"))
    # As where a disk does not answer.
    os.kill(running_pid(hasty), signal.SIGSTOP)
    photo = draw(folder / "b.jpg", at=(20, 0))
    assert take_in(store, hasty, photo) is Outcome.POSTPONED
    [aside] = store.set_aside_files(str(folder))
    assert aside.reason.startswith("b.jpg could not be read within 3 seconds. Check its disk.")
    assert aside.reason.endswith("nevus tries it again by itself.")
    assert take_in(store, hasty, photo) is Outcome.STORED
    assert store.set_aside_files(str(folder)) == []


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits another process")
def test_what_the_system_refuses_says_nothing_against_the_file(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    take_in(store, modelless, draw(folder / "a.jpg"))
    photo, pid = draw(folder / "b.jpg", at=(20, 0)), running_pid(modelless)
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, hard))
    assert take_in(store, modelless, photo) is Outcome.POSTPONED
    [aside] = store.set_aside_files(str(folder))
    assert "Too many open files" in aside.reason
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
    assert take_in(store, modelless, photo) is Outcome.STORED
    assert store.set_aside_files(str(folder)) == []


def test_a_photo_from_1970_is_postponed_like_any_other(
    store: Store, hasty: Pool, folder: Path, draw: Draw
) -> None:
    take_in(store, hasty, draw(folder / "a.jpg"))
    os.kill(running_pid(hasty), signal.SIGSTOP)
    photo = draw(folder / "b.jpg", at=(20, 0))
    os.utime(photo, ns=(0, 0))
    assert take_in(store, hasty, photo) is Outcome.POSTPONED
    assert take_in(store, hasty, photo) is Outcome.STORED


def test_the_screen_does_not_wait_for_a_photo_in_the_batch(
    store: Store,
    viewer: Viewer,
    folder: Path,
    remembered: int,
    until: Until,
) -> None:
    slow = endless(folder / "slow.jpg")
    batch = without_model(600)
    session = ReviewSession(store, batch, viewer, folder, "ada")
    with closing(batch), closing(session):
        answer = batch.fingerprint(slow)
        until(lambda: only_pid(batch) is not None)
        assert session.open(remembered).picture.shape == (240, 320, 3)
        assert not answer.done()
        batch.close()
