import os
import signal
import threading
from collections.abc import AsyncIterator
from io import TextIOWrapper
from typing import IO, cast

import pytest
from textual.app import App
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.surface.driver import LastingDriver, LastingFile

PATIENCE = 60.0


def lost_terminal() -> TextIOWrapper:
    far, near = os.openpty()
    os.close(far)
    return open(near, "w", encoding="utf-8")  # noqa: PTH123


def test_who_writes_to_a_lost_terminal_never_waits_for_it() -> None:
    output = WriterThread(cast("IO[str]", LastingFile(lost_terminal())))
    output.start()

    def write() -> None:
        for _ in range(10 * MAX_QUEUED_WRITES):
            output.write("\x1b[H" + 100 * "x")
        output.stop()

    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    writing.join(PATIENCE)
    assert not writing.is_alive()


def test_a_terminal_that_is_there_gets_all_of_it() -> None:
    far, near = os.openpty()
    file = LastingFile(open(near, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    assert file.write("drawn") == 5
    file.flush()
    assert os.read(far, 5) == b"drawn"
    assert file.isatty()


def test_a_terminal_is_not_sent_what_it_shows() -> None:
    far, near = os.openpty()
    file = LastingFile(open(near, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for text in ("\x1b[2;5Hdrawn  once\x1b[1;1H", "\x1b[2;5Hdrawn  twice\x1b[1;1H"):
        file.write(text)
    file.flush()
    assert os.read(far, 64) == b"\x1b[2;5Hdrawn  once\x1b[1;1H\x1b[2;12Htwice\x1b[1;1H"


@pytest.mark.parametrize("lost", [False, True])
def test_what_waits_for_a_drawing_to_be_sent_is_told_behind_it(lost: bool) -> None:
    far, near = os.openpty()
    file = LastingFile(open(near, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    if lost:
        os.close(far)
    told = list[bytes]()
    output = WriterThread(cast("IO[str]", file))
    output.start()
    output.write("drawn")
    file.call_at_mark(lambda: told.append(b"" if lost else os.read(far, 64)))
    output.write("")
    output.stop()
    assert told == [b"" if lost else b"drawn"]


class Counting(LastingDriver):
    """Counts how often it takes up the terminal again, or lets go of it."""

    resumed = suspended = 0

    def resume_application_mode(self) -> None:
        self.resumed += 1
        self._must_signal_resume = False

    def suspend_application_mode(self) -> None:
        self.suspended += 1


@pytest.fixture
async def driver() -> AsyncIterator[Counting]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    yield Counting(App())
    for number, handler in before.items():
        signal.signal(number, handler)


async def test_only_who_was_stopped_takes_the_terminal_up_again(
    driver: Counting,
) -> None:
    os.kill(os.getpid(), signal.SIGCONT)
    assert driver.resumed == 0
    driver._must_signal_resume = True
    os.kill(os.getpid(), signal.SIGCONT)
    assert driver.resumed == 1
    os.kill(os.getpid(), signal.SIGCONT)
    assert driver.resumed == 1
