"""The short loop, `-m "not slow"`: what it does without fails there and says that it is slow.

Only so does it stay short. A process costs the imports of a server that forks it, PyTorch and
coremltools cost more than all tests of a room.
"""

import multiprocessing.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest

LIBRARIES = {"coremltools", "torch"}


class TooSlow(BaseException):
    """What no test of the short loop does."""


class _Refused:
    """A finder of modules that finds these libraries for nobody."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: object = None) -> None:
        if name in LIBRARIES:
            _refuse(f"loads {name}")


@contextmanager
def without_what_is_slow() -> Iterator[None]:
    """In the block whoever starts a process or loads a library for training fails."""

    def start(*_args: Any, **_options: Any) -> NoReturn:
        _refuse("starts a process")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "meta_path", [_Refused, *sys.meta_path])
        patch.setattr(multiprocessing.util, "spawnv_passfds", start)
        patch.setattr(os, "fork", start)
        yield


def _refuse(what: str) -> NoReturn:
    raise TooSlow(f"This test {what}: mark it slow (see tests/support/slowness.py).")
