"""Files are looked at in their order, each once, and one with bad luck when its pause is over."""

from collections.abc import Callable
from pathlib import Path

from pipeline.intake.agenda import Agenda

Until = Callable[[Callable[[], bool]], None]
A, B, C, D = (Path(f"{name}.jpg") for name in "abcd")
NONE: tuple[Path, ...] = ()


def test_first_come_first_served_and_each_once() -> None:
    agenda = Agenda()
    for path in (B, A, B):
        agenda.add(path)
    assert [agenda.take(NONE), agenda.take(NONE), agenda.take(NONE)] == [B, A, None]
    assert not agenda


def test_one_in_work_waits_until_it_is_settled() -> None:
    agenda = Agenda()
    agenda.add(A)
    agenda.add(B)
    assert agenda.take({A}) == B
    assert agenda.take({A}) is None
    assert agenda.take(NONE) == A


def test_a_postponed_file_comes_behind_all_that_wait() -> None:
    agenda = Agenda()
    agenda.postpone(A)
    agenda.add(B)
    assert [agenda.take(NONE), agenda.take(NONE), agenda.take(NONE)] == [B, A, None]


def test_what_was_put_last_comes_behind_all_else_and_each_once() -> None:
    agenda = Agenda()
    agenda.put_last([A, B])
    agenda.postpone(C)
    agenda.add(D)
    agenda.add(B)
    assert [agenda.take(NONE) for _ in range(5)] == [D, B, C, A, None]
    assert not agenda
    agenda.put_last([A])
    assert agenda
    agenda.drop(A)
    assert agenda.take(NONE) is None


def test_each_pause_is_twice_as_long_until_the_longest() -> None:
    agenda = Agenda(pause=1000, longest=3000)
    lengths = []
    for _ in range(4):
        agenda.postpone(A)
        left = agenda.seconds_left()
        assert left is not None
        lengths.append(round(left, -3))
    assert lengths == [1000, 2000, 3000, 3000]
    assert agenda.take(NONE) is None


def test_what_changed_or_went_well_has_no_bad_luck_any_more() -> None:
    for forget in (Agenda.add, Agenda.settle):
        agenda = Agenda(pause=1000)
        agenda.postpone(A)
        agenda.postpone(A)
        forget(agenda, A)
        agenda.take(NONE)
        assert agenda.seconds_left() is None
        agenda.postpone(A)
        left = agenda.seconds_left()
        assert left is not None
        assert left <= 1000


def test_what_is_gone_does_not_come() -> None:
    agenda = Agenda()
    agenda.add(A)
    agenda.postpone(B)
    agenda.add(C)
    agenda.drop(A)
    agenda.drop(B)
    assert [agenda.take(NONE), agenda.take(NONE)] == [C, None]
    assert agenda.seconds_left() is None


def test_what_is_left_of_a_page_comes_first_and_in_its_order() -> None:
    agenda = Agenda()
    for path in (A, B, C, D):
        agenda.add(path)
    assert agenda.take_page({B}, 2) == [A, C]
    agenda.put_first([A, C])
    # No further page before this one is done.
    assert agenda.take_page(NONE, 2) == []
    agenda.add(C)
    assert [agenda.take(NONE) for _ in range(5)] == [A, C, B, D, None]


def test_what_changes_while_its_page_is_looked_up_comes_again() -> None:
    agenda = Agenda()
    agenda.add(A)
    assert agenda.take_page(NONE, 2) == [A]
    assert not agenda
    agenda.add(A)
    agenda.put_first([])
    assert agenda
    assert agenda.take(NONE) == A


def test_what_is_gone_is_left_out_of_its_page() -> None:
    agenda = Agenda()
    for path in (A, B):
        agenda.add(path)
    agenda.put_first(agenda.take_page(NONE, 2))
    agenda.drop(A)
    assert [agenda.take(NONE), agenda.take(NONE)] == [B, None]


def test_a_pause_ends(until: Until) -> None:
    agenda = Agenda(pause=0.01)
    agenda.postpone(A)
    until(lambda: agenda.take(NONE) == A)
