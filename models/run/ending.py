"""Ending a process that may not end: one that waits for a disk can't even be killed."""

import multiprocessing.process
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess


def end_process(process: BaseProcess, seconds: float) -> None:
    """Kill a child and wait for it, but no longer than this; then it is left behind.

    Python's own exit waits for none that was left behind. Any thread may call this.
    """
    process.kill()
    process.join(seconds)
    if process.is_alive():
        _leave_behind(process)


def _leave_behind(process: BaseProcess) -> None:
    # multiprocessing joins all of its children at exit, and has no way to disown one.
    multiprocessing.process._children.discard(process)  # type: ignore[attr-defined, unused-ignore]
    # Later versions wait for the tracker as well, which lives on while a child has its pipe.
    resource_tracker._resource_tracker._pid = None  # type: ignore[attr-defined, unused-ignore]
