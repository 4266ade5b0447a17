"""Before an older database is brought up a whole copy is laid beside it."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import DamagedDatabase
from db.sqlite.forms import newest_form
from db.store import Store
from imaging.values import FileStat
from tests.db.conftest import new_photo, outline
from tests.db.damage import to_first_form
from tests.db.sqlite.opening import opening


def form_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        form: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return form


def copies_of(database: Path) -> list[str]:
    names = sorted(path.name for path in database.parent.iterdir() if ".before-" in path.name)
    return [name.removeprefix(f"{database.name}.before-") for name in names]


def test_an_older_database_is_copied_then_brought_up_with_all_that_is_in_it(
    database: Path,
) -> None:
    with closing(Store.open(database)) as store:
        photo_id = outline(store, "a.jpg", predicted_jaccard=0.5)
    to_first_form(database)
    with closing(Store.open(database)) as store:
        (item,) = store.queue("/photos")
        assert (item.photo_id, item.segmented, item.predicted_jaccard) == (photo_id, True, None)
        assert store.prediction(photo_id) is not None
    assert copies_of(database) == [newest_form()]
    copy = database.with_name(f"{database.name}.before-{newest_form()}")
    assert form_in(copy) == "0001"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_copy_never_takes_another_ones_place(database: Path) -> None:
    for number in range(3):
        with closing(Store.open(database)) as store:
            store.take_in(new_photo(f"{number}.jpg"))
        to_first_form(database)
    Store.open(database).close()
    assert copies_of(database) == [newest_form() + end for end in ("", "-2", "-3")]
    photos = []
    for end in ("", "-2", "-3"):
        copy = database.with_name(f"{database.name}.before-{newest_form()}{end}")
        with closing(sqlite3.connect(copy)) as connection:
            photos += connection.execute("SELECT count(*) FROM photo").fetchone()
    assert photos == [1, 2, 3]


@pytest.mark.slow
@pytest.mark.parametrize("bytes_there", [0, 1_000_000, 3_000_000])
def test_a_kill_leaves_no_half_of_a_copy_under_its_name(database: Path, bytes_there: int) -> None:
    with closing(Store.open(database)) as store:
        for number in range(10):
            store.set_aside(FileStat(f"/photos/{number}.jpg", 1, 2, number), "x" * 600_000)
    to_first_form(database)
    child = opening(database)
    while child.is_alive() and laid_aside(database) <= bytes_there:
        pass
    child.kill()
    child.join(60)
    for name in copies_of(database):
        if ".part" not in name:
            assert_whole(database.with_name(f"{database.name}.before-{name}"))
    Store.open(database).close()
    whole = [name for name in copies_of(database) if ".part" not in name]
    assert whole[0] == newest_form()
    assert_whole(database.with_name(f"{database.name}.before-{newest_form()}"))


def laid_aside(database: Path) -> int:
    """The bytes that lie beside a database as its copy, -1 where there is none yet."""
    found = database.parent.glob(f"{database.name}.before-*")
    return sum((path.stat().st_size for path in found if path.exists()), start=-1)


def assert_whole(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM aside").fetchone() == (10,)
    assert form_in(copy) == "0001"


def test_a_damaged_older_one_is_not_migrated(database: Path) -> None:
    with closing(Store.open(database)) as store:
        outline(store, "a.jpg")
    to_first_form(database)
    content = bytearray(database.read_bytes())
    content[-4096:] = b"\xff" * 4096
    database.write_bytes(content)
    with pytest.raises(DamagedDatabase):
        Store.open(database)
    assert database.read_bytes() == content
