"""The worker process: takes jobs from a pipe and answers them, until the pipe ends."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from pipeline.jobs import Bench, Job, Setup


class FailureKind(Enum):
    """Whose failure it is."""

    PHOTO = "photo"
    MODEL = "model"
    NO_NUMBERS = "no numbers"
    """The model's, and perhaps only where it ran."""
    UNFORESEEN = "unforeseen"


@dataclass(frozen=True)
class Failed:
    """A job that failed, with its sentence."""

    kind: FailureKind
    sentence: str


@dataclass(frozen=True, eq=False)
class Done:
    """A job that went well, with its answer."""

    answer: Any


def serve(connection: "Connection[Any, Any]", setup: Setup) -> None:
    """Answer jobs in the order they come; ends with the pipe, or with the parent."""
    _leave_terminal()
    _be_first_to_go()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    bench = Bench(setup)
    with suppress(EOFError, OSError):
        while True:
            connection.send(_answer(connection.recv(), bench))


def _answer(job: Job[Any], bench: Bench) -> Done | Failed:
    from imaging.photo import PhotoError
    from models.package import ModelError, NoNumbers

    try:
        return Done(job.run(bench))
    except PhotoError as error:
        return Failed(FailureKind.PHOTO, str(error))
    except NoNumbers as error:
        return Failed(FailureKind.NO_NUMBERS, str(error))
    except ModelError as error:
        return Failed(FailureKind.MODEL, str(error))
    except MemoryError:
        # What is left of this process is not to be trusted; a new one tries again.
        os._exit(1)
    except Exception as error:
        return Failed(FailureKind.UNFORESEEN, f"{type(error).__name__}: {error}")


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
