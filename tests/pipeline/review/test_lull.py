"""A photo that is drawn goes first, and holds up nobody who would wait for it in vain."""

import threading

import pytest

import pipeline.review.lull
from pipeline.review.lull import Lull

LONG = 600.0


def test_who_waits_goes_on_as_soon_as_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.review.lull, "AT_MOST", LONG)
    lull, done = Lull(), list[str]()
    lull.begin()

    def work() -> None:
        lull.wait()
        done.append("work")

    working = threading.Thread(target=work, daemon=True)
    working.start()
    done.append("drawn")
    lull.end()
    working.join()
    assert done == ["drawn", "work"]


def test_nobody_waits_for_ever_or_longer_where_it_begins_again() -> None:
    lull = Lull()
    lull.begin()
    until = lull._until
    lull.wait()
    lull.begin()
    assert lull._until == until
    lull.wait()
