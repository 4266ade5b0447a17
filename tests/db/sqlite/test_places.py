"""Where a database may lie, and under which name."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import ForeignFile, NoDatabase, UnsafePlace
from db.sqlite.forms import newest_form
from db.sqlite.location import check_place, database_for
from db.store import Store
from tests.db.conftest import new_photo
from tests.db.damage import to_first_form


def test_a_synced_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for name in ("Dropbox", "Mobile Documents", "CloudStorage"):
        with pytest.raises(UnsafePlace, match="--db"):
            check_place(tmp_path / name / "x" / "nevus.db")
    check_place(tmp_path / "nevus.db")


def test_every_way_to_a_folder_leads_to_the_same_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "photos of\nmay"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    found = database_for(folder)
    assert database_for(tmp_path / "link") == found
    assert database_for(tmp_path) != found
    assert "\n" not in found.name
    assert database_for(folder, tmp_path / "own.db") == tmp_path / "own.db"


def test_a_database_inside_the_photos_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    for place in (folder / "own.db", folder / "deep" / "own.db", tmp_path / "link" / "own.db"):
        with pytest.raises(UnsafePlace, match="never writes"):
            database_for(folder, place)


def test_a_database_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="nothing was reviewed there"):
        Store.read(tmp_path / "typo" / "x.db", lambda store: store.counts("/photos"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["50% of #1?.db", "moles;x=1&y.db", "mole\udcff.db"])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    with closing(Store.open(tmp_path / name)) as store:
        store.take_in(new_photo("a.jpg"))
    counts = Store.read(tmp_path / name, lambda store: store.counts("/photos"))
    assert counts.photos == 1
    assert (tmp_path / name).stat().st_size


def test_a_name_that_leaves_no_room_behind_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafePlace, match="too long"):
        Store.open(tmp_path / ("é" * 109 + ".db"))
    assert list(tmp_path.iterdir()) == []
    longest = tmp_path / ("é" * 108 + "x.db")
    Store.open(longest).close()
    to_first_form(longest)
    Store.open(longest).close()
    assert longest.with_name(f"{longest.name}.before-{newest_form()}").exists()


def test_an_older_one_of_a_long_name_is_read(database: Path) -> None:
    Store.open(database).close()
    to_first_form(database)
    old = database.rename(database.with_name("x" * 245))
    assert Store.read(old, lambda store: store.counts("/photos")).photos == 0


@pytest.mark.parametrize("way", ["/dev/null", "folder", "fifo"])
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, way: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ForeignFile, match="no ordinary file"):
        Store.open(tmp_path / way)
    with pytest.raises(NoDatabase):
        Store.read(tmp_path / way, lambda store: store.counts("/photos"))
