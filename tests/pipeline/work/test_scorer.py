import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Size
from imaging.photo import PhotoError
from models.package.package import ModelError
from models.run.setup import ModelSetup
from pipeline.errors import WorkerClosed, WorkerDied
from pipeline.work.scorer import Pool
from tests.support.intake import only_pid, running_pid

Until = Callable[[Callable[[], bool]], None]
Draw = Callable[..., Path]
ROOT = Path(__file__).parents[3]


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_it_starts_with_the_first_photo_and_answers_as_this_process_would(
    modelless: Pool, folder: Path, draw: Draw
) -> None:
    assert only_pid(modelless) is None
    photo = draw(folder / "mole.jpg")
    assert modelless.fingerprint(photo).result() == fingerprint(read_file(photo))
    assert only_pid(modelless) not in (None, os.getpid())


def test_a_bad_photo_crosses_with_its_sentence_and_the_next_is_unharmed(
    modelless: Pool, folder: Path, draw: Draw
) -> None:
    bad = folder / "bad.jpg"
    bad.write_bytes(b"")
    with pytest.raises(PhotoError, match=r"bad\.jpg"):
        modelless.fingerprint(bad).result()
    before = only_pid(modelless)
    good = draw(folder / "good.jpg")
    assert modelless.fingerprint(good).result() == fingerprint(read_file(good))
    assert only_pid(modelless) == before


def test_what_someone_waits_for_is_outlined_before_the_batch(
    scorer: Pool, folder: Path, draw: Draw
) -> None:
    first = draw(folder / "first.jpg", size=(400, 300))
    with Image.open(first) as picture:
        picture.resize((4000, 3000)).save(first)
    batch = [Path(shutil.copy(first, folder / f"{number}.jpg")) for number in range(8)]
    wanted = draw(folder / "wanted.jpg")
    scorer.model()
    taken = [scorer.take_in(path, frozenset()) for path in batch]
    asked = sum(answer.done() for answer in taken)
    scorer.segment(wanted)
    between = sum(answer.done() for answer in taken) - asked
    wait(taken)
    # The one that was in hand, and the one whose thread had not yet said so.
    assert between <= 2


def test_no_model_is_a_sentence(modelless: Pool, folder: Path, draw: Draw) -> None:
    with pytest.raises(ModelError):
        modelless.model()
    with pytest.raises(ModelError):
        modelless.segment(draw(folder / "mole.jpg"))


def test_a_missing_model_file_is_a_sentence(tmp_path: Path) -> None:
    setup = ModelSetup(tmp_path / "none.mlpackage")
    with (
        closing(Pool(setup)) as scorer,
        pytest.raises(ModelError, match=r"none\.mlpackage"),
    ):
        scorer.model()


def test_killed_between_jobs_it_is_started_again(modelless: Pool, folder: Path, draw: Draw) -> None:
    photo = draw(folder / "mole.jpg")
    modelless.fingerprint(photo).result()
    first = only_pid(modelless)
    kill(first)
    assert modelless.fingerprint(photo).result() == fingerprint(read_file(photo))
    assert only_pid(modelless) != first


def test_killed_in_the_middle_of_a_job_it_tries_once_more(
    modelless: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    photo = draw(folder / "mole.jpg")
    modelless.fingerprint(photo).result()
    first = running_pid(modelless)
    # A stopped process takes the job and does not come to its end.
    os.kill(first, signal.SIGSTOP)
    answer = modelless.fingerprint(photo)
    until(answer.running)
    kill(first)
    assert answer.result(120) == fingerprint(read_file(photo))
    assert only_pid(modelless) != first


def test_killed_twice_on_a_job_it_gives_the_job_up_and_does_the_next(
    modelless: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    photo = draw(folder / "mo\x1b[31mle.jpg")
    # It starts with this photo, and is killed before it can have answered.
    answer = modelless.fingerprint(photo)
    until(lambda: only_pid(modelless) is not None)
    first = only_pid(modelless)
    kill(first)
    until(lambda: only_pid(modelless) not in (None, first))
    kill(only_pid(modelless))
    with pytest.raises(WorkerDied, match="died on it twice") as failure:
        answer.result(120)
    assert photo.name in str(failure.value)
    assert modelless.fingerprint(photo).result() == fingerprint(read_file(photo))


def test_close_ends_the_process_and_every_later_job(
    modelless: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "mole.jpg")
    modelless.fingerprint(photo).result()
    pid = running_pid(modelless)
    modelless.close()
    assert not is_running(pid)
    with pytest.raises(WorkerClosed):
        modelless.fingerprint(photo).result()


def test_close_gives_up_a_job_that_runs(
    modelless: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    photo = draw(folder / "mole.jpg")
    answer = modelless.fingerprint(photo)
    until(lambda: only_pid(modelless) is not None)
    modelless.close()
    with pytest.raises(WorkerClosed):
        answer.result(120)


def test_many_files_get_each_their_own_answer(modelless: Pool, folder: Path, draw: Draw) -> None:
    photos = [draw(folder / f"{n}.png", size=(40 + n, 30)) for n in range(12)]
    answers = [modelless.fingerprint(photo) for photo in photos]
    assert [answer.result().size for answer in answers] == [Size(40 + n, 30) for n in range(12)]


PARENT = """
import contextlib, os, signal, sys
from pathlib import Path
from pipeline.work.scorer import Pool
from models.run.setup import ModelSetup

class Screen:
    # Stands for a full-screen app's stderr, which has no file number.
    def write(self, text): return len(text)
    def flush(self): pass
    def fileno(self): return -1

if __name__ == "__main__":
    scorer = Pool(ModelSetup(Path("none.mlpackage")))
    with contextlib.redirect_stderr(Screen()):
        scorer.fingerprint(Path(sys.argv[1])).result()
    print(*scorer.pids, "textual" in sys.modules, flush=True)
    {end}
"""


def run_parent(tmp_path: Path, photo: Path, end: str) -> tuple[int, int]:
    """Run a program with a scorer that ends as said; the pid of its process, and its status."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT.replace("{end}", end))
    program = subprocess.run(
        [sys.executable, str(script), str(photo)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    pid, textual = program.stdout.split()
    assert textual == "False"
    assert program.stderr == ""
    return int(pid), program.returncode


@pytest.mark.parametrize(
    ("end", "status"),
    [("pass", 0), ("os._exit(3)", 3), ("os.kill(os.getpid(), signal.SIGKILL)", -9)],
)
def test_it_never_outlives_the_app(
    tmp_path: Path, folder: Path, draw: Draw, until: Until, end: str, status: int
) -> None:
    pid, returned = run_parent(tmp_path, draw(folder / "mole.jpg"), end)
    assert returned == status
    until(lambda: not is_running(pid))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_it_has_no_hand_on_the_terminal(modelless: Pool, folder: Path, draw: Draw) -> None:
    modelless.fingerprint(draw(folder / "mole.jpg")).result()
    streams = {Path(f"/proc/{only_pid(modelless)}/fd/{number}").readlink() for number in (0, 1, 2)}
    assert streams == {Path(os.devnull)}
