"""What an export reads: a constant number of statements, and all of it as it is at one moment."""

from pathlib import Path

import pytest

from benchmarks.sql import sent
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import FOLDER, correct, new_photo, outline, verdict

ALL = list(DecisionKind)


def accept(store: Store, *names: str) -> None:
    for name in names:
        store.decide(verdict(store, outline(store, name), DecisionKind.ACCEPTED))


def paths(store: Store) -> list[str]:
    return [photo.files[0].path for photo in store.reviewed(ALL, FOLDER)]


def test_many_photos_are_read_with_as_many_statements_as_few(store: Store) -> None:
    accept(store, "a.jpg", "b.jpg")
    with sent() as few:
        list(store.reviewed(ALL, FOLDER))
    accept(store, *(f"{number}.jpg" for number in range(10)))
    with sent() as many:
        assert len(list(store.reviewed(ALL, FOLDER))) == 12
    assert len(many) == len(few)


def test_a_decision_made_meanwhile_is_wholly_out(store: Store) -> None:
    accept(store, "a.jpg", "b.jpg", "c.jpg")
    with store.at_one_moment() as seen:
        places = [place.path for place in seen.reviewed_places(ALL, FOLDER)]
        accept(store, "0.jpg")
        corrected = correct(store, 1)
        store.take_back("ada")
        store.mark_gone(f"{FOLDER}/b.jpg")
        photos = list(seen.reviewed(ALL, FOLDER))
    assert [photo.files[0].path for photo in photos] == places
    assert {photo.decision.kind for photo in photos} == {DecisionKind.ACCEPTED}
    assert corrected not in {photo.revision.id for photo in photos if photo.revision}
    assert paths(store) == [f"{FOLDER}/{name}.jpg" for name in "0ac"]


def test_they_come_by_the_first_of_their_paths_below_the_folder(store: Store) -> None:
    accept(store, "c.jpg", "b.jpg")
    store.take_in(new_photo("a/c.jpg", content="c.jpg"))
    [place, _] = store.reviewed_places(ALL, FOLDER)
    assert (place.path, place.content_hash) == (f"{FOLDER}/a/c.jpg", "content-c.jpg")
    assert paths(store) == [f"{FOLDER}/a/c.jpg", f"{FOLDER}/b.jpg"]
    assert [len(photo.files) for photo in store.reviewed(ALL, FOLDER)] == [2, 1]
    [elsewhere] = store.reviewed(ALL, f"{FOLDER}/a")
    assert [file.path for file in elsewhere.files] == [f"{FOLDER}/a/c.jpg"]


@pytest.mark.parametrize("failure", [ValueError("no number"), OSError("no room")])
def test_a_failure_of_the_reader_is_none_of_the_database(
    store: Store, database: Path, failure: Exception
) -> None:
    def work(_: Store) -> None:
        raise failure

    with pytest.raises(type(failure), match=str(failure)):
        Store.read(database, work)
    with pytest.raises(type(failure), match=str(failure)), store.at_one_moment() as seen:
        work(seen)
