"""Where nevus starts.

Each process that nevus starts imports this module again, by the name of the program: what commands
need is imported where they run.
"""

import atexit
import errno
import gc
import os
import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line; the exit status is 0, 1 for failed work, 2 for wrong usage."""
    # What is imported stays: to look through it for garbage while it grows takes a quarter of
    # the start.
    gc.set_threshold(100_000)
    # At its end Python would look through it all the same: a quarter of a short command.
    atexit.register(gc.freeze)
    # OpenBLAS, which numpy and OpenCV bring one each of, has threads that wait at work: 20 ms of a
    # core each, here and in each process that is started. What is multiplied here is small.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A terminal without UTF-8 gets question marks, not a crash.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    from tui.commands.app import app
    from tui.commands.output import fail

    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # What is left in the buffer would fail once more at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(
            fail("What it prints can't be written: the disk is full.").exit_code
        ) from None
