"""A process that stays whatever kills it, as one does that waits for a disk."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

SEIZE, CONTINUE, STOP_AT_EXIT, ALL = 0x4206, 7, 0x40, 0x40000000


@contextmanager
def unkillable(pid: int) -> Iterator[None]:
    """In the block this process does not end: a tracer, which is this one, holds it at its exit.

    Killed there, it keeps its files open, and whoever waits for it waits on. Skips the test where
    no process may be traced.
    """
    if sys.platform != "linux":
        pytest.skip("processes are traced in another way here")
    trace = ctypes.CDLL(None, use_errno=True).ptrace
    trace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    trace.restype = ctypes.c_long
    if trace(SEIZE, pid, None, STOP_AT_EXIT):
        pytest.skip(f"no process may be traced here: {os.strerror(ctypes.get_errno())}")
    try:
        yield
    finally:
        if trace(CONTINUE, pid, None, None) == 0:
            os.waitpid(pid, ALL)
