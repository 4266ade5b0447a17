"""The maps take no more room than they may, and those that somebody waits for go last."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.sqlite.files import maps_beside
from db.sqlite.map_check import MapKey, kept_maps
from db.sqlite.maps import KeptMap, Maps
from db.sqlite.pruning import MOST_AT_ONCE
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import outline, verdict
from tests.db.sqlite.test_maps import locked

MODEL, FRAMING = "m" * 64, "centre"
NOTHING = 1
"""A budget into which no map fits."""
NUMBERS = np.random.default_rng(0).random((64, 64), np.float32).astype(np.float16)
MAP_BYTES = 12_288
"""Three pages."""


def names(maps: Path) -> list[str]:
    return sorted(content for content, _, _ in kept_maps(maps).sound)


def put(maps: Maps, numbers: Sequence[int]) -> None:
    grid = NUMBERS.astype(np.float32)
    maps.put_all([KeptMap(f"{number:04}", MODEL, FRAMING, grid) for number in numbers])


def nobody_waits(_maps: Sequence[MapKey]) -> set[MapKey]:
    return set()


@pytest.mark.slow
def test_maps_of_undecided_photos_go_last_and_the_oldest_first(database: Path) -> None:
    count = MOST_AT_ONCE + 4
    with closing(Store.open(database)) as store:
        photos = [outline(store, f"{number:04}.jpg") for number in range(count)]
        for photo in photos[-3:-1]:
            store.decide(verdict(store, photo, DecisionKind.ACCEPTED))
        store.decide(verdict(store, photos[-1], DecisionKind.ACCEPTED))
        store.take_back("ada")
    with closing(Store.open(database, maps_budget=NOTHING)) as store:
        outline(store, "later.jpg")
        assert names(maps_beside(database)) == [
            # Of these the last was decided on, and that was taken back.
            *(f"content-{number:04}.jpg" for number in (*range(62, 65), 67)),
            "content-later.jpg",
        ]
        assert store.prediction(photos[-2]) is None
        assert store.photo(photos[-2]).decision is DecisionKind.ACCEPTED


def test_one_that_is_computed_again_counts_too(database: Path) -> None:
    with closing(Store.open(database)) as store:
        photo = outline(store, "a.jpg")
        made = store.prediction(photo)
        assert made is not None
    with closing(Store.open(database, maps_budget=NOTHING)) as store:
        assert store.keep_map(photo, "content-a.jpg", made)
        assert names(maps_beside(database)) == []


def test_a_file_that_is_kept_full_grows_no_more(store: Store, database: Path) -> None:
    path, budget = maps_beside(database), 3 * MOST_AT_ONCE * MAP_BYTES
    with closing(Maps(database, budget)) as maps:
        sizes = []
        for begin in range(0, 8 * MOST_AT_ONCE, MOST_AT_ONCE):
            put(maps, range(begin, begin + MOST_AT_ONCE))
            maps.prune(nobody_waits)
            sizes.append(path.stat().st_size)
        assert max(sizes) <= budget
        assert len(names(path)) >= 2 * MOST_AT_ONCE
        assert names(path)[-1] == f"{8 * MOST_AT_ONCE - 1:04}"


def test_a_smaller_budget_gives_the_room_back_little_by_little(
    store: Store, database: Path
) -> None:
    path = maps_beside(database)
    with closing(Maps(database)) as maps:
        put(maps, range(3 * MOST_AT_ONCE))
        maps.prune(nobody_waits)
        assert len(names(path)) == 3 * MOST_AT_ONCE
    budget = MOST_AT_ONCE * MAP_BYTES
    with closing(Maps(database, budget)) as maps:
        maps.prune(nobody_waits)
        assert len(names(path)) == 2 * MOST_AT_ONCE
        maps.prune(nobody_waits)
        maps.prune(nobody_waits)
        assert path.stat().st_size <= budget
        assert 0 < len(names(path)) <= MOST_AT_ONCE
        kept = maps.get(names(path)[0], MODEL, FRAMING)
        assert kept is not None
        assert np.array_equal(kept, NUMBERS.astype(np.float32))


def test_where_another_program_holds_it_nothing_goes(store: Store, database: Path) -> None:
    with closing(Maps(database, NOTHING)) as maps:
        put(maps, [1])
        with locked(maps_beside(database)):
            maps.prune(nobody_waits)
        assert names(maps_beside(database)) == ["0001"]
