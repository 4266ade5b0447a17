from collections.abc import Callable

from db.store import Store
from pipeline.lease import Lease

Until = Callable[[Callable[[], bool]], None]


def test_one_holds_it_and_renews_it_until_it_is_released(store: Store, until: Until) -> None:
    first, second = Lease(store, seconds=0.3), Lease(store, seconds=0.3)
    assert first.take()
    refusals = []

    def refused_for_long() -> bool:
        refusals.append(second.take())
        return len(refusals) > 60

    until(refused_for_long)
    assert not any(refusals)
    first.release()
    assert second.take()
    assert (first.held, second.held) == (False, True)
    second.release()


def test_a_holder_that_ends_without_a_word_loses_it(store: Store, until: Until) -> None:
    assert store.take_lease("killed", 0.2)
    lease = Lease(store, seconds=0.2)
    until(lease.take)
    lease.release()
