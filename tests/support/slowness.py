"""Which tests take seconds: told by where they lie and by what they are given."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FOLDERS = {"cli", "house"}
FIXTURES = {"build", "mac", "manifest", "model", "modelless", "same", "shipped", "worker"}
"""What starts a process, opens the model or converts one; and all that is made with them."""
LIBRARIES = {"pexpect", "subprocess", "torch"}
"""What a test's file imports to start processes and to train."""


def mark_slow(items: list[pytest.Item]) -> None:
    """Mark as slow those that are, beside those that their files mark themselves."""
    for item in items:
        if _is_slow(item):
            item.add_marker("slow")


def _is_slow(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    folder = item.path.relative_to(TESTS).parts[0]
    imported = vars(item.module).keys()
    return bool(folder in FOLDERS or FIXTURES & {*item.fixturenames} or LIBRARIES & imported)
