"""A disk that is full and a database that is taken away, while a folder is segmented."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from db.errors import DiskFull, MovedDatabase
from db.sqlite.files import maps_beside
from db.store import Store
from pipeline.intake.segment import Told, Totals, segment_folder
from pipeline.work.scorer import Pool
from tests.db.conftest import outline
from tests.support.full_disk import Disk

Draw = Callable[..., Path]
At = Callable[[int], object]


@pytest.fixture
def three(folder: Path, draw: Draw) -> None:
    for number in range(3):
        draw(folder / f"{number}.jpg", at=(number * 10, 0))


def run(store: Store, scorer: Pool, folder: Path, at: At = lambda _done: None) -> Totals:
    """Segment it; `at` is told after each photo how many are done."""

    def hear(done: int, _total: int) -> None:
        at(done)

    told = Told(hear, lambda _remark: None)
    return segment_folder(store, scorer, folder, told)


@pytest.mark.usefixtures("three")
def test_a_full_disk_is_said_and_with_room_it_goes_on_where_it_was(
    store: Store, scorer: Pool, folder: Path
) -> None:
    disk = Disk(store, outline(store, "filler.jpg"))

    def fill(done: int) -> None:
        if done == 1:
            disk.fill()
            # What is half empty of the other tables' pages.
            with suppress(DiskFull):
                for number in count():
                    outline(store, f"{number}.jpg")

    with pytest.raises(DiskFull, match="no room left"):
        run(store, scorer, folder, fill)
    disk.make_room()
    assert store.counts(str(folder)).outlined == 1
    totals = run(store, scorer, folder)
    assert (totals.segmented, totals.known) == (2, 1)


@pytest.mark.usefixtures("three")
def test_a_database_that_vanishes_is_said_and_put_back_it_goes_on_where_it_was(
    store: Store, scorer: Pool, folder: Path
) -> None:
    away = store.path.with_name("away.db")
    with pytest.raises(MovedDatabase, match="Put it back"):
        run(store, scorer, folder, lambda done: store.path.rename(away) if done == 1 else None)
    assert not store.path.exists()
    away.rename(store.path)
    totals = run(store, scorer, folder)
    assert (totals.segmented, totals.known) == (2, 1)


@pytest.mark.usefixtures("three")
def test_maps_that_vanish_stop_nothing(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    maps = maps_beside(store.path)
    run(store, scorer, folder, lambda done: maps.unlink() if done == 3 else None)
    assert not maps.exists()
    draw(folder / "late.jpg", at=(0, 20))
    totals = run(store, scorer, folder)
    assert (totals.segmented, totals.known) == (1, 3)
    kept = [store.prediction(item.photo_id) is not None for item in store.queue(str(folder))]
    assert sorted(kept) == [False, False, False, True]
