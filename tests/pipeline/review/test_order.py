"""The order of the queue, over all of its pages."""

from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from db.queue import PAGE
from db.store import Store
from db.values import DecisionKind, QueueItem
from pipeline.review.order import explain_place, read_in_order
from tests.db.conftest import FOLDER, new_photo, outline, verdict
from tests.support.many_photos import BARE, Grade, add_photos

RANDOM = Random(3)
MIXED: list[Grade] = [*(RANDOM.random() for _ in range(PAGE + 20)), *[0.5] * 30]
MANY: dict[str, list[Grade]] = {
    "graded": MIXED,
    "ungraded": [None] * (PAGE + 1),
    "bare": [BARE] * (2 * PAGE),
    "all alike": [0.0] * (PAGE + 1),
    "mixed": RANDOM.sample([*MIXED, *[None] * 600, *[BARE] * 600], len(MIXED) + 1200),
}


def urgency(item: QueueItem) -> tuple[bool, bool, float, str]:
    """What the rule is, in a table that fits into memory."""
    grade = item.predicted_jaccard
    return not item.segmented, grade is None, grade or 0.0, item.path


def names(store: Store) -> list[str]:
    return [item.name for item in read_in_order(store, FOLDER, "ada")]


def test_it_begins_with_what_the_model_is_least_sure_of(store: Store) -> None:
    store.take_in(new_photo("0-bare.jpg"))
    outline(store, "1-unsaid.jpg")
    outline(store, "2-sure.jpg", predicted_jaccard=0.9)
    doubtful = outline(store, "3-doubtful.jpg", predicted_jaccard=0.2)
    queue = list(read_in_order(store, FOLDER, "ada"))
    assert [(item.name[0], item.predicted_jaccard, explain_place(item)) for item in queue] == [
        ("3", 0.2, "least sure first"),
        ("2", 0.9, "least sure first"),
        ("1", None, "by name"),
        ("0", None, "last, not outlined yet"),
    ]
    store.decide(verdict(store, doubtful, DecisionKind.ACCEPTED))
    assert [name[0] for name in names(store)] == ["3", "2", "1", "0"]


def test_it_says_where_there_is_perhaps_no_lesion(store: Store) -> None:
    outline(store, "1-skin.jpg", predicted_jaccard=0.1, lesion_probability=0.1)
    outline(store, "2-lesion.jpg", predicted_jaccard=0.3, lesion_probability=0.97)
    said = [(item.name[0], explain_place(item)) for item in read_in_order(store, FOLDER, "ada")]
    assert said == [("1", "early, perhaps no lesion"), ("2", "least sure first")]


@pytest.mark.parametrize("many", MANY)
def test_no_photo_is_lost_or_comes_twice_between_pages(store: Store, many: str) -> None:
    # Pages without a photo of the folder lie between.
    add_photos(store, "/elsewhere", [RANDOM.random() / 2 for _ in range(PAGE + 1)])
    add_photos(store, FOLDER, MANY[many])
    found = list(read_in_order(store, FOLDER, "ada"))
    assert len({item.photo_id for item in found}) == len(found) == len(MANY[many])
    assert found == sorted(found, key=urgency)


def test_a_photo_under_two_names_is_one_line_by_the_first(store: Store) -> None:
    outline(store, "b.jpg", predicted_jaccard=0.5)
    store.take_in(new_photo("c.jpg"))
    for content, name in (("b.jpg", "a.jpg"), ("c.jpg", "d.jpg")):
        store.take_in(new_photo(name, content=content))
    assert names(store) == ["a.jpg", "c.jpg"]
    store.mark_gone(f"{FOLDER}/a.jpg")
    assert names(store) == ["b.jpg", "c.jpg"]


def test_what_is_outlined_while_it_is_read_stands_where_it_stood(store: Store) -> None:
    for name in "ab":
        outline(store, f"{name}.jpg")
    store.take_in(new_photo("c.jpg"))
    reading = read_in_order(store, FOLDER, "ada")
    found = [next(reading).name]
    outline(store, "c.jpg", predicted_jaccard=0.1)
    outline(store, "d.jpg")
    assert [*found, *(item.name for item in reading)] == ["a.jpg", "b.jpg", "c.jpg"]
    assert names(store) == ["c.jpg", "a.jpg", "b.jpg", "d.jpg"]


def test_a_reading_that_is_left_lets_go_of_the_database(tmp_path: Path) -> None:
    path = tmp_path / "memory" / "nevus.db"
    with closing(Store.open(path)) as store:
        outline(store, "a.jpg")
        reading = read_in_order(store, FOLDER, "ada")
        next(reading)
        reading.close()
    assert {file.name for file in path.parent.iterdir()} == {
        "nevus.db", "nevus.db.lock", "nevus.maps.db",
    }  # fmt: skip
