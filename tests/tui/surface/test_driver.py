import os
import threading
from io import TextIOWrapper
from typing import IO, cast

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.surface.driver import LastingFile

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
