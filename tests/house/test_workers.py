"""A worker that is forked is a process as Python starts one, with all that tests import."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ready import LINUX
from tests.support.tries import HANDFUL
from tests.support.workers import ROOT, forking_server, imported_by

SAY = """
import json, os, sys
names = ("db.store", "imaging.mask.rle", "tests.db.test_drafts", "tests.db.test_photos")
loaded = [name for name in names if name in sys.modules]
rewritten = "@pytest_ar" in vars(sys.modules["tests.db.test_photos"])
tried = sys.modules["hypothesis"].settings().max_examples
files = sorted(map(int, os.listdir("/proc/self/fd")))
given = [os.getcwd(), sys.argv, dict(os.environ), sys.path[0], sys.stdin.read()]
print(json.dumps([*given, files, loaded, rewritten, tried]))
print("complaint", file=sys.stderr)
sys.exit(3)
"""
pytestmark = pytest.mark.skipif(not LINUX, reason="processes are forked on Linux alone")


@pytest.fixture
def python() -> Iterator[list[str]]:
    """What stands for Python."""
    given = [str(ROOT / "tests" / "db" / "test_photos.py")]
    with forking_server(given, lambda path: True, (), ["-m", "not slow"]) as words:
        yield words.split()


def test_it_has_what_it_was_given_and_what_its_tests_import(
    python: list[str], tmp_path: Path
) -> None:
    # Without this Python chooses a locale, and says so there.
    given = {"MINE": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*python, "-u", "-c", SAY, "a"],
        input="typed",
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=given,
    )
    assert (done.returncode, done.stderr) == (3, "complaint\n")
    folder, arguments, variables, first, typed, files, *found = json.loads(done.stdout)
    assert (folder, arguments, variables) == (str(tmp_path), ["-c", "a"], given)
    assert (first, typed) == ("", "typed")
    # The last is the folder that is being listed.
    assert (files[:3], len(files)) == ([0, 1, 2], 4)
    loaded, rewritten, tried = found
    assert loaded == ["db.store", "imaging.mask.rle", "tests.db.test_photos"]
    assert (rewritten, tried) == (True, HANDFUL)


def test_its_death_is_said(python: list[str]) -> None:
    command = [*python, "-u", "-c", "import os; os.kill(os.getpid(), 9)"]
    assert subprocess.run(command, check=False).returncode != 0


def test_what_a_file_imports_by_way_of_the_tests_is_found() -> None:
    found = imported_by([Path(__file__)])
    # By tests.support.ready.
    assert "pexpect" in found
    assert not any(name.startswith(("pytest", "tests", "os")) for name in found)


def test_of_a_folder_without_a_conftest_only_what_is_there_is_looked_at() -> None:
    asked = []

    def wanted(path: Path) -> bool:
        asked.append(path)
        return False

    with forking_server([str(ROOT / "tests" / "imaging" / "mask")], wanted):
        pass
    assert ROOT / "tests" / "conftest.py" in asked
    assert all(path.exists() for path in asked)
