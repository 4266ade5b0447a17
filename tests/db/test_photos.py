"""A photo is its pixels, not its path."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event

from benchmarks.export import PHOTO, new_outline
from benchmarks.sql import sent
from db.arrivals import Arrival, LookUp
from db.counting import Counts, FileCounts
from db.errors import StoreError
from db.sqlite.files import maps_beside
from db.store import Store
from db.values import Cause, DecisionKind
from tests.db.conftest import FOLDER, new_photo, outline, verdict

ROOT = Path(__file__).parents[2]
ADD_FOREVER = """
import sys
from pathlib import Path
from db.store import Store
from tests.db.conftest import new_photo
store = Store.open(Path(sys.argv[1]))
for number in range(100000):
    store.take_in(new_photo(f"{number}.jpg"))
    print(number, flush=True)
"""


def test_two_paths_are_one_photo(store: Store) -> None:
    first = store.take_in(new_photo("a.jpg"))
    second = store.take_in(new_photo("b.jpg", content="a.jpg"))
    assert first.photo_id == second.photo_id
    assert [item.name for item in store.queue(FOLDER)] == ["a.jpg"]
    store.mark_gone(f"{FOLDER}/a.jpg")
    assert [item.name for item in store.queue(FOLDER)] == ["b.jpg"]


def test_files_that_come_together_are_all_taken_in_or_none(store: Store) -> None:
    first, second = new_photo("a.jpg"), new_photo("b.jpg", content="a.jpg")
    nameless = replace(second.fingerprint, file_hash=None)  # type: ignore[arg-type]
    bad = replace(second, fingerprint=nameless)
    with pytest.raises(StoreError):
        store.take_in_all([Arrival(first), Arrival(bad)])
    assert store.files_under(FOLDER) == []
    one, other = store.take_in_all([Arrival(first), Arrival(second)])
    assert (one.photo_id, one.path_before) == (other.photo_id, None)
    assert other.path_before == f"{FOLDER}/a.jpg"


def test_changed_pixels_are_a_new_photo(store: Store) -> None:
    before = store.take_in(new_photo("a.jpg"))
    after = store.take_in(new_photo("a.jpg", content="other"))
    assert before.photo_id != after.photo_id
    assert [item.photo_id for item in store.queue(FOLDER)] == [after.photo_id]
    assert store.photo(before.photo_id).path == f"{FOLDER}/a.jpg"


def test_a_file_is_known_until_the_file_system_says_otherwise(store: Store) -> None:
    new = new_photo("a.jpg")
    photo_id = store.take_in(new).photo_id
    assert store.look_up(new.stat) == LookUp(True, photo_id, False, frozenset())
    assert not store.look_up(new_photo("a.jpg", modified=2).stat).known
    store.set_aside(new.stat, "it broke")
    assert store.look_up(new.stat) == LookUp(True, None, False, frozenset())
    assert store.counts(FOLDER) == Counts(gone=1, set_aside=1)
    assert store.file_counts(FOLDER) == FileCounts(known=1, done=1)


def test_a_folder_is_not_another_whose_name_begins_alike(store: Store) -> None:
    for name in ("a/x.jpg", "A/x.jpg", "a_/x.jpg", "ab/x.jpg"):
        store.take_in(new_photo(name))
    assert [item.path for item in store.queue(f"{FOLDER}/a")] == [f"{FOLDER}/a/x.jpg"]
    assert store.files_under(f"{FOLDER}/a") == [f"{FOLDER}/a/x.jpg"]


def test_the_queue_is_one_query_that_touches_no_blob(store: Store) -> None:
    for number in range(30):
        outline(store, f"{number}.jpg")
    asked: list[str] = []
    event.listen(
        store._engine, "before_cursor_execute", lambda _c, _u, sql, *_: asked.append(sql.lower())
    )
    assert len(list(store.queue(FOLDER))) == 30
    (query,) = [sql for sql in asked if sql.startswith("select")]
    assert not any(name in query for name in ("mask", "counts", "bits", "grid"))


def test_a_lost_cache_loses_maps_and_nothing_else(store: Store, database: Path) -> None:
    photo_id = outline(store, "a.jpg")
    stored = store.prediction(photo_id)
    assert stored is not None
    assert stored.grid.max() == np.float32(0.75)
    store.close()
    maps_beside(database).write_bytes(b"rubbish" * 1000)
    with closing(Store.open(database)) as again:
        assert again.prediction(photo_id) is None
        assert again.photo(photo_id).revision is not None


def test_another_models_outline_does_not_displace_a_decision(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED))
    before = store.photo(photo_id).revision
    outline(store, "a.jpg", model="n" * 64)
    assert store.photo(photo_id).revision == before
    assert store.look_up(new_photo("a.jpg").stat, "n" * 64).outlined


def test_one_look_says_whether_a_file_is_known_and_what_it_may_hold(store: Store) -> None:
    model, new = "m" * 64, new_photo("a.jpg")
    nothing: frozenset[str] = frozenset()
    assert store.look_up(new.stat, model) == LookUp(False, None, False, nothing)
    photo_id = store.take_in(new).photo_id
    assert store.look_up(new.stat, model) == LookUp(True, photo_id, False, nothing)
    outline(store, "a.jpg")
    contents = frozenset({"content-a.jpg"})
    assert store.look_up(new.stat, model) == LookUp(True, photo_id, True, contents)
    assert store.look_up(new.stat) == LookUp(True, photo_id, False, nothing)
    assert store.look_up(new.stat, "n" * 64) == LookUp(True, photo_id, False, nothing)
    touched = new_photo("a.jpg", modified=2).stat
    assert store.look_up(touched, model) == LookUp(False, None, False, contents)
    renamed = replace(new.stat, path=f"{FOLDER}/b.jpg")
    assert store.look_up(renamed, model) == LookUp(False, None, False, contents)
    assert store.look_up(replace(renamed, bytes=1), model).contents == nothing


@pytest.mark.parametrize("cause", Cause)
def test_a_look_knows_what_a_file_was_set_aside_for(store: Store, cause: Cause) -> None:
    outline(store, "a.jpg")
    stat = new_photo("a.jpg", modified=2).stat
    store.set_aside(stat, "It broke.", cause)
    contents = frozenset({"content-a.jpg"})
    found = store.look_up(stat, "m" * 64)
    faulty = cause in {Cause.FILE, Cause.FORGOTTEN}
    assert found == LookUp(faulty, None, False, contents)
    assert not store.look_up(new_photo("a.jpg", modified=3).stat, "m" * 64).known


def test_a_look_is_one_statement_and_a_new_photo_is_few(store: Store) -> None:
    outline(store, "first.jpg")
    with sent() as statements:
        store.look_up(new_photo("a.jpg").stat, "m" * 64)
    assert len(statements) == 2  # With the one that begins.
    with sent() as statements:
        outline(store, "a.jpg")
    in_database = [each for each in statements if " map" not in each]
    assert len([each for each in statements if each.startswith("BEGIN")]) == 2
    # One of them asks whether it was forgotten, one for the ids that come next.
    assert len(in_database) <= 15


@pytest.mark.parametrize("outlined", [False, True], ids=["bare", "outlined"])
def test_many_files_that_come_together_take_as_few_statements_as_few(
    store: Store, outlined: bool
) -> None:
    outline(store, "first.jpg")
    made = new_outline(np.ones((PHOTO.height, PHOTO.width), np.bool_)) if outlined else None
    took = []
    for count in (2, 12):
        names = [f"{count}-{number}.jpg" for number in range(count)]
        with sent() as statements:
            store.take_in_all([Arrival(new_photo(name), made) for name in names])
        took.append(len(statements))
        assert {item.name for item in store.queue(FOLDER)} >= {*names}
    few, many = took
    assert few == many > 0


def test_killed_in_the_middle_nothing_committed_is_lost(database: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", ADD_FOREVER, str(database)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    last = -1
    for line in child.stdout:
        last = int(line)
        if last >= 20:
            child.send_signal(signal.SIGKILL)
            break
    rest = child.stdout.read().split()
    child.stdout.close()
    child.wait(60)
    last = max([last, *map(int, rest)])
    with closing(Store.open(database)) as store:
        assert last < store.counts(FOLDER).photos <= last + 2


def test_a_photo_says_what_its_prediction_said(store: Store) -> None:
    details = store.photo(outline(store, "a.jpg", predicted_jaccard=0.75))
    assert details.predicted_jaccard == 0.75
    # 40 × 30 in the middle of a square: a quarter of its width was cut.
    assert details.unseen_fraction == pytest.approx(1 - 8 / 11)
    prediction = store.prediction(details.photo_id)
    assert prediction is not None
    assert (prediction.framing.name, prediction.predicted_jaccard) == ("centre", 0.75)
