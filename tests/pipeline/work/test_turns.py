import threading
from collections.abc import Callable

import pytest

from pipeline.work.turns import Turns, Urgency

Until = Callable[[Callable[[], bool]], None]


def test_the_screen_goes_ahead_of_what_waits_in_the_background(until: Until) -> None:
    turns = Turns()
    order: list[str] = []
    threads = []

    def work(name: str, urgency: Urgency) -> None:
        with turns.turn(urgency):
            order.append(name)

    with turns.turn(Urgency.BACKGROUND):
        for name, urgency in [
            ("first", Urgency.BACKGROUND),
            ("second", Urgency.BACKGROUND),
            ("view", Urgency.SCREEN),
        ]:
            thread = threading.Thread(target=work, args=(name, urgency))
            thread.start()
            threads.append(thread)
            until(lambda: turns.waiting == len(threads))
    for thread in threads:
        thread.join(120)
    assert order == ["view", "first", "second"]


def test_a_failed_block_gives_its_turn_back() -> None:
    turns = Turns()
    with pytest.raises(RuntimeError), turns.turn(Urgency.SCREEN):
        raise RuntimeError
    order = []
    with turns.turn(Urgency.BACKGROUND):
        order.append("next")
    assert order == ["next"]
