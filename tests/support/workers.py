"""Workers of pytest-xdist that need not import: forked from one process that has done it for all.

The tests of a run and what they import take seconds: PyTorch, coremltools, Textual, SQLAlchemy, the
files of tests, which pytest rewrites. Each worker imported all of it, and now it is done once, and
lies in memory once. On Linux alone; elsewhere workers start as ever.
"""

import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
STAND_IN = Path(__file__).with_name("worker_stand_in.py")
IMPORT = re.compile(r"(?:^ *(?:from|import) +|importorskip\(\s*\")([\w.]+)", re.MULTILINE)
SHARED = re.compile(
    r"(alembic|benchmarks|coremltools|cv2|db|imaging|matplotlib|models|numpy|onnx|packaging|pexpect"
    r"|PIL|pipeline|psutil|pycocotools|pyte|rich|rich_pixels|sample_images|sqlalchemy|sqlmodel"
    r"|textual|torch|tui|typer)\b"
)
"""What does no work when it is imported."""


@contextmanager
def forking_server(
    given: Sequence[str],
    wanted: Callable[[Path], bool],
    without: Container[str] = (),
    arguments: Sequence[str] = (),
) -> Iterator[str]:
    """In the block a Python that forks workers for the wanted files among what pytest is given.

    It is named as pytest-xdist wants one: the words of a command line. Of the libraries `without`
    which these tests do nothing is imported. The files are imported as they are where pytest has
    these arguments.
    """
    files = [*filter(wanted, filter(Path.exists, _files(given)))]
    named = imported_by(files)
    names = [name for name in named if name.split(".")[0] not in without]
    tests = [
        _module(file) for file in files if file.match("test_*.py") or file.match("conftest.py")
    ]
    with TemporaryDirectory(prefix="nevus-workers-") as folder:
        address = str(Path(folder) / "socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(address)
            listener.listen(64)
            number = listener.fileno()
            command = [sys.executable, "-m", "tests.support.worker_server"]
            server = subprocess.Popen(
                [*command, str(number), *names, *tests, "--", *arguments],
                pass_fds=[number],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                # Coremltools complains of what isn't there on Linux.
                stderr=subprocess.DEVNULL,
            )
        try:
            yield shlex.join([sys.executable, str(STAND_IN), address])
        finally:
            server.communicate()


def imported_by(files: Iterable[Path]) -> set[str]:
    """What can be shared of what these files import, and what they import of the tests."""
    asked, seen, names = [*files], set[Path](), set[str]()
    while asked:
        file = asked.pop()
        if file in seen:
            continue
        seen.add(file)
        for name in IMPORT.findall(file.read_text(encoding="utf-8")):
            if SHARED.match(name):
                names.add(name)
            elif name.startswith("tests."):
                module = ROOT / f"{name.replace('.', '/')}.py"
                asked += [module] * module.exists()
    return names


def _module(file: Path) -> str:
    """The name that pytest gives it."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def _files(given: Sequence[str]) -> Iterator[Path]:
    """The files of tests among what pytest was given, and what belongs to them."""
    for words in given:
        path = Path(words.split("::")[0]).absolute()
        yield from path.rglob("*.py") if path.is_dir() else [path]
        yield from (folder / "conftest.py" for folder in path.parents if TESTS in folder.parents)
    yield TESTS / "conftest.py"
