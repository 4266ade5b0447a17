"""A database that a group shares: users with logins of their own work on it at once."""

import grp
import os
import stat
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from db.claims import Holder
from db.columns import now
from db.errors import Unshared
from db.sqlite.files import files_of
from db.sqlite.location import SHARED_PLACE, database_for
from db.sqlite.rights import SHARED, SHARED_FOLDER, group_of, open_beside, unshared
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import FOLDER, correct, outline, verdict
from tests.db.damage import to_first_form
from tests.support.logins import ONE, OTHER, STRANGER, Login, needs_root, other_group, own_group
from tests.support.rights import reachable


@pytest.fixture
def place() -> Iterator[Path]:
    with reachable() as folder:
        yield folder


def rights(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_gid, stat.S_IMODE(found.st_mode)


def test_all_that_is_made_is_the_group_s_whatever_the_mask(database: Path) -> None:
    before = os.umask(0o077)
    try:
        with closing(Store.open(database, own_group())) as store:
            outline(store, "a.jpg")
            assert len(files_of(database)) >= 5
            assert {rights(path) for path in files_of(database)} == {(os.getegid(), SHARED)}
    finally:
        os.umask(before)
    assert rights(database.parent) == (os.getegid(), SHARED_FOLDER)
    assert group_of(database) == own_group()
    assert list(unshared(database, own_group())) == []


def test_one_that_was_its_owner_s_alone_is_shared_with_all_that_lies_beside_it(
    database: Path,
) -> None:
    with closing(Store.open(database)) as store:
        outline(store, "a.jpg")
        assert group_of(database) is None
        database.parent.chmod(SHARED_FOLDER)
        with closing(Store.open(database, own_group())):
            assert {rights(path) for path in files_of(database)} == {(os.getegid(), SHARED)}


def test_a_copy_before_a_migration_is_as_open_as_the_database(database: Path) -> None:
    Store.open(database, own_group()).close()
    to_first_form(database)
    database.chmod(SHARED)
    Store.open(database).close()
    (copy,) = (path for path in database.parent.iterdir() if ".before-" in path.name)
    assert rights(copy) == (os.getegid(), SHARED)


def test_a_folder_that_is_not_the_group_s_is_refused_and_nothing_is_laid_there(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    with pytest.raises(Unshared, match="chmod 2770"):
        Store.open(folder / "nevus.db", own_group())
    assert list(folder.iterdir()) == []
    with pytest.raises(Unshared, match="no group nobody-has-this"):
        Store.open(tmp_path / "new" / "nevus.db", "nobody-has-this")


def test_a_shared_one_lies_where_all_users_come(tmp_path: Path) -> None:
    shared, own = database_for(tmp_path, group="clinic"), database_for(tmp_path)
    assert (shared.parent, shared.name) == (SHARED_PLACE, own.name)
    named = tmp_path.parent / "named.db"
    assert database_for(tmp_path, named, "clinic") == named


def work_on(database: Path, group: str, user: int, together: Barrier) -> str:
    """What a reviewer does while another one has the same database open."""
    name = f"user{user}"
    with closing(Store.open(database, group)) as store:
        together.wait()
        for number in range(10):
            photo_id = outline(store, f"{name}-{number}.jpg")
            store.claim(photo_id, Holder(name, now()), now())
            store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, name))
            correct(store, photo_id, name)
            assert store.prediction(photo_id) is not None
        together.wait()
    return "done"


@needs_root
def test_two_users_work_on_one_at_once(place: Path) -> None:
    group, shared = other_group(), place / "shared"
    shared.mkdir()
    os.chown(shared, 0, grp.getgrnam(group).gr_gid)
    shared.chmod(SHARED_FOLDER)
    # All that is loaded late is loaded here, once, for both.
    with closing(Store.open(place / "warm" / "nevus.db")) as store:
        correct(store, outline(store, "a.jpg"))
    # One that fails is told by the other's wait, which ends.
    together = get_context("fork").Barrier(2, timeout=60)
    database = shared / "nevus.db"
    logins = [
        Login(user, [group], lambda user=user: work_on(database, group, user, together))  # type: ignore[misc]
        for user in (ONE, OTHER)
    ]
    assert [login.result() for login in logins] == ["done", "done"]
    with closing(Store.open(database, group)) as store:
        lines = list(store.queue(FOLDER))
        assert len(lines) == 20
        assert {line.reviewer for line in lines} == {f"user{ONE}", f"user{OTHER}"}
        assert list(unshared(database, group)) == []
    stranger = Login(STRANGER, [], lambda: Store.open(database, group)).result()
    assert f"You are not in the group {group}" in str(stranger)


@needs_root
def test_a_file_that_its_maker_is_about_to_share_is_waited_for(place: Path) -> None:
    group, database, beside = other_group(), place / "nevus.db", place / "nevus.db.lock"
    place.chmod(0o777)
    for path in (database, beside):
        path.touch()
        os.chown(path, ONE, grp.getgrnam(group).gr_gid)
    database.chmod(SHARED)
    beside.chmod(0o600)
    asking = get_context("fork").Event()

    def opened() -> str:
        asking.set()
        os.close(open_beside(database, beside))
        return "opened"

    other = Login(OTHER, [group], opened)
    assert asking.wait(60)
    beside.chmod(SHARED)
    assert other.result() == "opened"
