"""Several processes at once: what happens to one of them is no other's business."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import closing
from pathlib import Path

import pytest

from imaging.decode.photo import fingerprint, read_file
from pipeline.errors import WorkerClosed
from pipeline.work.scorer import Pool
from tests.support.intake import without_model

pytestmark = pytest.mark.slow

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(without_model(workers=2)) as pool:
        yield pool


def test_photos_that_come_one_by_one_keep_to_one_process(
    pool: Pool, folder: Path, draw: Draw
) -> None:
    for number in range(3):
        pool.fingerprint(draw(folder / f"{number}.png", at=(number, 0))).result()
    assert len(pool.pids) == 1


def test_one_that_stands_still_and_dies_holds_up_its_own_photo_alone(
    pool: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    pool.expect(2)
    until(lambda: len(pool.pids) == 2)
    stopped, other = pool.pids
    os.kill(stopped, signal.SIGSTOP)
    photos = [draw(folder / f"{number}.png", at=(number, 0)) for number in range(7)]
    answers = [pool.fingerprint(photo) for photo in photos]
    until(lambda: sum(answer.done() for answer in answers) == 6)
    os.kill(stopped, signal.SIGKILL)
    # It is tried once more, by a process that takes the place of the one that died.
    for photo, answer in zip(photos, answers, strict=True):
        assert answer.result(120) == fingerprint(read_file(photo))
    assert other in pool.pids
    assert stopped not in pool.pids


def test_no_more_processes_are_started_ahead_than_files_are_expected(until: Until) -> None:
    with closing(without_model(workers=2)) as pool:
        pool.expect(0)
        pool.expect(1)
        until(lambda: len(pool.pids) == 1)


def test_closed_it_gives_up_what_runs_and_what_waits(folder: Path, draw: Draw) -> None:
    pool = without_model(workers=2)
    photos = [draw(folder / f"{number}.png", at=(number, 0)) for number in range(6)]
    answers = [pool.fingerprint(photo) for photo in photos]
    pool.close()
    wait(answers)
    failed = [answer.exception() for answer in answers]
    assert isinstance(failed[-1], WorkerClosed)
    assert all(problem is None or isinstance(problem, WorkerClosed) for problem in failed)
