"""The lease between real processes: it ends with its holder, and no clock has a say in it."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from db.errors import StoreError
from db.store import Store
from pipeline.intake.lease import Lease
from pipeline.work.scorer import Pool

Until = Callable[[Callable[[], bool]], None]
Draw = Callable[..., Path]
ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from db.store import Store
from pipeline.intake.lease import Lease
from models.run.setup import ModelSetup
from pipeline.work.scorer import Pool

if __name__ == "__main__":
    store, scorer = Store.open(Path(sys.argv[1])), Pool(ModelSetup(Path("none.mlpackage")))
    lease = Lease(store.path)
    assert lease.take()
    scorer.fingerprint(Path(sys.argv[2])).result()
    print(*scorer.pids, flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(
    database: Path, photo: Path, script: Path
) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """Another process that holds the lease, with a worker of its own; and the worker's pid."""
    script.write_text(HOLDER)
    process = subprocess.Popen(
        [sys.executable, str(script), str(database), str(photo)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        yield process, int(process.stdout.readline())
        process.kill()


def test_one_holds_it_until_it_is_released(store: Store) -> None:
    first, second = Lease(store.path), Lease(store.path)
    assert first.take()
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    assert (first.held, second.held) == (False, True)
    first.release()
    assert not first.take()
    second.release()


def test_two_stores_of_one_process_exclude_each_other(store: Store) -> None:
    with closing(Store.open(store.path)) as other:
        first, second = Lease(store.path), Lease(other.path)
        assert first.take()
        assert not second.take()
        first.release()


def test_a_killed_holder_loses_it_at_once_even_while_its_worker_lives(
    store: Store, folder: Path, draw: Draw, tmp_path: Path
) -> None:
    lease = Lease(store.path)
    photo = draw(folder / "mole.jpg")
    with holder(store.path, photo, tmp_path / "holder.py") as (process, worker):
        assert not lease.take()
        # A stopped worker can't follow its parent: whatever it had inherited, it would still have.
        os.kill(worker, signal.SIGSTOP)
        try:
            process.kill()
            process.wait()
            assert lease.take()
        finally:
            os.kill(worker, signal.SIGKILL)
    lease.release()


def test_a_worker_that_is_started_while_it_is_held_does_not_hold_it(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    lease = Lease(store.path)
    assert lease.take()
    modelless.fingerprint(draw(folder / "mole.jpg")).result()
    assert modelless.pids
    lease.release()
    another = Lease(store.path)
    assert another.take()
    another.release()


def test_its_file_is_for_its_owner_alone_and_stays_where_it_is(store: Store) -> None:
    lease = Lease(store.path)
    lease.take()
    lease.release()
    file = store.path.with_name(f"{store.path.name}.segmenting")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_its_file_is_as_open_as_the_database(store: Store) -> None:
    store.path.chmod(0o660)
    lease = Lease(store.path)
    before = os.umask(0o077)
    try:
        lease.take()
    finally:
        os.umask(before)
    lease.release()
    file = store.path.with_name(f"{store.path.name}.segmenting")
    assert stat.S_IMODE(file.stat().st_mode) == 0o660


def test_a_file_that_can_t_be_locked_is_a_sentence(store: Store) -> None:
    store.path.with_name(f"{store.path.name}.segmenting").mkdir()
    with pytest.raises(StoreError, match="can't be locked"):
        Lease(store.path).take()
