"""What does not hold is said in a sentence; what does is counted."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.errors import ForeignFile, NoDatabase
from db.sqlite.files import maps_beside
from db.store import Store
from db.values import DecisionKind
from imaging.mask.rle import encode
from pipeline.upkeep.check import check
from pipeline.upkeep.report import MOST
from tests.db.conftest import verdict
from tests.db.rows import rows_in, unpack
from tests.pipeline.upkeep.conftest import execute
from tests.support.rights import reachable, without_rights


def test_a_reviewed_folder_holds(database: Path) -> None:
    report = check(database, photos=True)
    assert (report.holds, report.findings, report.notes) == (True, (), ())
    counts = {name: report.counts[name] for name in ("photo", "mask", "edit", "map")}
    assert counts == {"photo": 3, "mask": 4, "edit": 6, "map": 3}
    assert report.counts["photos read"] == 3


def test_nothing_is_changed(database: Path) -> None:
    before = {path.name: path.read_bytes() for path in database.parent.iterdir() if path.is_file()}
    check(database, photos=True)
    after = {path.name: path.read_bytes() for path in database.parent.iterdir() if path.is_file()}
    assert after == before


def test_a_database_in_use_is_checked_with_its_newest_commits(store: Store, database: Path) -> None:
    store.decide(verdict(store, 3, DecisionKind.REJECTED))
    report = check(database)
    assert report.holds
    assert report.counts["decision"] == len(rows_in(database)["decision"]) == 3


@pytest.mark.slow
@pytest.mark.parametrize("form", ["0002", "0003", "0004"])
def test_a_database_of_an_older_form_holds(form: str, tmp_path: Path) -> None:
    report = check(unpack(form, tmp_path))
    # The edits and the lesions of these are such as no tool makes.
    drawn = ("can't be done again", "has a lesion that can't be read")
    assert [found for found in report.findings if not any(end in found for end in drawn)] == []


WHOLE = encode(np.ones((240, 320), np.bool_)).counts.hex()
LIES = {
    "a standing revision of another photo": (
        "UPDATE standing SET revision_id = 3 WHERE photo_id = 2",
        "standing 2 of photo #2 points with revision_id at revision 3, which is photo #3's.",
    ),
    "a standing decision of another photo": (
        "UPDATE standing SET decision_id = 1 WHERE photo_id = 3",
        "standing 3 of photo #3 points with decision_id at decision 1, which is photo #1's.",
    ),
    "a decision that was taken back stands": (
        "UPDATE standing SET decision_id = 2 WHERE photo_id = 2",
        "Photo #2 stands on decision 2, and the newest that was not taken back is none.",
    ),
    "a decision that is lost": (
        "UPDATE standing SET decision_id = NULL WHERE photo_id = 1",
        "Photo #1 stands on decision none, and the newest that was not taken back is 1.",
    ),
    "another mask than was decided": (
        "UPDATE standing SET revision_id = 1 WHERE photo_id = 1",
        "Photo #1 stands on mask 1, and its decision is for mask 4.",
    ),
    "no mask though one was decided": (
        "UPDATE standing SET revision_id = NULL WHERE photo_id = 1",
        "Photo #1 stands on no mask, and its decision is for mask 4.",
    ),
    "no standing": ("DELETE FROM standing WHERE photo_id = 3", "Photo #3 stands nowhere"),
    "no file": ("DELETE FROM file WHERE photo_id = 3", "Photo #3 never lay anywhere"),
    "two photos at one path": (
        "INSERT INTO file SELECT 99, 1, path, 'other', inode, bytes, modified_ns, seen_at, NULL "
        "FROM file WHERE id = 2",
        "holds two photos at once",
    ),
    "a base of another photo": (
        "UPDATE decision SET base_revision_id = 2 WHERE id = 1",
        "decision 1 of photo #1 points with base_revision_id at revision 2, which is photo #2's.",
    ),
    "a mask drawn on a later one": (
        "UPDATE revision SET parent_id = 4 WHERE id = 1",
        "Mask 1 was drawn on mask 4, which is no earlier one.",
    ),
    "no pixels": ("DELETE FROM mask WHERE revision_id = 2", "Mask 2 of photo #2 has no pixels"),
    "no measurement": (
        "DELETE FROM measurement WHERE revision_id = 2 AND name = 'area_pixels'",
        "Mask 2 of photo #2 was not measured: its area_pixels is missing.",
    ),
    "another area": (
        "UPDATE measurement SET value = 7 WHERE revision_id = 2 AND name = 'area_pixels'",
        "and 7 were measured.",
    ),
    "another fraction": (
        "UPDATE measurement SET value = 0.5 WHERE revision_id = 2 AND name = 'area_fraction'",
        "and 0.5 was measured.",
    ),
    "another size": (
        "UPDATE photo SET width = 319 WHERE id = 2",
        "Mask 2 of photo #2 is 320×240 pixels, and the photo 319×240.",
    ),
    "runs cut short": (
        "UPDATE mask SET counts = x'30' WHERE revision_id = 2",
        "Mask 2 of photo #2 can't be read: the runs don't fill a mask of 320×240.",
    ),
    "a lesion outside its mask": (
        f"UPDATE instance SET counts = x'{WHOLE}' WHERE number = 1",
        "Mask 4 of photo #1 does not hold all of its lesion 1.",
    ),
    "a cursor behind the end": (
        "UPDATE draft SET cursor = 9 WHERE id = 1",
        "Draft 1 has 3 live edits, and its cursor is at 9.",
    ),
    "an edit that is missing": (
        "DELETE FROM edit WHERE id = 1",
        "Draft 1 has 3 edits, numbered from 1 to 3: some are missing.",
    ),
    "an edit at another place": (
        "UPDATE edit SET position = 5 WHERE id = 4",
        "Draft 1 has 3 live edits in 3 places, from 0 to 5: some are missing.",
    ),
    "a branch from another draft": (
        "UPDATE edit SET abandoned_by_id = 5 WHERE id = 2",
        "Edit 2 was abandoned by edit 5, which did not branch off before it.",
    ),
    "an edit made on another mask": (
        "UPDATE edit SET hash_before = hash_after WHERE id = 3",
        "Draft 1 of ada on photo #1: edit 3 can't be done again. The edit was made on another",
    ),
    "an edit that gives another mask": (
        "UPDATE edit SET bits = (SELECT bits FROM edit WHERE id = 3) WHERE id = 6",
        "of bob on photo #2: edit 6 can't be done again.",
    ),
    "an unknown decision": (
        "UPDATE decision SET kind = 'acceptee' WHERE id = 1",
        "decision 1 has kind 'acceptee', which is none.",
    ),
    "a number that is a text": (
        "UPDATE edit SET height = 'tall' WHERE id = 6",
        "A row of edit makes no sense: edit.height is 'tall'.",
    ),
    "settings that are none": (
        "UPDATE edit SET settings = '[' WHERE id = 6",
        "A row of edit makes no sense",
    ),
    "a decision of a draft that is gone": (
        "UPDATE decision SET draft_id = 77 WHERE id = 1",
        "decision 1 points at a row of draft that is not there.",
    ),
    "a forgotten photo that is there": (
        "INSERT INTO tombstone SELECT content_hash, 'ada', added_at FROM photo WHERE id = 2",
        "Photo #2 was forgotten, and is there all the same",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_contradicts_is_said(database: Path, lie: str) -> None:
    statement, sentence = LIES[lie]
    before = rows_in(database)
    execute(database, statement)
    assert rows_in(database) != before
    report = check(database)
    assert not report.holds
    assert any(sentence in finding for finding in report.findings), report.findings


def test_pages_that_contradict_each_other_are_said(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_revision_photo_id'"
        (page,), (size,) = (
            connection.execute(ask).fetchone() for ask in (root, "PRAGMA page_size")
        )
    with database.open("r+b") as file:
        file.seek(page * size - 8)
        file.write(bytes(8))
    report = check(database)
    assert not report.holds
    assert report.findings[0].startswith("SQLite complains: ")


def test_of_many_the_first_are_said_and_the_others_counted(database: Path) -> None:
    execute(
        database,
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 79) "
        "INSERT INTO photo SELECT i, 'content ' || i, 'PNG', 4, 4, NULL, added_at "
        "FROM n, photo WHERE photo.id = 1",
    )
    report = check(database)
    assert len(report.findings) == MOST
    assert report.more == 2 * 70 - MOST


def test_a_map_that_is_damaged_lost_or_loose_is_said(database: Path) -> None:
    maps = maps_beside(database)
    execute(maps, "UPDATE map SET content_hash = 'none' WHERE rowid = 1")
    report = check(database)
    assert report.holds
    assert [note.split(" of ")[0] for note in report.notes] == ["1", "1"]
    execute(maps, "UPDATE map SET grid = x'00' WHERE rowid = 2")
    (finding,) = check(database).findings
    assert finding.startswith("1 of the maps")
    maps.write_bytes(b"no database at all" * 100)
    (finding,) = check(database).findings
    assert "It is a cache: delete it" in finding
    maps.unlink()
    report = check(database)
    assert report.holds
    assert "3 of the outlines have lost their map" in report.notes[0]


def test_maps_that_may_not_be_read_are_no_fault_and_not_to_be_deleted(database: Path) -> None:
    with reachable() as folder:
        copy = Path(shutil.copy(database, folder / "nevus.db"))
        copy.chmod(0o644)
        maps = Path(shutil.copy(maps_beside(database), maps_beside(copy)))
        maps.chmod(0)
        with without_rights(folder):
            report = check(copy)
    assert report.holds
    [note] = report.notes
    assert note.startswith(f"{maps} can't be read (Permission denied).")
    assert "delete" not in note


def test_a_photo_whose_bytes_went_bad_is_said(place: Path, database: Path) -> None:
    photo = place / "photos" / "9.png"
    stat = photo.stat()
    content = bytearray(photo.read_bytes())
    content[len(content) // 2] ^= 1
    photo.write_bytes(content)
    report = check(database, photos=True)
    assert report.holds
    assert report.notes[0].startswith("1 of the files were changed")
    os.utime(photo, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert check(database).holds
    (finding,) = check(database, photos=True).findings
    assert finding.startswith(f"{photo} is not what it was")


def test_a_photo_that_is_another_picture_is_said(database: Path) -> None:
    execute(database, "UPDATE photo SET content_hash = 'other' WHERE id = 2")
    (finding,) = check(database, photos=True).findings
    assert "content hash is another picture's" in finding


def test_photos_that_are_gone_are_noted(place: Path, database: Path) -> None:
    shutil.rmtree(place / "photos")
    report = check(database, photos=True)
    assert report.holds
    assert report.notes == (
        "3 of the files are not there any more; the next look at the folder notes it.",
    )


def test_what_is_no_database_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        check(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("no database, but long enough to be one\n" * 100)
    with pytest.raises(ForeignFile):
        check(tmp_path / "text.db")
