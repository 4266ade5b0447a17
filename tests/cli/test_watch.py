"""`nevus watch`, `status` and `service` as they are typed, and as processes that are killed."""

import json
import os
import plistlib
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from tests.support.commands import NEVUS, run
from tests.torture.victims import Running

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "sample_images" / "upright-portrait.jpg"


def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    again, end = Event(), monotonic() + seconds
    while not holds():
        assert monotonic() < end, "waited in vain"
        again.wait(0.05)


class Watch:
    """`nevus watch` in a process of its own, its log in a file."""

    def __init__(self, process: Running, log: Path) -> None:
        self.process, self._log = process, log

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def children(self) -> list[int]:
        """The processes that any of its threads has started."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


@contextmanager
def watching(folder: Path, db: Path, log: Path) -> Iterator[Watch]:
    arguments = ["watch", folder, "--db", db, "--log", log]
    process = Running([*NEVUS, *map(str, arguments)], dict(os.environ))
    try:
        yield Watch(process, log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(SMALL, folder)
    return folder


def status(folder: Path, db: Path) -> Any:
    done = run("status", folder, "--db", db, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_second_watch_follows_and_takes_over_from_one_that_was_killed(
    photos: Path, tmp_path: Path
) -> None:
    db = tmp_path / "a.db"
    with (
        watching(photos, db, tmp_path / "1.log") as one,
        watching(photos, db, tmp_path / "2.log") as other,
    ):
        until(lambda: "  segmented  " in one.log + other.log)
        first, second = (one, other) if "  segmented  " in one.log else (other, one)
        until(lambda: f"Another nevus (watch, process {first.process.pid} on" in second.log)
        told = status(photos, db)
        assert (told["segmenting"], told["by"]["pid"]) == (True, first.process.pid)
        followed = run("segment", photos, "--db", db, "--json")
        assert followed.returncode == 0, followed.stderr
        assert "Another nevus" not in followed.stderr
        assert json.loads(followed.stdout)["known"] == 1
        first.process.kill()
        first.process.wait()
        until(lambda: "This nevus segments." in second.log)
        assert status(photos, db)["by"]["pid"] == second.process.pid
        second.process.kill()
        second.process.wait()
        told = status(photos, db)
        assert (told["segmenting"], told["by"]["ended"]) == (False, False)
        said = run("status", photos, "--db", db).stdout
        assert f"nobody; nevus watch, process {second.process.pid}" in said
        assert "was killed" in said


def test_segment_does_not_wait_for_one_that_watches_another_folder(
    photos: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(photos, elsewhere)
    shutil.copy(ROOT / "sample_images" / "hairy.jpg", elsewhere)
    with watching(photos, tmp_path / "a.db", tmp_path / "log") as watch:
        until(lambda: "  segmented  " in watch.log)
        done = run("segment", elsewhere, "--db", tmp_path / "a.db")
    assert done.returncode == 1
    assert f"process {watch.process.pid}" in done.stderr
    assert f"looks after another folder, {photos}" in done.stderr


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for the worker in /proc")
def test_it_ends_with_0_though_its_workers_hang(photos: Path, tmp_path: Path) -> None:
    with watching(photos, tmp_path / "a.db", tmp_path / "log") as watch:
        until(lambda: "  segmented  " in watch.log)
        workers = watch.children()
        assert workers
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        shutil.copy(ROOT / "sample_images" / "hairy.jpg", photos)
        until(lambda: status(photos, tmp_path / "a.db")["by"]["found"] == 2)
        os.kill(watch.process.pid, signal.SIGTERM)
        assert watch.process.wait() == 0
        assert "  ended  " in watch.log
    assert not status(photos, tmp_path / "a.db")["segmenting"]


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["{tmp}/file"], {}),
        (["{tmp}/photos", "--log", "{tmp}/photos/log"], {}),
        (["{tmp}/photos", "--log", "{tmp}/none/log"], {}),
        (["{tmp}/photos"], {"NEVUS_BACKUP_TO": "{tmp}/photos/copies"}),
    ],
)
def test_where_nothing_may_be_written_is_wrong_usage(
    photos: Path, tmp_path: Path, arguments: list[str], variables: dict[str, str]
) -> None:
    (tmp_path / "file").touch()
    filled = [text.format(tmp=tmp_path) for text in arguments]
    named = {name: text.format(tmp=tmp_path) for name, text in variables.items()}
    done = run("watch", *filled, "--db", tmp_path / "a.db", **named)
    assert done.returncode == 2
    assert len(done.stderr) > 10
    assert [path.name for path in photos.iterdir()] == [SMALL.name]


def test_the_status_of_what_was_never_there_is_a_sentence(tmp_path: Path) -> None:
    done = run("status", tmp_path / "none", "--db", tmp_path / "a.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no database" in done.stderr


def test_a_unit_goes_to_stdout_alone_with_absolute_paths_and_what_holds_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("time_limit = 5\n")
    (tmp_path / "photos é").mkdir()
    asked = ("photos é", "--db", "a.db", "--log", "nevus.log", "--hash-names")
    made = run("service", "launchd", *asked, NEVUS_SETTINGS="mine.toml", NEVUS_BACKENDS="x")
    assert made.returncode == 0, made.stderr
    unit = plistlib.loads(made.stdout.encode())
    assert unit["ProgramArguments"] == [
        *NEVUS,
        "watch",
        str(tmp_path / "photos é"),
        "--db",
        str(tmp_path / "a.db"),
        "--log",
        str(tmp_path / "nevus.log"),
        "--hash-names",
    ]
    assert unit["EnvironmentVariables"]["NEVUS_SETTINGS"] == str(tmp_path / "mine.toml")
    assert "launchctl bootstrap" in made.stderr
    again = run("service", "systemd", *asked, NEVUS_BACKEND="onnxruntime")
    assert 'Environment="NEVUS_BACKEND=onnxruntime"' in again.stdout
    assert "systemctl --user" in again.stderr
