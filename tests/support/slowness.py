"""Which tests the short loop leaves out, beside those that say it of themselves.

It is told by where they lie, what their files load and what they are given.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FOLDERS = {"cli", "house", "torture"}
FIXTURES = {
    "build",
    "mac",
    "manifest",
    "model",
    "modelless",
    "processes",
    "same",
    "scorer",
    "shipped",
    "viewer",
}
"""What starts a process, opens the model or converts one; and all that is made with them."""
LOADING = re.compile(
    r"^(?:import|from) (?:coremltools|multiprocessing|pexpect|subprocess|torch)\b"
    r"|^from tests\.support\.(?:flushed|ready) |^(?:torch = )?pytest\.importorskip\(\s*\"torch\""
    r"|^pytestmark = \[?\s*pytest\.mark\.slow\b",
    re.MULTILINE,
)
"""What a file loads to start processes, to convert and to train; or says of all of it itself."""


def mark_slow(items: list[pytest.Item]) -> None:
    """Mark as slow those that are, beside those that their files mark themselves."""
    slow_files = {path for path in {item.path for item in items} if is_slow_file(path)}
    for item in items:
        assert isinstance(item, pytest.Function)
        if item.path in slow_files or FIXTURES & {*item.fixturenames}:
            item.add_marker("slow")


def is_slow_file(path: Path) -> bool:
    """Whether all tests in a file are slow."""
    folder = path.relative_to(TESTS).parts[0]
    return folder in FOLDERS or bool(LOADING.search(path.read_text(encoding="utf-8")))
