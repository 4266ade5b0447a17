"""Work on every core: results in order, failures at their turn, and no more begun than needed."""

from collections.abc import Iterator
from threading import Barrier, get_ident

import pytest

from pipeline.exchange.abreast import AHEAD, abreast
from pipeline.settings import usable_cores

LONG = 10.0
"""Seconds until a test gives up."""


def test_results_come_in_order_also_where_the_first_takes_longest() -> None:
    both = Barrier(2)
    done: list[int] = []

    def work(number: int) -> int:
        if number == 0 and usable_cores() > 1:
            both.wait(LONG)
        if number == 1 and usable_cores() > 1:
            done.append(number)
            both.wait(LONG)
        return number * number

    assert list(abreast(work, range(50))) == [number * number for number in range(50)]


def test_what_is_given_is_asked_by_the_caller_s_thread_and_not_ahead_of_need() -> None:
    asked = 0

    def given() -> Iterator[int]:
        nonlocal asked
        for number in range(100):
            assert get_ident() == caller
            asked += 1
            yield number

    caller = get_ident()
    for done, _ in enumerate(abreast(lambda number: number, given()), start=1):
        assert asked <= done + usable_cores() + AHEAD


def test_a_failure_comes_at_its_turn() -> None:
    results = abreast(lambda number: 1 / (3 - number), range(10))
    assert [next(results) for _ in range(3)] == [1 / 3, 1 / 2, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert list(results) == []


def test_where_the_stream_fails_what_came_before_comes_first() -> None:
    def given() -> Iterator[int]:
        yield from range(4)
        raise LookupError("no more")

    results = abreast(lambda number: number, given())
    assert [next(results) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(LookupError, match="no more"):
        next(results)


def test_whoever_stops_listening_leaves_nothing_at_work() -> None:
    started = 0

    def work(number: int) -> int:
        nonlocal started
        started += 1
        return number

    results = abreast(work, range(1000))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert started <= usable_cores() + AHEAD + 1
