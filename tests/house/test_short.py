"""The short loop does without what costs seconds, and says of whom it was asked for."""

import multiprocessing
import os
import sys

import pytest
from hypothesis import settings

from tests.support.short import LIBRARIES, TooSlow, without_what_is_slow
from tests.support.tries import HANDFUL, MANY, tries, try_a_handful, try_many


@pytest.mark.parametrize("name", sorted(LIBRARIES))
def test_a_library_that_takes_seconds_is_loaded_by_no_test(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, name, raising=False)
    with without_what_is_slow(), pytest.raises(TooSlow, match=f"loads {name}: mark it slow"):
        __import__(name)


def test_a_process_is_started_by_no_test() -> None:
    process = multiprocessing.get_context("spawn").Process(target=print)
    with without_what_is_slow():
        for start in (process.start, os.fork):
            with pytest.raises(TooSlow, match="starts a process: mark it slow"):
                start()


def test_afterwards_all_is_as_it_was() -> None:
    with without_what_is_slow():
        pass
    process = multiprocessing.get_context("spawn").Process(target=str)
    process.start()
    process.join()
    assert process.exitcode == 0


@pytest.mark.parametrize(("wanted", "short"), [(200, HANDFUL), (3, 3)])
def test_hypothesis_tries_a_handful(wanted: int, short: int) -> None:
    assert tries(wanted) == wanted
    try_a_handful()
    try:
        assert tries(wanted) == short
        assert settings().max_examples == HANDFUL
    finally:
        try_many()
    assert settings().max_examples == MANY
