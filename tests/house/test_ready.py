"""What is forked by the tests' server is a process like any other, or is started as ever."""

import json
import os
import signal
import sys
from pathlib import Path

import pexpect
import pytest

from tests.support.forking import trainers
from tests.support.ready import AT_START, LINUX, InTerminal, completed, start

SAY = """
import json, os, signal, sys
by_default = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
files = sorted(map(int, os.listdir("/proc/self/fd")))
given = [os.getppid(), os.getcwd(), sys.argv, dict(os.environ), sys.path[0], sys.stdin.read()]
print(json.dumps([*given, by_default, files]))
sys.exit(3)
"""
pytestmark = pytest.mark.skipif(not LINUX, reason="processes are forked on Linux alone")


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def small(**more: str) -> dict[str, str]:
    """An environment with what is read at the start as it is here, and little else."""
    return {name: os.environ[name] for name in os.environ if AT_START.match(name)} | more


def test_it_has_what_it_was_given_and_nothing_else(tmp_path: Path) -> None:
    environment = small(HOME=str(tmp_path), MINE="1")
    done = completed(python(SAY, "a", "b c"), environment, tmp_path)
    parent, folder, arguments, variables, first, typed, default, files = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (3, "")
    assert (parent, folder, arguments) == (os.getpid(), str(tmp_path), ["-c", "a", "b c"])
    assert variables == environment
    assert (first, typed, default) == ("", "", True)
    # The last is the folder that is being listed.
    assert files[:3] == [0, 1, 2]
    assert len(files) == 4


def test_it_is_killed_and_fails_as_any_other() -> None:
    killed = completed(python("import os; os.kill(os.getpid(), 9)"), os.environ)
    assert killed.returncode == -signal.SIGKILL
    failed = completed(python("print('half'); 1 / 0"), os.environ)
    assert (failed.returncode, failed.stdout) == (1, "half\n")
    assert "ZeroDivisionError" in failed.stderr


LAST = """
import atexit, sys, threading, time
atexit.register(print, "at exit")
def late():
    time.sleep(0.2)
    print("late", end=" ")
threading.Thread(target=late).start()
sys.exit("why")
"""


def test_what_is_to_be_done_last_is_done() -> None:
    done = completed(python(LAST), os.environ)
    assert (done.returncode, done.stdout, done.stderr) == (1, "late at exit\n", "why\n")


@pytest.mark.parametrize(("code", "ended"), [("None", 0), ("0", 0), ("3", 3), ("256 + 7", 7)])
def test_it_ends_with_its_code(code: str, ended: int) -> None:
    assert completed(python(f"raise SystemExit({code})"), os.environ).returncode == ended


def test_what_can_t_be_written_at_the_end_is_no_success() -> None:
    told = completed(python("import os; print('half'); os.close(1)"), os.environ)
    assert told.returncode == 120
    assert "Bad file descriptor" in told.stderr


def test_a_terminal_of_its_own_interrupts_it_and_has_its_size() -> None:
    # Whoever is started in the background inherits that interrupts are ignored.
    hearing = "import os, signal, time; signal.signal(signal.SIGINT, signal.default_int_handler)"
    waiting = f"{hearing}; print(os.get_terminal_size(0).columns, flush=True); time.sleep(600)"
    child = InTerminal(sys.executable, ["-c", waiting], dimensions=(20, 77), timeout=120)
    child.expect_exact("77")
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus == signal.SIGINT


@pytest.mark.parametrize(
    "odd", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "xx"}, {"PYTHONPATH": "/nowhere"}], ids=str
)
def test_where_python_itself_would_start_otherwise_it_is_started_as_ever(
    odd: dict[str, str],
) -> None:
    assert start(python(""), {**os.environ, **odd}, Path.cwd(), {0: 0}) is None


def test_what_is_no_python_is_started_as_ever() -> None:
    assert start(["/bin/sh", "-c", "true"], os.environ, Path.cwd(), {0: 0}) is None


def test_whoever_trains_finds_what_it_needs_loaded_and_is_a_child_like_any_other() -> None:
    # Not before: where this file is imported no worker was forked yet.
    if not trainers:
        pytest.skip("no worker was forked that has PyTorch")
    say = "import os, sys; print(os.getppid(), {'torch', 'coremltools'} <= sys.modules.keys())"
    done = completed(python(say), small() | {"PYTHONPATH": ""})
    assert (done.stdout, done.stderr, done.returncode) == (f"{os.getpid()} True\n", "", 0)
