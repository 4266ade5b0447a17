"""Which process this is, and whether another one is known to have ended."""

import os
import socket


def this_process() -> str:
    """What tells this process from all others that run now, on whatever machine."""
    return f"{os.getpid()}@{socket.gethostname()}"


def has_ended(process: str) -> bool:
    """Whether a process that `this_process` named ran on this machine and runs no more.

    One whose number another process has by now is taken to run.
    """
    number, _, host = process.partition("@")
    return host == socket.gethostname() and number.isdecimal() and not lives(int(number))


def lives(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # Another user's.
        return True
    return True
