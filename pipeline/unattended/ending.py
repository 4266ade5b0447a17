"""Signals that ask a process to end, and a time after which it does, whatever it is at."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
PATIENCE = 4.0
"""Seconds from the signal to the end."""


@contextmanager
def asked_to_end(patience: float = PATIENCE) -> Iterator[threading.Event]:
    """An event that a signal sets in the block; the process then ends with 0 within `patience`.

    All that was to be kept is in a transaction that is committed or not, so that an end at any
    point loses nothing. For the main thread.
    """
    asked = threading.Event()
    hear, ring = os.pipe()
    os.set_blocking(ring, False)
    before = {number: signal.signal(number, _pass_on) for number in SIGNALS}
    old = signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    # A handler would wait until the main thread is back from whatever call it is in; the byte that
    # Python writes for a signal comes at once.
    waiting = threading.Thread(
        target=_wait, args=(hear, asked, patience), name="ending", daemon=True
    )
    waiting.start()
    try:
        yield asked
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if asked.is_set() else handler)
        if not asked.is_set():
            os.close(ring)


def _pass_on(_number: int, _frame: object) -> None:
    """What was written to the pipe says it."""


def _wait(hear: int, asked: threading.Event, patience: float) -> None:
    rung = os.read(hear, 1)
    if rung:
        asked.set()
        threading.Event().wait(patience)
        os._exit(0)
    os.close(hear)
