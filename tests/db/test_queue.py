"""The queue and the counts: what lies in a folder, where it stands, and for whom it has edits."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from benchmarks.sql import sent
from db.counting import Counts, FileCounts
from db.queue import PAGE, Among
from db.store import Store
from db.values import Cause, DecisionKind, Origin, QueueItem, SetAside
from tests.db.conftest import FOLDER, correct, edit, new_photo, outline, revision_of, verdict


def draw(store: Store, photo_id: int, reviewer: str = "ada") -> int:
    """One more edit on the photo as it stands; the draft."""
    base = revision_of(store, photo_id)
    draft = store.draft(reviewer, photo_id, base)
    cursor = draft.cursor if draft else 0
    return store.add_edit(reviewer, photo_id, base, cursor, edit(cursor)).draft_id


def only(store: Store, reviewer: str | None = "ada") -> QueueItem:
    [item] = store.queue(FOLDER, reviewer)
    return item


@pytest.mark.parametrize(
    ("kind", "new"),
    [
        (DecisionKind.ACCEPTED, True),
        (DecisionKind.REJECTED, False),
        (DecisionKind.NO_LESION, False),
        (DecisionKind.SKIPPED, False),
    ],
)
def test_edits_from_before_a_decision_are_new_to_it_only_if_it_holds_the_bare_outline(
    store: Store, kind: DecisionKind, new: bool
) -> None:
    photo_id = outline(store, "a.jpg")
    draw(store, photo_id)
    store.decide(verdict(store, photo_id, kind))
    assert (only(store).has_draft, only(store).edited_since) == (True, new)
    draw(store, photo_id)
    assert only(store).edited_since is (kind is not DecisionKind.SKIPPED)
    reviewed = list(store.reviewed([kind]))
    assert [photo.edited_since for photo in reviewed] == [kind is not DecisionKind.SKIPPED]


def test_what_a_correction_was_made_of_is_not_new_to_it(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    correct(store, photo_id)
    assert (only(store).has_draft, only(store).edited_since) == (False, False)
    draft = draw(store, photo_id)
    assert (only(store).has_draft, only(store).edited_since) == (True, True)
    assert (only(store, "bob").has_draft, only(store, None).edited_since) == (False, True)
    store.move_cursor(draft, 0)
    assert (only(store).has_draft, only(store).edited_since) == (False, False)


def test_a_decision_that_was_taken_back_leaves_the_draft_it_was_made_of(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    correct(store, photo_id)
    store.take_back("ada")
    item = only(store)
    assert (item.decision, item.decision_id, item.has_draft) == (None, None, True)
    assert item.edited_since is False


def test_a_photo_whose_files_have_gone_is_in_no_queue_and_is_known(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.take_in(new_photo("b.jpg", content="a.jpg"))
    for name, left in (("a.jpg", ["b.jpg"]), ("b.jpg", [])):
        store.mark_gone(f"{FOLDER}/{name}")
        assert [item.name for item in store.queue(FOLDER)] == left
    assert store.files_under(FOLDER) == []
    assert store.photo(photo_id).path == f"{FOLDER}/a.jpg"
    assert store.find_photo("content-a.jpg") == photo_id
    store.take_in(new_photo("a.jpg"))
    assert only(store).photo_id == photo_id


@pytest.mark.parametrize("among", [Among.ALL, Among.UNGRADED])
def test_a_photo_of_very_many_paths_is_one_line_and_each_path_is_read_once(
    store: Store, among: Among
) -> None:
    photo_id = outline(store, "b.jpg")
    add_copies(store, photo_id, 4 * PAGE)
    first, last = outline(store, "a.jpg"), outline(store, "z.jpg")
    with sent() as statements:
        found = [item.photo_id for item in store.queue(FOLDER, "ada", among)]
    assert found == [first, photo_id, last]
    # The paths' own pages, and one more for those three besides.
    assert len([text for text in statements if text.startswith("SELECT")]) == 5


def add_copies(store: Store, photo_id: int, count: int) -> None:
    """More files of a photo, without the time that it takes to take them in."""
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.executemany(
            "INSERT INTO file SELECT NULL, photo_id, ?, sha256, inode, bytes, modified_ns, "
            "seen_at, NULL FROM file WHERE photo_id = ? LIMIT 1",
            [(f"{FOLDER}/copy-{number:06}.jpg", photo_id) for number in range(count)],
        )


def test_single_lines_are_those_of_the_queue(store: Store) -> None:
    ids = [outline(store, f"{name}.jpg", predicted_jaccard=0.5) for name in "cab"]
    store.take_in(new_photo("0.jpg", content="a.jpg"))
    store.take_in(new_photo("bare.jpg"))
    correct(store, ids[2])
    draw(store, ids[2])
    said = verdict(store, ids[0], DecisionKind.ACCEPTED, "bob", score=4)
    store.decide(replace(said, note="haar", flag=True))
    whole = {item.photo_id: item for item in store.queue(FOLDER, "ada")}
    lines = store.queue_lines(FOLDER, [*ids, 999], "ada")
    assert {line.photo_id: line for line in lines} == {key: whole[key] for key in ids}
    seen = whole[ids[0]]
    assert (seen.reviewer, seen.score, seen.note, seen.flag) == ("bob", 4, "haar", True)
    assert (whole[ids[1]].reviewer, whole[ids[1]].name) == ("", "0.jpg")
    assert store.queue_lines("/elsewhere", ids) == []
    many = [*range(1_000, 1_000 + 2 * PAGE), ids[0]]
    assert [line.photo_id for line in store.queue_lines(FOLDER, many)] == [ids[0]]


def test_what_others_said_since_is_heard_of_once(store: Store) -> None:
    first, second, third = (outline(store, f"{name}.jpg") for name in "abc")
    store.decide(verdict(store, first, DecisionKind.ACCEPTED))
    heard = store.hear()
    assert store.said_since(heard) == set()
    store.decide(verdict(store, second, DecisionKind.REJECTED, "bob"))
    store.take_back("ada")
    assert store.said_since(heard) == {first, second}
    heard = store.hear()
    store.decide(verdict(store, third, DecisionKind.ACCEPTED))
    store.take_back("bob")
    assert store.said_since(heard) == {second, third}
    assert store.said_since(store.hear()) == set()


def test_what_is_taken_back_is_heard_of_though_the_clock_was_put_back(store: Store) -> None:
    first, second = outline(store, "a.jpg"), outline(store, "b.jpg")
    for photo_id in (second, first):
        store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED))
    store.take_back("ada")
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE retraction SET created_at = '2999-01-01 00:00:00.000000'")
    heard = store.hear()
    assert store.said_since(heard) == set()
    store.take_back("ada")
    assert store.hear() != heard
    assert second in store.said_since(heard)


def test_photos_are_counted_whatever_files_they_have_and_files_by_themselves(store: Store) -> None:
    store.decide(verdict(store, outline(store, "a.jpg"), DecisionKind.ACCEPTED))
    store.take_in(new_photo("same.jpg", content="a.jpg"))
    store.take_in(new_photo("waiting.jpg"))
    store.decide(verdict(store, outline(store, "later.jpg"), DecisionKind.SKIPPED))
    store.decide(verdict(store, outline(store, "gone.jpg"), DecisionKind.REJECTED))
    store.mark_gone(f"{FOLDER}/gone.jpg")
    store.set_aside(new_photo("broken.jpg").stat, "it broke")
    found = Counts(3, outlined=2, decided=1, waiting=2, skipped=1, gone=1, set_aside=1)
    assert store.counts(FOLDER) == store.counts() == found
    assert store.file_counts(FOLDER) == FileCounts(known=5, done=4)
    assert store.counts("/elsewhere") == Counts()


def test_what_the_file_is_to_blame_for_is_known_and_what_the_machine_did_is_tried_again(
    store: Store,
) -> None:
    broken, unlucky = new_photo("broken.jpg").stat, new_photo("unlucky.jpg").stat
    store.set_aside(broken, "It is no picture.")
    store.set_aside(unlucky, "The worker died.", Cause.MACHINE)
    assert store.set_aside_files(FOLDER) == [
        SetAside(broken.path, "broken.jpg", "It is no picture.", Cause.FILE),
        SetAside(unlucky.path, "unlucky.jpg", "The worker died.", Cause.MACHINE),
    ]
    assert store.look_up(broken).known
    assert store.look_up(broken).photo_id is None
    assert not store.look_up(replace(broken, bytes=1)).known
    assert not store.look_up(unlucky).known
    store.set_aside(unlucky, "It is no picture either.")
    assert store.look_up(unlucky).known


def gone(store: Store) -> None:
    store.mark_gone(f"{FOLDER}/a.jpg")


@pytest.mark.parametrize("end", [lambda store: store.take_in(new_photo("a.jpg")), gone])
def test_what_is_set_aside_is_so_until_it_is_a_photo_or_gone(
    store: Store, end: Callable[[Store], object]
) -> None:
    store.set_aside(new_photo("a.jpg").stat, "it broke")
    end(store)
    assert store.set_aside_files(FOLDER) == []


def test_a_photo_that_broke_is_in_no_queue_and_comes_back_with_what_was_decided(
    store: Store,
) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, score=3))
    store.set_aside(new_photo("a.jpg").stat, "it broke")
    assert list(store.queue(FOLDER)) == []
    assert list(store.reviewed(list(DecisionKind))) == []
    store.take_in(new_photo("a.jpg"))
    assert only(store).decision is DecisionKind.ACCEPTED
    assert store.photo(photo_id).score == 3


def test_a_flag_and_what_else_was_said_stand_with_the_decision_and_go_with_it(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, score=3))
    assert only(store).flag is False
    said = verdict(store, photo_id, DecisionKind.REJECTED, score=1)
    store.decide(replace(said, note="haar, 毛", flag=True, reason="not skin"))
    assert only(store).flag is True
    seen = store.photo(photo_id)
    assert (seen.score, seen.note, seen.flag, seen.reason) == (1, "haar, 毛", True, "not skin")
    assert seen.history[-1].what == "rejected: not skin, score 1, flagged, “haar, 毛”"
    store.take_back("ada")
    assert (only(store, None).flag, only(store).flag) == (False, True)
    seen = store.photo(photo_id)
    assert (seen.score, seen.note, seen.flag, seen.reason) == (3, "", False, "")


def test_history_tells_all_that_happened_in_its_order(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.SKIPPED, "bob"))
    correct(store, photo_id)
    store.take_back("ada")
    store.decide(verdict(store, photo_id, DecisionKind.REJECTED, "eve", score=1))
    history = store.photo(photo_id).history
    assert [(entry.who, entry.what) for entry in history] == [
        ("", "outlined by model lesion"),
        ("bob", "skipped"),
        ("ada", "corrected"),
        ("ada", "taken back"),
        ("eve", "rejected, score 1"),
    ]
    assert list(history) == sorted(history, key=lambda entry: entry.at)
    assert store.photo(outline(store, "b.jpg")).history[0].what == "outlined by model lesion"


def test_a_revision_names_who_made_it_and_from_what(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    model = store.photo(photo_id).revision
    correct(store, photo_id, "bob")
    person = store.photo(photo_id).revision
    assert model is not None
    assert person is not None
    assert (model.author, model.origin, model.parent_id) == ("lesion", Origin.MODEL, None)
    assert (person.author, person.origin, person.parent_id) == ("bob", Origin.BRUSH, model.id)
    assert person.created_at >= model.created_at
    assert person.measurements.area_fraction == 1.0
