"""What was seen of files: a clock that the test turns says when they are due and calm."""

from pathlib import Path

from pipeline.intake.sights import Pace, Sights
from pipeline.intake.signature import Signature

A, B = Path("a.jpg"), Path("b.jpg")
OLD: Signature = (1, 100, 5, 5)
LONGER: Signature = (1, 200, 6, 6)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def settled(clock: Clock, *paths: Path) -> Sights:
    """Files that lay there, were handed on, and have been let go of."""
    sights = Sights(Pace(settle=1, calm=2), clock)
    for path in paths:
        sights.note(path, OLD)
    clock.now += 5
    for path in sights.due():
        assert sights.hand_on(path)
    clock.now += 5
    assert sights.due() == []
    return sights


def test_what_stands_still_is_due_once() -> None:
    clock = Clock()
    sights = Sights(Pace(settle=1), clock)
    sights.note(A, OLD)
    assert (sights.due(), sights.next_due()) == ([], 101.0)
    clock.now = 101.0
    assert sights.due() == [A]
    sights.note(A, LONGER)
    assert not sights.hand_on(A)
    clock.now = 103.0
    assert sights.due() == [A]
    assert sights.hand_on(A)
    assert not sights.hand_on(A)
    assert (sights.due(), sights.next_due()) == ([], None)


def test_what_is_calm_is_due_again_when_it_changes_or_is_asked_for() -> None:
    clock = Clock()
    sights = settled(clock, A, B)
    sights.note(A, OLD)
    assert sights.next_due() is None
    assert sights.calm(A)
    sights.again(A)
    assert sights.due() == [A]
    assert sights.calm(A)
    sights.note(B, LONGER, whole=True)
    assert sights.due() == [A, B]
    assert not sights.calm(B)


def test_what_is_gone_is_known_no_more() -> None:
    sights = settled(Clock(), A, B)
    assert sights.missing([A]) == {B}
    assert [sights.miss(B), sights.miss(B)] == [True, False]
    sights.again(B)
    assert (len(sights), sights.due()) == (1, [])


def test_of_files_that_are_calm_nothing_is_looked_at_when_another_comes() -> None:
    sights = settled(Clock(), *(Path(f"{number}.jpg") for number in range(1000)))
    assert len(sights) == 1000
    sights.note(A, OLD, whole=True)
    assert (list(sights._waiting), list(sights._handed)) == ([A], [])
