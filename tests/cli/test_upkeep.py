"""The commands that keep a database, as a person runs them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from db.values import Remarks
from imaging.values import FileStat
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.commands import run
from tests.support.databases import new_store


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a photo, and the database that knows it."""
    photo = draw_photo(tmp_path / "photos" / "mole.png")
    with closing(new_store(tmp_path / "nevus.db")) as store:
        remember_photo(store, photo)
    return tmp_path


ONE = "1 photo: 1 outlined, 0 decided, 1 waiting"


def nevus(place: Path, command: str, *arguments: object) -> tuple[int, str, str]:
    done = run(command, *arguments, place / "photos", "--db", place / "nevus.db")
    return done.returncode, done.stdout, done.stderr


def test_check_says_that_all_holds_in_one_line(place: Path) -> None:
    counts = "1 photo, 1 file, 1 mask, 1 map, 1 file read"
    assert nevus(place, "check", "--photos") == (0, f"Everything holds: {counts}.\n", "")


def test_check_counts_what_reviewers_said_in_a_word_that_is_no_finding(place: Path) -> None:
    with closing(Store.open(place / "nevus.db")) as store:
        store.remark(1, "ada", Remarks(score=4))
    counts = "1 photo, 1 file, 1 mask, 1 map, 1 score or note"
    assert nevus(place, "check") == (0, f"Everything holds: {counts}.\n", "")


def test_check_says_what_does_not_hold(place: Path) -> None:
    with closing(sqlite3.connect(place / "nevus.db")) as connection, connection:
        connection.execute("DELETE FROM measurement WHERE name = 'area_pixels'")
    status, out, _ = nevus(place, "check")
    assert (status, out.splitlines()) == (
        1,
        [
            "Mask 1 of photo #1 was not measured: its area_pixels is missing.",
            "Not all holds: 1 photo, 1 file, 1 mask, 1 map.",
        ],
    )
    status, out, _ = nevus(place, "check", "--json")
    found = json.loads(out)
    assert (status, found["holds"], len(found["findings"])) == (1, False, 1)


def test_who_segments_can_t_be_told_where_the_lock_can_t_be_read(place: Path) -> None:
    lock = place / "nevus.db.segmenting"
    lock.unlink(missing_ok=True)
    lock.symlink_to(lock)
    status, out, _ = nevus(place, "status")
    assert status == 0
    assert f"can't be told: {lock} can't be read" in out
    assert "nobody" not in out


def test_backup_says_what_the_copy_holds(place: Path) -> None:
    status, out, _ = nevus(place, "backup", place / "copy.db")
    assert status == 0
    assert out.startswith(f"{place / 'copy.db'} holds {ONE}. It was looked")
    assert nevus(place, "backup", place / "copy.db")[0] == 2
    assert nevus(place, "backup", place / "photos")[0] == 2


def test_forget_asks_says_what_goes_and_leaves_the_file(place: Path) -> None:
    nevus(place, "backup", place / "copy.db")
    assert nevus(place, "forget", "mole.png")[0] == 2
    status, out, remarks = nevus(place, "forget", "mole.png", "--yes")
    assert status == 0
    assert out.startswith("Forgotten, but for its hash: ")
    assert "was left as it is" in out
    assert "mole.png: 1 photo, 1 file, 1 mask, and all that hangs on them." in remarks
    assert f"Also in {place / 'copy.db'}." in remarks
    assert (place / "photos" / "mole.png").exists()
    assert nevus(place, "check")[1] == "Everything holds: 1 photo forgotten.\n"
    assert nevus(place, "forget", "mole.png", "--yes")[0] == 1


def test_forget_names_every_file_of_the_photo_the_one_that_was_named_first(place: Path) -> None:
    photos = place / "photos"
    lay, other, named = (photos / name for name in ("another.png", "copy.png", "mole.png"))
    with closing(Store.open(place / "nevus.db")) as store:
        for path in (other, lay):
            path.write_bytes(named.read_bytes())
            remember_photo(store, path)
        lay.unlink()
        store.mark_gone(str(lay))
    status, out, remarks = nevus(place, "forget", "mole.png", "--yes")
    assert status == 0
    assert remarks.splitlines()[:3] == [
        f"#1 {named}: 1 photo, 3 files, 1 mask, and all that hangs on them.",
        f"{other} is the same photo, so it goes with it.",
        f"The same photo lay at {lay}, where no file is now.",
    ]
    assert out.splitlines()[1:] == [
        f"{path} was left as it is, and is not taken in again." for path in (named, other)
    ]


def test_restore_says_what_it_put_back_and_what_is_kept(place: Path) -> None:
    nevus(place, "backup", place / "copy.db")
    photo = draw_photo(place / "photos" / "new.png", at=(9, 9))
    with closing(Store.open(place / "nevus.db")) as store:
        remember_photo(store, photo)
    status, out, _ = nevus(place, "restore", place / "copy.db")
    first, second = out.splitlines()
    assert (status, first) == (0, f"{place / 'copy.db'} was put back: {ONE}.")
    assert second.endswith("It alone holds 1 photo.")


def test_retry_says_how_many_files_are_looked_at_again(place: Path) -> None:
    nothing = "No such file is set aside, so there is nothing to look at again.\n"
    assert nevus(place, "retry") == (0, nothing, "")
    with closing(Store.open(place / "nevus.db")) as store:
        store.set_aside(FileStat(str(place / "photos" / "bad.png"), 1, 2, 3), "It broke.")
    arguments = (place / "photos", "bad.png", "--cause", "file", "--db", place / "nevus.db")
    done = run("retry", *arguments)
    assert (done.returncode, done.stdout) == (
        0,
        "1 file is looked at again when the folder is segmented next.\n",
    )
    assert run("retry", place / "photos", "x.png", "--db", place / "nevus.db").returncode == 1


def test_status_names_a_few_of_what_is_set_aside_and_says_how_to_see_all(place: Path) -> None:
    names = [f"{number}.jpg" for number in range(5)]
    with closing(Store.open(place / "nevus.db")) as store:
        for name in names[:3]:
            store.set_aside(FileStat(str(place / "photos" / name), 1, 1, 1), f"{name} is empty.")
        few = nevus(place, "status")[1]
        for name in names[3:]:
            store.set_aside(FileStat(str(place / "photos" / name), 1, 1, 1), f"{name} is empty.")
    many = nevus(place, "status")[1]
    assert all(f" {name} is empty.\n" in few for name in names[:3])
    assert "more" not in few
    assert "  … and 2 more: nevus status FOLDER --set-aside\n" in many
    assert "4.jpg" not in many
    assert nevus(place, "status", "--set-aside")[1] == "".join(f"{n} is empty.\n" for n in names)
    listed = json.loads(nevus(place, "status", "--json")[1])["set_aside"]
    assert [each["name"] for each in listed] == names


def test_what_is_no_backup_is_not_said_to_be_a_wrong_db(place: Path) -> None:
    other = place / "other.txt"
    other.write_text("no database")
    status, _, remarks = nevus(place, "restore", other)
    assert status == 2
    assert f"{other} is no database of nevus. Name what nevus backup" in remarks
    status, _, remarks = nevus(place, "forget", "mole.png", "--yes", "--backup", other)
    assert status == 1
    assert f"{other} is no database of nevus, so nothing is forgotten in it." in remarks
    assert "--db" not in remarks


def test_a_file_that_is_not_set_aside_can_be_looked_up_where_those_are_listed(place: Path) -> None:
    done = run("retry", place / "photos", "none.jpg", "--db", place / "nevus.db")
    assert done.returncode == 1
    assert "nevus status --set-aside lists those" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("status",), ("check",), ("retry",), ("forget", "--yes", "x"), ("backup", "copy.db")],
    ids=" ".join,
)
def test_where_there_is_no_database_each_says_what_to_do(
    place: Path, words: tuple[str, ...]
) -> None:
    (place / "nevus.db").unlink()
    status, out, said = nevus(place, *words)
    assert (status, out) == (1, "")
    assert "nothing was reviewed there. Run nevus review first, or name the database" in said
