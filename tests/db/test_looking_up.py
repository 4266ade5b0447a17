"""Many files looked up at once are known as each of them is by itself."""

from dataclasses import replace

import pytest

from benchmarks.sql import sent
from db.arrivals import Arrival, LookUp, Unchanged
from db.store import Store
from db.values import Cause
from imaging.values import FileStat
from tests.db.conftest import FOLDER, new_photo, outline

MODEL = "m" * 64
NOTHING = LookUp(known=False, photo_id=None, outlined=False, contents=frozenset())
MODELS = (None, MODEL, "n" * 64)


def known_by_itself(store: Store, stat: FileStat, model_hash: str | None) -> Unchanged | None:
    found = store.look_up(stat, model_hash)
    return Unchanged(found.photo_id, found.outlined) if found.known else None


@pytest.mark.parametrize("model_hash", MODELS)
def test_many_at_once_are_known_as_each_is_by_itself(store: Store, model_hash: str | None) -> None:
    outline(store, "outlined.jpg")
    outline(store, "of another.jpg", model="n" * 64)
    store.take_in(new_photo("bare.jpg"))
    store.take_in(new_photo("twin.jpg", content="outlined.jpg"))
    outline(store, "gone.jpg")
    store.mark_gone(f"{FOLDER}/gone.jpg")
    outline(store, "changed.jpg")
    store.take_in(new_photo("changed.jpg", content="later", modified=2))
    for cause in Cause:
        store.set_aside(new_photo(f"{cause}.jpg").stat, "It broke.", cause)
    outline(store, "broken since.jpg")
    store.set_aside(new_photo("broken since.jpg", modified=2).stat, "It broke.")
    names = [path.rsplit("/", 1)[-1] for path in store.files_under(FOLDER)]
    before = [new_photo(name).stat for name in [*names, "gone.jpg", "new.jpg"]]
    stats = [
        *before,
        *(replace(stat, modified_ns=2) for stat in before),
        *(replace(stat, inode=7) for stat in before),
        *(replace(stat, bytes=7) for stat in before),
        *(replace(stat, path=f"{stat.path} 2.jpg") for stat in before),
    ]
    found = store.unchanged(stats, model_hash)
    assert found == [known_by_itself(store, stat, model_hash) for stat in stats]
    assert len({each for each in found if each is not None}) > 3
    unheard_of = store.never_heard_of(stats)
    assert {store.look_up(stat, model_hash) for stat in unheard_of} == {NOTHING}
    # By its inode alone it might be one of the others, renamed.
    assert replace(new_photo("new.jpg").stat, inode=7) in unheard_of
    assert not unheard_of & set(before[:-1])


def test_a_page_of_files_takes_as_many_statements_as_one(store: Store) -> None:
    news = [new_photo(f"{number}.jpg") for number in range(600)]
    store.take_in_all([Arrival(new) for new in news])
    stats = [new.stat for new in news]
    asked = []
    for some in (stats[:1], stats):
        with sent() as statements:
            assert None not in store.unchanged(some, MODEL)
            assert store.never_heard_of(some) == set()
        asked.append([each for each in statements if each.startswith("SELECT")])
    one, many = map(len, asked)
    assert one == many == 4
    assert store.unchanged([]) == []
    assert store.never_heard_of([]) == set()
