"""Who may open a database and what lies beside it: its owner alone, or a group that shares it.

The database's own file says which, and all that is made beside it is as open as that: reviewers
with logins of their own then need to agree on nothing but the group.
"""

import grp
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE, S_ISGID
from time import monotonic, sleep

from db.errors import Unshared
from db.sqlite.files import files_of

PRIVATE, SHARED = 0o600, 0o660
PRIVATE_FOLDER, SHARED_FOLDER = 0o700, 0o2770
"""In a folder with the group's bit set, whatever anyone makes is the group's."""


_MOMENT, _PATIENCE = 0.005, 1.0
"""Seconds: how often it is looked whether a file was shared, and how long."""


def wait_until_shared(path: Path) -> None:
    """Return once a file may be read and written; after a second in any case.

    For an instant a new one is its maker's alone, whoever else comes to open it: only then is it
    given to the group.
    """
    end = monotonic() + _PATIENCE
    while path.exists() and not _may_use(path) and monotonic() < end:
        sleep(_MOMENT)


def _may_use(path: Path) -> bool:
    as_we_are = os.access in os.supports_effective_ids
    return os.access(path, os.R_OK | os.W_OK, effective_ids=as_we_are)


def open_beside(database: Path, path: Path, flags: int = 0) -> int:
    """A file beside a database opened to read and write, made as open as that. Raises OSError."""
    how = flags | os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        handle = os.open(path, how, PRIVATE)
    except PermissionError:
        wait_until_shared(path)
        handle = os.open(path, how, PRIVATE)
    # Whoever made it has seen to that; one that is another user's is not ours to change.
    with suppress(OSError):
        _follow(handle, database)
    return handle


def make_beside(database: Path, path: Path) -> None:
    """Make a file beside a database, as open as that. Raises OSError."""
    os.close(open_beside(database, path))


def make_place(path: Path, group: str | None) -> None:
    """Make the folder in which a new database is to lie, of the group that is to share it, if any.

    Raises OSError, and Unshared where the group can't have it.
    """
    folder = path.parent
    if folder.exists() or group is None:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        os.chown(folder, -1, group_id(group))
        folder.chmod(SHARED_FOLDER)
    except PermissionError as error:
        raise Unshared(
            f"{folder} is not there, and you may not make it for the group {group}. An "
            f"administrator makes it, once: sudo install -d -m 2770 -g {group} '{folder}'"
        ) from error


def check_place_of(database: Path, group: str) -> None:
    """Raise Unshared where a group can't share what lies in the folder of a database."""
    for problem in _unfit(database, group):
        raise Unshared(problem)


def share(database: Path, group: str) -> None:
    """Let a group open a database and what lies beside it. Raises Unshared where that can't be."""
    for file in files_of(database):
        with suppress(OSError):
            os.chown(file, -1, group_id(group))
            file.chmod(SHARED)
    for problem in unshared(database, group):
        raise Unshared(problem)


def unshared(database: Path, group: str) -> Iterator[str]:
    """What keeps a group from sharing a database, a sentence each. Raises Unshared."""
    yield from _unfit(database, group)
    for file in files_of(database):
        if not _fits(file, group, SHARED):
            yield (
                f"{file} is not the group {group}'s to read and write. Its owner changes that: "
                f"chgrp {group} '{file}' && chmod 660 '{file}'"
            )


def check_member(group: str) -> None:
    """Raise Unshared where this user is not in a group."""
    for problem in _strange(group):
        raise Unshared(problem)


def _strange(group: str) -> Iterator[str]:
    if os.geteuid() != 0 and group_id(group) not in {os.getegid(), *os.getgroups()}:
        yield (
            f"You are not in the group {group}, or were not when you logged in. An administrator "
            "adds you to it; log in again then."
        )


def _unfit(database: Path, group: str) -> Iterator[str]:
    yield from _strange(group)
    folder = database.parent
    if not _fits(folder, group, SHARED_FOLDER):
        yield (
            f"{folder} is not the group {group}'s to write, as it must be for two to work on "
            f"{database.name}. Name a place in a folder of its own with --db, or have this one's "
            f"owner change it: chgrp {group} '{folder}' && chmod 2770 '{folder}'"
        )


def group_id(group: str) -> int:
    """A group's number. Raises Unshared."""
    try:
        return grp.getgrnam(group).gr_gid
    except (KeyError, ValueError) as error:
        raise Unshared(f"There is no group {group} on this machine.") from error


def group_of(database: Path) -> str | None:
    """Which group shares a database that is there; None where its owner alone may open it."""
    stat = database.stat()
    if stat.st_mode & SHARED != SHARED:
        return None
    try:
        return grp.getgrgid(stat.st_gid).gr_name
    except KeyError:
        return None


def _follow(handle: int, database: Path) -> None:
    made, like = os.fstat(handle), database.stat()
    mode = SHARED if like.st_mode & SHARED == SHARED else PRIVATE
    if mode == SHARED and made.st_gid != like.st_gid:
        os.fchown(handle, -1, like.st_gid)
    if S_IMODE(made.st_mode) != mode:
        os.fchmod(handle, mode)


def _fits(path: Path, group: str, mode: int) -> bool:
    """Whether a group has these rights; where it is not there any more, that is no matter."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return True
    needed = mode & (S_ISGID | 0o070)
    return stat.st_gid == group_id(group) and stat.st_mode & needed == needed
