"""Of a forgotten photo nothing is left but its hash: no row, and no byte in any file of ours."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Table as Columns
from sqlmodel import Session

from db.errors import ForgottenPhoto, Unknown
from db.sqlite.files import maps_beside
from db.sqlite.forgetting import would_go
from db.store import Store
from db.tables import DisagreementRow, Table
from db.values import DecisionKind
from pipeline.errors import UpkeepError
from pipeline.exchange.teaching import training_folder
from pipeline.intake.outcome import Outcome
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.upkeep.backup import back_up, back_up_with_maps
from pipeline.upkeep.check import check
from pipeline.upkeep.forgetting import Forgotten, carry_out, plan
from pipeline.work.viewer import Viewer
from tests.db.conftest import correct, new_photo, outline, verdict
from tests.db.rows import rows_in, unpack
from tests.db.test_tables import SAID
from tests.pipeline.conftest import remember_photo
from tests.pipeline.upkeep.conftest import NOTE, execute, paint
from tests.support.intake import take_in, without_model

OTHERS = {"model", "model_use", "tombstone", "aside"}
PHOTO = {table.name for table in Table.metadata.sorted_tables} - OTHERS
"""Tables whose rows belong to a photo."""


def forget(store: Store, name: str, *named: Path) -> Forgotten:
    return carry_out(store, plan(store, name, named), "ada")


def files_with(folder: Path, text: bytes) -> list[str]:
    """The files of ours that hold some bytes."""
    ours = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".png")
    return sorted(path.name for path in ours if text in path.read_bytes())


def traces(database: Path) -> list[bytes]:
    """What is stored of the first photo and of no other: a note, a mask, a name, an edit, a map."""
    rows, map_of_it = rows_in(database), os.urandom(20_000)
    (note,) = (row["note"] for row in rows["decision"] if row["note"])
    (mask,) = (row["counts"] for row in rows["mask"] if row["revision_id"] == 4)
    execute(
        maps_beside(database),
        f"UPDATE map SET grid = x'{map_of_it.hex()}' "
        f"WHERE content_hash = '{rows['photo'][0]['content_hash']}'",
    )
    found = [str(note).encode(), mask, b"/0.png", rows["edit"][2]["bits"], map_of_it[-2000:]]
    return [each for each in found if isinstance(each, bytes)]


def test_it_is_gone_from_every_table_and_the_others_are_as_they_were(
    store: Store, database: Path
) -> None:
    before = rows_in(database)
    gone = forget(store, "0.png")
    after = rows_in(database)
    assert gone.rows == {
        name: len(before[name]) - len(after[name])
        for name in before
        if len(after[name]) < len(before[name])
    }
    for name, rows in after.items():
        if name != "tombstone":
            assert all(row in before[name] for row in rows)
    assert {row["photo_id"] for row in after["standing"]} == {2, 3}
    [tombstone] = after["tombstone"]
    assert (tombstone["content_hash"], tombstone["reviewer"]) == (
        before["photo"][0]["content_hash"],
        "ada",
    )
    assert check(database, photos=True).findings == ()


def test_every_table_that_leads_to_a_photo_is_followed(store: Store) -> None:
    tables = {table.name: table for table in Table.metadata.sorted_tables}
    assert {name for name, table in tables.items() if leads_to_photo(table)} == PHOTO


def leads_to_photo(table: Columns) -> bool:
    parents = [key.column.table for key in table.foreign_keys if key.column.table is not table]
    return table.name == "photo" or any(map(leads_to_photo, parents))


def test_nothing_of_it_is_left_in_any_of_these_tables(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "all.db")) as store:
        photo_id = outline(store, "a.jpg")
        revision_id = correct(store, photo_id)
        store.take_back("ada")
        with Session(store._engine) as session:
            for make in SAID.values():
                session.add(make(photo_id, revision_id))
            session.add(
                DisagreementRow(
                    photo_id=photo_id,
                    decision_id=1,
                    model_hash="m" * 64,
                    outline_id=revision_id,
                    value=0.5,
                )
            )
            session.commit()
        rows = rows_in(store.path)
        assert {name for name in PHOTO if rows[name]} == PHOTO
        forget(store, "#1")
        assert {name for name, rows in rows_in(store.path).items() if name in PHOTO and rows} == (
            set()
        )


def test_no_byte_of_it_is_left_while_others_have_the_database_open(
    store: Store, database: Path
) -> None:
    with closing(Store.open(database)) as other:
        other.decide(verdict(other, 2, DecisionKind.REJECTED))
        found = traces(database)
        assert all(files_with(database.parent, trace) for trace in found)
        assert forget(store, "0.png").left == ()
        assert [files_with(database.parent, trace) for trace in found] == [[]] * len(found)
        assert other.photo(2).decision is DecisionKind.REJECTED


def test_it_is_gone_from_the_copies_too(store: Store, database: Path, tmp_path: Path) -> None:
    found = traces(database)
    assert len(found) == 5
    shelf, attic = tmp_path / "shelf", tmp_path / "attic"
    shelf.mkdir()
    attic.mkdir()
    copies = [
        back_up_with_maps(database, shelf).path,
        database.with_name("nevus.db.before-0005"),
        database.with_name("nevus.db.before-0005-2"),
        attic / "by hand.db",
    ]
    for copy in copies[1:]:
        shutil.copy(database, copy)
    database.with_name("nevus.db.before-0005.part").write_bytes(database.read_bytes())
    gone = forget(store, "0.png", attic)
    assert set(gone.copies) == set(copies)
    assert gone.left == ()
    assert [files_with(tmp_path, trace) for trace in found] == [[]] * len(found)
    for copy in copies:
        assert check(copy).findings == ()
        assert len(rows_in(copy)["photo"]) == 2


def test_it_is_gone_from_a_copy_of_an_older_form(tmp_path: Path) -> None:
    old = unpack("0002", tmp_path)
    kept = rows_in(old)
    with closing(Store.open(old)) as store:
        gone = forget(store, "corrected.png")
    (copy,) = gone.copies
    left = rows_in(copy)
    assert left["alembic_version"] == [{"version_num": "0002"}]
    assert len(left["photo"]) == len(kept["photo"]) - 1
    assert files_with(tmp_path, b"corrected.png") == []


def test_a_backup_out_of_reach_is_said_and_reached_later_by_the_hash(
    store: Store, database: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    copy = back_up(database, disk).path
    disk.rename(tmp_path / "drawer")
    gone = forget(store, "0.png")
    (sentence,) = gone.left
    assert str(copy) in sentence
    (tmp_path / "drawer").rename(disk)
    again = forget(store, gone.content_hash)
    assert (again.copies, again.left) == ((copy,), ())
    assert files_with(tmp_path, NOTE.encode()) == []


def test_it_is_not_taken_in_again(store: Store, place: Path) -> None:
    photo = place / "photos" / "0.png"
    forget(store, str(photo))
    content = photo.read_bytes()
    with closing(without_model()) as scorer:
        assert take_in(store, scorer, photo) is Outcome.SET_ASIDE
        moved = photo.rename(photo.with_name("another name.png"))
        assert take_in(store, scorer, moved) is Outcome.SET_ASIDE
        assert take_in(store, scorer, moved) is Outcome.SET_ASIDE
    assert moved.read_bytes() == content
    reasons = {file.name: file.reason for file in store.set_aside_files(str(place / "photos"))}
    assert "another name.png was forgotten on" in reasons["another name.png"]
    assert "as ada asked" in reasons["another name.png"]
    with pytest.raises(ForgottenPhoto):
        remember_photo(store, moved)
    assert check(store.path).findings == ()
    assert check(store.path).notes == ()


def test_no_id_of_it_is_given_to_another(store: Store, database: Path) -> None:
    store.decide(verdict(store, 3, DecisionKind.ACCEPTED))
    before = rows_in(database)
    forget(store, "18.png")
    photo_id = outline(store, "new.jpg")
    correct(store, photo_id)
    after = rows_in(database)
    for name in ("photo", "revision", "draft", "edit", "decision"):
        ids = {row["id"] for row in before[name]}
        assert not ids & {row["id"] for row in after[name] if row not in before[name]}


def test_a_reviewer_who_has_it_open_gets_a_sentence_and_may_leave(
    store: Store, place: Path, viewer: Viewer
) -> None:
    with (
        closing(without_model()) as scorer,
        closing(ReviewSession(store, scorer, viewer, place / "photos", "eve")) as session,
    ):
        photo = session.open(3)
        forget(store, "18.png")
        paint(photo.editor, (40, 40))
        session.drain()
        with pytest.raises(Unknown, match="somebody had the photo forgotten"):
            session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
        assert [item.photo_id for item in session.queue()] == [1, 2]
    assert len(rows_in(store.path)["draft"]) == 2


BY: dict[str, Callable[[Path], str]] = {
    "number": lambda _: "#1",
    "name": lambda _: "0.png",
    "path": lambda place: str(place / "photos" / "0.png"),
    "end of a path": lambda _: "photos/0.png",
    "file's hash": lambda place: str(rows_in(place / "nevus.db")["file"][0]["sha256"]),
    "photo's hash": lambda place: str(rows_in(place / "nevus.db")["photo"][0]["content_hash"]),
}


@pytest.mark.parametrize("called", BY)
def test_it_may_be_called_by_its(called: str, store: Store, place: Path) -> None:
    made = plan(store, BY[called](place))
    assert made.photo.photo_id == 1
    assert made.rows == would_go(store.path, [made.photo.content_hash]).rows


def test_what_is_called_alike_is_not_guessed(store: Store, place: Path) -> None:
    (place / "photos" / "sub").mkdir()
    shutil.copy(place / "photos" / "9.png", place / "photos" / "sub" / "0.png")
    with closing(without_model()) as scorer:
        store.take_in(new_photo("0.png"))
        assert take_in(store, scorer, place / "photos" / "sub" / "0.png") is Outcome.DUPLICATE
    with pytest.raises(UpkeepError, match=r"3 photos are called '0\.png': #1 in"):
        plan(store, "0.png")
    assert plan(store, "sub/0.png").photo.photo_id == 2


def test_what_is_called_nothing_like_it_is_said(store: Store) -> None:
    with pytest.raises(UpkeepError, match=r"No photo is called 'no%such\.png' here"):
        plan(store, "no%such.png")


@pytest.mark.parametrize("digits", [18, 19, 5000])
def test_no_number_is_too_long_to_be_no_photo_s(store: Store, digits: int) -> None:
    with pytest.raises(UpkeepError, match="No photo is called '#9"):
        plan(store, "#" + digits * "9")


def test_what_a_path_held_before_goes_alone(store: Store, database: Path) -> None:
    first = store.take_in(new_photo("x.jpg", "first", 1)).photo_id
    second = store.take_in(new_photo("x.jpg", "second", 2)).photo_id
    assert rows_in(database)["photo"][-1]["supersedes_id"] == first
    assert plan(store, "/photos/x.jpg").photo.photo_id == second
    forget(store, f"#{first}")
    assert store.photo(second).path == "/photos/x.jpg"
    assert rows_in(database)["photo"][-1]["supersedes_id"] is None


def test_the_log_that_another_reads_is_said_to_be_left(store: Store, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM photo").fetchone()
        (sentence,) = forget(store, "0.png").left
        assert "traces of it are left" in sentence
        assert files_with(database.parent, NOTE.encode())
        reader.execute("ROLLBACK")
    assert forget(store, store.tombstones()[0].content_hash).left == ()
    assert files_with(database.parent, NOTE.encode()) == []


def test_a_map_of_it_that_came_back_is_a_fault(store: Store, database: Path) -> None:
    forget(store, "0.png")
    (hash_,) = (each.content_hash for each in store.tombstones())
    execute(maps_beside(database), f"UPDATE map SET content_hash = '{hash_}' WHERE rowid = 2")
    (finding,) = check(database).findings
    assert "was forgotten" in finding


def test_a_training_that_was_stopped_and_learns_from_it_is_dropped(
    store: Store, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    photos = store.placed(str(place))
    first, second = (each.content_hash for each in photos[:2])
    copied, listed, other = (training_folder(name) for name in ("copied", "listed", "other"))
    (copied / "data" / "images").mkdir(parents=True)
    (copied / "data" / "images" / f"{first[:32]}.png").touch()
    for folder, content_hash in ((listed, first), (other, second)):
        (folder / "masks").mkdir(parents=True)
        (folder / "masks" / "manifest.json").write_text(json.dumps({"photos": [content_hash]}))
    assert plan(store, f"#{photos[0].photo_id}").trainings == (copied, listed)
    assert forget(store, f"#{photos[0].photo_id}").left == ()
    assert list(training_folder("").iterdir()) == [other]
