"""A process that is told to end does, whatever its main thread is at; and with 0."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.unattended.ending import SIGNALS, asked_to_end

ROOT = Path(__file__).parents[3]
BUSY = """
from pipeline.unattended.ending import asked_to_end

with asked_to_end(patience=float("{patience}")) as asked:
    print("ready", flush=True)
    {doing}
"""


def end(doing: str, number: signal.Signals, patience: float) -> int:
    """The exit status of a process that is told to end while it does this."""
    with subprocess.Popen(
        [sys.executable, "-c", BUSY.format(patience=patience, doing=doing)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        return process.wait(60)


@pytest.mark.parametrize("number", SIGNALS)
def test_who_waits_for_it_is_told(number: signal.Signals) -> None:
    assert end("assert asked.wait(600)", number, 600) == 0


def test_who_never_comes_back_is_ended() -> None:
    assert end("while True: asked.wait(600)", signal.SIGTERM, 0.1) == 0


def test_afterwards_signals_are_as_before() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with asked_to_end() as asked:
        assert not asked.is_set()
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before
