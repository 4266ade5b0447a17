import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.errors import WriteFailed
from pipeline.review.writer import Writer

Until = Callable[[Callable[[], bool]], None]


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
    assert gate.wait(120)


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
    with pytest.raises(WriteFailed, match=r"2 changes are not saved yet \(disk full\)"):
        writer.drain()
    assert (writer.pending, done) == (2, [])
    with pytest.raises(WriteFailed):
        writer.close()
    full.clear()
    writer.close()
    assert done == ["first", "second"]


def test_what_failed_is_tried_again_by_itself_and_says_why_until_then(until: Until) -> None:
    writer = Writer(again=0.01)
    tries: list[str] = []
    full = threading.Event()
    full.set()

    def commit() -> None:
        tries.append("tried")
        if full.is_set():
            raise OSError("disk full")

    assert writer.refused is None
    writer.submit(commit)
    until(lambda: len(tries) > 3)
    assert "One change is not saved yet (disk full)" in str(writer.refused)
    assert isinstance(getattr(writer.refused, "__cause__", None), OSError)
    full.clear()
    until(lambda: writer.pending == 0)
    assert writer.refused is None
    writer.close()


def test_a_try_that_was_under_way_is_no_answer_to_who_drains(until: Until) -> None:
    writer = Writer(again=600)
    begun, go_on, answered = (threading.Event() for _ in range(3))
    tries: list[str] = []

    def commit() -> None:
        tries.append("tried")
        if len(tries) == 1:
            begun.set()
            assert_set(go_on)
            raise OSError("disk full")
        # Whoever takes the first try for an answer has it by now.
        answered.wait(0.3)

    writer.submit(commit)
    assert_set(begun)
    with ThreadPoolExecutor(1) as another:
        drained = another.submit(writer.drain)
        drained.add_done_callback(lambda _done: answered.set())
        until(lambda: writer._asked)
        go_on.set()
        drained.result(120)
    assert (writer.pending, tries) == (0, ["tried", "tried"])
    writer.close()
