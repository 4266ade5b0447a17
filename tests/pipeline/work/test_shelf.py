"""Each picture is made once, kept while there is room, and forgotten when its file changes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from imaging.framing import Size
from imaging.values import Fingerprint
from pipeline.work.shelf import FileState, Shelf, Whole

Until = Callable[[Callable[[], bool]], None]
SIDE = 20
BYTES = SIDE * SIDE * 3


def picture(number: int) -> Whole:
    size = Size(SIDE, SIDE)
    pixels = np.full((SIDE, SIDE, 3), number, np.uint8)
    return Whole(Fingerprint("", str(number), "PNG", size), size, (pixels,))


def state_of(path: Path) -> FileState:
    path.write_bytes(path.name.encode())
    state = FileState.of(path)
    assert state is not None
    return state


def test_the_last_ones_used_are_kept(tmp_path: Path) -> None:
    shelf = Shelf(3 * BYTES)
    states = [state_of(tmp_path / str(number)) for number in range(4)]
    for number, state in enumerate(states):
        shelf.fetch(state, partial(picture, number))
        shelf.find(states[0])
    assert [shelf.find(state) is not None for state in states] == [True, False, True, True]
    assert shelf.bytes == 3 * BYTES


def test_what_two_ask_for_is_made_once(tmp_path: Path, until: Until) -> None:
    shelf, state = Shelf(BYTES), state_of(tmp_path / "a")
    made, go_on = [], threading.Event()

    def make() -> Whole:
        made.append(1)
        assert go_on.wait(60)
        return picture(1)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shelf.fetch, state, make)
        until(lambda: shelf.is_making(state))
        second = pool.submit(shelf.fetch, state, make)
        go_on.set()
        assert first.result() is second.result()
    assert made == [1]


def test_a_failure_reaches_both_and_is_not_kept(tmp_path: Path, until: Until) -> None:
    shelf, state = Shelf(BYTES), state_of(tmp_path / "a")
    go_on = threading.Event()

    def fail() -> Whole:
        assert go_on.wait(60)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shelf.fetch, state, fail)
        until(lambda: shelf.is_making(state))
        second = pool.submit(shelf.fetch, state, fail)
        go_on.set()
        for answer in (first, second):
            with pytest.raises(ValueError, match="no"):
                answer.result()
    assert shelf.fetch(state, lambda: picture(2)).fingerprint.content_hash == "2"


def test_what_was_written_while_it_was_read_is_not_kept(tmp_path: Path) -> None:
    shelf, state = Shelf(BYTES), state_of(tmp_path / "a")

    def make() -> Whole:
        state.path.write_bytes(b"longer than it was before")
        return picture(1)

    assert shelf.fetch(state, make).fingerprint.content_hash == "1"
    assert shelf.find(state) is None
    assert shelf.bytes == 0


def test_a_file_that_is_not_there_has_no_state(tmp_path: Path) -> None:
    assert FileState.of(tmp_path / "none") is None
