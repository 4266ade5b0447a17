"""The commands that keep a database, as a person runs them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

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


def nevus(place: Path, command: str, *arguments: object) -> tuple[int, str, str]:
    done = run(command, *arguments, place / "photos", "--db", place / "nevus.db")
    return done.returncode, done.stdout, done.stderr


def test_check_says_that_all_holds_in_one_line(place: Path) -> None:
    counts = "1 photo, 1 file, 1 mask, 1 map, 1 file read"
    assert nevus(place, "check", "--photos") == (0, f"Everything holds: {counts}.\n", "")


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


def test_backup_says_what_the_copy_holds(place: Path) -> None:
    status, out, _ = nevus(place, "backup", place / "copy.db")
    assert status == 0
    assert out.startswith(f"{place / 'copy.db'} holds what is known of 1 photos, with 0 decisions.")
    assert nevus(place, "backup", place / "copy.db")[0] == 2
    assert nevus(place, "backup", place / "photos")[0] == 2
