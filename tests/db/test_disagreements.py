"""What changes in the store where another model is used."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from db.disagreements import Disagreement
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import FOLDER, correct, edit, outline, revision_of, verdict

OLD, NEW = "m" * 64, "n" * 64


def drawn_by(store: Store, photo_id: int) -> str:
    receipt = store.photo(photo_id).receipt
    assert receipt is not None
    return receipt.model_hash


def both(store: Store, name: str) -> int:
    """A photo that the old model outlined, and the new one since."""
    photo_id = outline(store, name, OLD, 0.5)
    assert outline(store, name, NEW, 0.9) == photo_id
    return photo_id


def note(store: Store, value: float, model: str = NEW) -> list[int]:
    """All that is to be compared has this value; the photos."""
    found = store.apart(model, 10)
    store.note_disagreements(model, [Disagreement(each, value) for each in found])
    return [each.photo_id for each in found]


def contradictions(store: Store) -> list[str]:
    """But for those of drafts, whose edits here are none that a mask could have had."""
    return [said for said in store.contradictions() if not said.startswith("Draft")]


def test_back_at_a_model_undecided_photos_stand_on_what_it_drew_before(store: Store) -> None:
    photo_id = both(store, "a.jpg")
    assert drawn_by(store, photo_id) == NEW
    assert store.begin_use(OLD) == 1
    assert drawn_by(store, photo_id) == OLD
    [item] = store.queue(FOLDER)
    assert item.predicted_jaccard == 0.5
    assert store.begin_use(OLD) == 0
    assert store.begin_use(NEW) == 1
    assert drawn_by(store, photo_id) == NEW


def test_whatever_somebody_works_on_stays(store: Store) -> None:
    decided, drafted = both(store, "decided.jpg"), both(store, "drafted.jpg")
    corrected, skipped = both(store, "corrected.jpg"), both(store, "skipped.jpg")
    store.decide(verdict(store, decided, DecisionKind.ACCEPTED))
    store.decide(verdict(store, skipped, DecisionKind.SKIPPED))
    store.add_edit("bo", drafted, revision_of(store, drafted), 0, edit(0))
    correct(store, corrected)
    before = {photo: revision_of(store, photo) for photo in (decided, drafted, corrected, skipped)}
    assert store.begin_use(OLD) == 0
    assert {photo: revision_of(store, photo) for photo in before} == before
    assert contradictions(store) == []


def test_that_another_model_is_used_is_news_once(store: Store) -> None:
    both(store, "a.jpg")
    heard = [store.hear().arrived]
    for model in (OLD, OLD, NEW):
        store.begin_use(model)
        heard.append(store.hear().arrived)
    assert heard[0] != heard[1] == heard[2] != heard[3]


def test_only_decisions_on_another_outline_are_compared(store: Store) -> None:
    photos = {}
    for kind in DecisionKind:
        photos[kind] = outline(store, f"{kind}.jpg", OLD)
        if kind is DecisionKind.CORRECTED:
            correct(store, photos[kind])
        else:
            store.decide(verdict(store, photos[kind], kind))
        outline(store, f"{kind}.jpg", NEW)
    on_new = both(store, "on_new.jpg")
    store.decide(verdict(store, on_new, DecisionKind.ACCEPTED))
    outline(store, "waiting.jpg", OLD)
    outline(store, "waiting.jpg", NEW)
    assert store.apart(OLD, 10)[0].photo_id == on_new
    store.begin_use(NEW)
    found = {each.photo_id: each for each in store.apart(NEW, 10)}
    kinds = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED, DecisionKind.NO_LESION)
    assert found.keys() == {photos[kind] for kind in kinds}
    assert found[photos[DecisionKind.NO_LESION]].decided is None
    assert found[photos[DecisionKind.CORRECTED]].decided == store.mask(
        revision_of(store, photos[DecisionKind.CORRECTED])
    )
    assert len(store.apart(NEW, 2)) == 2
    assert set(note(store, 0.25)) == found.keys()
    assert store.apart(NEW, 10) == []
    assert {item.photo_id for item in store.queue(FOLDER) if item.disagreement == 0.25} == set(
        found
    )
    assert contradictions(store) == []


def test_the_figure_is_the_decision_s_and_the_model_s(store: Store) -> None:
    photo_id = outline(store, "a.jpg", OLD)
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED))
    outline(store, "a.jpg", NEW)
    store.begin_use(NEW)
    note(store, 0.25)
    assert store.photo(photo_id).disagreement == 0.25
    store.begin_use(OLD)
    assert store.photo(photo_id).disagreement is None
    store.begin_use(NEW)
    assert store.photo(photo_id).disagreement == 0.25
    store.decide(verdict(store, photo_id, DecisionKind.NO_LESION))
    assert store.photo(photo_id).disagreement is None
    assert note(store, 1.0) == [photo_id]
    [line] = store.queue_lines(FOLDER, [photo_id])
    assert line.disagreement == 1.0
    store.take_back("ada")
    assert store.photo(photo_id).disagreement == 0.25


def test_it_goes_with_a_photo_that_is_forgotten(store: Store) -> None:
    photo_id = outline(store, "a.jpg", OLD)
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED))
    outline(store, "a.jpg", NEW)
    found = store.apart(NEW, 10)
    note(store, 0.25)
    [known] = store.photos_called(f"#{photo_id}")
    assert store.forget_photo(known, "ada").rows["disagreement"] == 1
    store.note_disagreements(NEW, [Disagreement(found[0], 0.5)])
    assert store.row_counts()["disagreement"] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("value = 1.5", "is 1.5, which no 1 - Jaccard is"),
        ("outline_id = 1", "not what its model drew"),
        ("photo_id = 2", "points with decision_id at decision"),
    ],
)
def test_one_that_contradicts_is_found(
    store: Store, database: Path, change: str, words: str
) -> None:
    photo_id = outline(store, "a.jpg", OLD)
    outline(store, "b.jpg", OLD)
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED))
    outline(store, "a.jpg", NEW)
    note(store, 0.25)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"UPDATE disagreement SET {change}")
    assert words in " ".join(store.contradictions())


def test_an_outline_that_was_brought_is_not_replaced(store: Store, database: Path) -> None:
    photo_id = outline(store, "a.jpg", OLD)
    brought = revision_of(store, photo_id)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE revision SET origin = 'imported', prediction_id = NULL")
    outline(store, "a.jpg", NEW)
    assert revision_of(store, photo_id) == brought
    assert store.begin_use(NEW) == 0
    assert revision_of(store, photo_id) == brought


def test_taken_back_on_nothing_the_model_in_use_draws(store: Store) -> None:
    photo_id = both(store, "a.jpg")
    store.begin_use(OLD)
    found = store.model_outline(photo_id, None)
    assert found is not None
    assert found.id == revision_of(store, photo_id)
    assert replace(found) == store.photo(photo_id).revision
