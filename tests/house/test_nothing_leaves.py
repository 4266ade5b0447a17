"""No command reaches out, and none leaves a file where nevus has no business.

So it is of the workshop's commands and of Core AI as well, in the test of the workshop.
"""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pexpect
import pytest

from tests.support.users import SITE
from tests.support.watched import SOURCE, WHY_NOT, Household, Seen, compiled

ROOT = Path(__file__).parents[2]
NEVUS = str(Path(sys.executable).parent / "nevus")
COMMANDS = (
    *("segment", "review", "export", "import", "evaluate", "model"),
    *("doctor", "selftest", "library"),
)
PATIENCE, QUIET = 120, 12
"""Seconds: at most for a step, and of idling; ONNX Runtime 1.32 first calls after nine."""
SMALL = ("small-spot-and-pen.jpg", "pigment-network.png", "two-lesions.heic")
EVERY_MODULE = """
import importlib, pkgutil, sys, models
for module in pkgutil.walk_packages(models.__path__, "models."):
    importlib.import_module(module.name)
print("loaded", flush=True)
sys.stdin.read()
"""
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)

CALLER = r"""
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
int main(int count, char **arguments) {
    struct addrinfo *found;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    (void)count;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    getaddrinfo("localhost", "9", 0, &found);
    connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to);
    sendto(socket(AF_INET, SOCK_DGRAM, 0), "?", 1, 0, (struct sockaddr *)&to, sizeof to);
    open(arguments[1], O_CREAT | O_WRONLY, 0600);
    return 0;
}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(
        SOURCE, tmp_path_factory.mktemp("watch") / "watch.so", "-shared", "-fPIC", "-O1"
    )


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to hold within so many seconds."""
    end, look_again = monotonic() + seconds, threading.Event()
    while not holds() and monotonic() < end:
        look_again.wait(0.05)
    return holds()


class Day:
    """What a person does with nevus in a day, each command watched by itself."""

    def __init__(self, household: Household, desk: Path) -> None:
        self.household = household
        self.photos, self.pairs, self.dataset = desk / "photos", desk / "pairs", desk / "dataset"
        for folder in (self.photos, self.pairs / "images", self.pairs / "masks"):
            folder.mkdir(parents=True)
        for name in SMALL:
            shutil.copy(ROOT / "sample_images" / name, self.photos)
            shutil.copy(ROOT / "sample_images" / name, self.pairs / "images")
            mask = f"{Path(name).stem}.png"
            shutil.copy(ROOT / "tests" / "data" / "sample_masks" / mask, self.pairs / "masks")

    def as_a_user(self, name: str) -> dict[str, str]:
        """The environment of a process that has no PyTorch."""
        return {**self.household.environment(name), "PYTHONPATH": str(SITE)}

    def run(self, name: str, *arguments: str | Path) -> None:
        subprocess.run(
            [NEVUS, *arguments],
            check=True,
            capture_output=True,
            env=self.as_a_user(name),
            stdin=subprocess.DEVNULL,
            cwd=self.photos,
        )

    @contextmanager
    def importing(self) -> Iterator[None]:
        """A program that has loaded every module of `models`, and idles."""
        with subprocess.Popen(
            [sys.executable, "-c", EVERY_MODULE],
            env=self.household.environment("library"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        ) as program:
            assert program.stdout is not None
            assert program.stdout.readline() == b"loaded\n"
            yield
            program.communicate()
        assert program.returncode == 0

    @contextmanager
    def reviewing(self) -> Iterator[None]:
        """Review in a terminal while the photos are outlined; accept one; idle; leave."""
        child = pexpect.spawn(
            NEVUS,
            ["review", str(self.photos), "--reviewer", "ada"],
            dimensions=(24, 80),
            env=self.as_a_user("review"),
            timeout=PATIENCE,
            encoding="utf-8",
        )
        try:
            child.expect_exact("threshold")
            child.send("a")
            child.expect_exact("✓")
            accepted = monotonic()
            yield
            self.idle(child, accepted + QUIET - monotonic())
            child.send("q")
            child.expect(pexpect.EOF)
        finally:
            child.close(force=True)
        assert child.exitstatus == 0

    def idle(self, child: "pexpect.spawn[str]", seconds: float) -> None:
        """Let the app draw what it likes until somebody is called, or for so many seconds."""

        def called() -> bool:
            child.expect([pexpect.TIMEOUT], timeout=0.05)
            return bool(self.household.seen("review").lookups)

        wait_until(called, seconds)


@pytest.fixture(scope="module")
def day(library: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What each command of a day did."""
    household = Household(tmp_path_factory.mktemp("home"), library)
    day = Day(household, tmp_path_factory.mktemp("desk"))
    with day.importing():
        day.run("segment", "segment", day.photos, "--db", household.own[2] / "other.db")
        with day.reviewing():
            day.run("export", "export", day.dataset, day.photos)
            day.run("import", "import", day.dataset, day.photos)
            day.run("evaluate", "evaluate", day.pairs)
            day.run("model", "model", "list")
            day.run("doctor", "doctor", day.photos)
            day.run("selftest", "doctor", "--selftest")
    assert len(list((day.dataset / "masks").iterdir())) == 1
    return {name: household.seen(name, day.dataset) for name in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_calls_nobody_and_leaves_nothing(day: dict[str, Seen], command: str) -> None:
    assert day[command] == Seen((), (), ())


def test_what_native_code_does_is_seen(library: Path, tmp_path: Path) -> None:
    (tmp_path / "caller.c").write_text(CALLER)
    caller = compiled(tmp_path / "caller.c", tmp_path / "caller")
    household, left = Household(tmp_path / "home", library), tmp_path / "elsewhere"
    household.root.mkdir()
    # From a process that Python started from another one, as the model's is.
    start = f"import subprocess; subprocess.run([{str(caller)!r}, {str(left)!r}])"
    subprocess.run([sys.executable, "-c", start], check=True, env=household.environment("caller"))
    assert household.seen("caller") == Seen(
        ("localhost",), ("127.0.0.1", "127.0.0.1"), (str(left),)
    )


def test_one_module_loads_onnx_runtime() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    loading = [name for name in listed if _loads_onnxruntime((ROOT / name).read_text())]
    assert loading == ["models/run/quiet_onnxruntime.py"]


def _loads_onnxruntime(source: str) -> bool:
    lines = (line.split() for line in source.splitlines())
    return any(
        words[:1] in (["import"], ["from"]) and words[1].split(".")[0] == "onnxruntime"
        for words in lines
        if len(words) > 1
    )
