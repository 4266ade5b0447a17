"""A copy of a database that is in use: whole, looked through, and on the disk before it is named.

One backup of a database is made at a time, by whichever process: the list of them is held.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path

from db.counting import Counts
from db.sqlite.copies import keep_copy
from db.sqlite.files import backups_of, maps_beside, size_of
from db.sqlite.inspection import counts_in, form_in
from pipeline.errors import UpkeepError, WrongDestination
from pipeline.upkeep.places import Places, places

SUFFIX = ".db"


@dataclass(frozen=True)
class Backup:
    """A backup that lies on the disk; `counts` are those of the photos that it knows.

    `maps_bytes` is the size of the maps beside it, 0 where they were left out.
    """

    path: Path
    bytes: int
    counts: Counts
    maps_bytes: int = 0


def back_up(database: Path, destination: Path) -> Backup:
    """Copy the database at `database`, which may be in use, to `destination`; its place is noted.

    That is a folder, in which the backup is named for the database and the time, or a new file in
    one. Nothing is overwritten, and no folder is made: a disk that is not there would only seem to
    be. Raises StoreError, NoDatabase among them, WrongDestination, UpkeepError.
    """
    form_in(database)
    with _explained(destination), _list_of(database) as noted:
        target = _target(database, destination.resolve())
        keep_copy(database, target)
        _note(database, noted, target)
        return Backup(target, size_of(target), counts_in(target))


def back_up_with_maps(database: Path, destination: Path) -> Backup:
    """The same with the cache of maps beside it, which costs much room and saves some hours."""
    backup = back_up(database, destination)
    maps, target = maps_beside(database), maps_beside(backup.path)
    if not size_of(maps):
        return backup
    with _explained(target), _list_of(database):
        _check_unused(target)
        keep_copy(maps, target)
    return replace(backup, maps_bytes=size_of(target))


def check_outside(destination: Path, folder: Path) -> None:
    """Raise WrongDestination where a backup would lie inside the photos' folder."""
    place, photos = destination.resolve(), folder.resolve()
    if photos == place or photos in place.parents:
        raise WrongDestination(
            f"{place} lies inside the photos' folder, which nevus never writes. Choose a place "
            "outside, best on another disk."
        )


@contextmanager
def _list_of(database: Path) -> Iterator[Places]:
    """The list of backups, held. Raises UpkeepError where it can't be written."""
    with ExitStack() as stack:
        try:
            held = stack.enter_context(places(database))
        except OSError as error:
            raise _unlisted(database, error) from error
        yield held


def _note(database: Path, noted: Places, backup: Path) -> None:
    try:
        noted.add(backup, datetime.now(UTC))
    except OSError as error:
        backup.unlink()
        raise _unlisted(database, error) from error


def _unlisted(database: Path, error: OSError) -> UpkeepError:
    return UpkeepError(
        f"No backup was made: {backups_of(database)}, the list by which nevus forget reaches "
        f"backups, can't be written ({error.strerror or error}). Look at its disk and at the "
        "permissions of its folder."
    )


def _target(database: Path, destination: Path) -> Path:
    if destination.is_dir():
        return _free(destination, f"{database.stem}-{datetime.now():%Y-%m-%d-%H%M%S}")
    _check_unused(destination)
    if not destination.parent.is_dir():
        raise WrongDestination(
            f"There is no folder {destination.parent}. Make it, or mount the disk that it lies on."
        )
    if not destination.suffix:
        raise WrongDestination(
            f"There is no folder {destination}. Make it, or name a file that ends in {SUFFIX}."
        )
    return destination


def _free(folder: Path, stem: str) -> Path:
    path, number = folder / f"{stem}{SUFFIX}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{SUFFIX}"
    return path


def _check_unused(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise WrongDestination(
            f"{path} is there already, and a backup never takes another file's place. Name a new "
            "file, or the folder alone."
        )


@contextmanager
def _explained(destination: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = "There is no room" if error.errno == ENOSPC else (error.strerror or str(error))
        raise UpkeepError(
            f"No backup could be made at {destination} ({what}). Look at the disk and at the "
            "permissions of its folder; nothing was changed."
        ) from error
