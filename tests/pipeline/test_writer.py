import threading

import pytest

from pipeline.errors import WriteFailed
from pipeline.writer import Writer


def test_commits_happen_in_order_and_drain_waits_for_the_last() -> None:
    writer = Writer()
    done: list[int] = []
    for number in range(200):
        writer.submit(lambda number=number: done.append(number))  # type: ignore[misc]
    writer.drain()
    assert done == list(range(200))
    assert writer.pending == 0
    writer.close()


def test_submit_returns_while_a_commit_is_slow() -> None:
    writer = Writer()
    gate = threading.Event()
    writer.submit(lambda: assert_set(gate))
    writer.submit(lambda: None)
    assert writer.pending == 2
    gate.set()
    writer.close()
    assert writer.pending == 0


def assert_set(gate: threading.Event) -> None:
    assert gate.wait(10)


def test_a_failed_commit_is_said_kept_and_tried_again_in_order() -> None:
    writer = Writer()
    done: list[str] = []
    full = threading.Event()
    full.set()

    def commit() -> None:
        if full.is_set():
            raise OSError("disk full")
        done.append("first")

    writer.submit(commit)
    writer.submit(lambda: done.append("second"))
    with pytest.raises(WriteFailed, match=r"2 edits are not saved yet \(disk full\)"):
        writer.drain()
    assert (writer.pending, done) == (2, [])
    with pytest.raises(WriteFailed):
        writer.close()
    full.clear()
    writer.close()
    assert done == ["first", "second"]
