"""The worker process: takes jobs from a pipe and answers them, until the pipe ends."""

import gc
import os
import threading
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import cv2

from pipeline.work.jobs import Bench, Done, Failed, FailureKind, Job, Setup


def serve(connection: "Connection[Any, Any]", setup: Setup[Bench]) -> None:
    """Say that it is ready, then answer jobs in the order they come, telling each one's phases.

    Ends with the pipe, or with the parent.
    """
    # As in `tui.cli`: to look through what coremltools imports takes a fifth of its opening.
    gc.set_threshold(100_000)
    _leave_terminal()
    _be_first_to_go()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    bench = setup.bench(connection.send)
    with suppress(EOFError, OSError):
        connection.send(Done(None))
        while True:
            connection.send(_answer(connection.recv(), bench))


def _answer(job: Job[Any, Any], bench: Bench) -> Done | Failed:
    from imaging.photo import PhotoError, PhotoUnavailable
    from models.package.package import ModelError, NoNumbers

    try:
        return Done(job.run(bench))
    except PhotoError as error:
        passing = isinstance(error, PhotoUnavailable)
        return Failed(FailureKind.UNAVAILABLE if passing else FailureKind.PHOTO, str(error))
    except NoNumbers as error:
        kind = FailureKind.NO_NUMBERS if job.reads else FailureKind.NEVER_NUMBERS
        return Failed(kind, str(error))
    except ModelError as error:
        return Failed(FailureKind.MODEL, str(error))
    except OSError as error:
        return Failed(FailureKind.MACHINE, error.strerror or str(error))
    except Exception as error:
        if _is_short_of_memory(error):
            # What is left of this process is not to be trusted; a new one tries again.
            os._exit(1)
        return Failed(FailureKind.UNFORESEEN, f"{type(error).__name__}: {error}")


def _is_short_of_memory(error: Exception) -> bool:
    short = isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem
    return short or isinstance(error, MemoryError)


def _leave_terminal() -> None:
    # Libraries print warnings from native code, and the app's screen is the same terminal.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _be_first_to_go() -> None:
    # Where memory runs out, Linux ends this process before the app; others have no such file.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)
