"""Put a backup in the place of the database; what lay there stays beside it under a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.errors import StoreError
from db.forgetting import Tombstone
from db.sqlite.copies import keep_copy
from db.sqlite.difference import missing_from
from db.sqlite.files import maps_beside, size_of
from db.sqlite.forgetting import forget
from db.sqlite.inspection import form_in, inspect
from db.sqlite.location import check_place
from db.sqlite.replacing import replace_database
from db.store import Store
from pipeline.errors import UpkeepError
from pipeline.intake.lease import Lease


@dataclass(frozen=True)
class Restored:
    """What was put back.

    `form` is the one that the backup had. `aside` is where the database lies that was there before,
    None where there was none. `lost` says how many of its photos, decisions and edits the backup
    doesn't hold; None where that database could not be read.
    """

    database: Path
    backup: Path
    form: str
    photos: int
    decided: int
    aside: Path | None
    lost: dict[str, int] | None
    forgotten: int


def restore(database: Path, backup: Path) -> Restored:
    """Put a copy of a backup, brought to the present form, where the database lies.

    What was forgotten since the backup was made is forgotten in it too. Where it can't be done,
    nothing was changed. Raises StoreError, among them DatabaseBusy where anybody has the database
    open, and UpkeepError.
    """
    if backup.exists() and database.exists() and backup.samefile(database):
        raise UpkeepError(f"{backup} is the database itself. Name a backup of it.")
    form = form_in(backup)
    check_place(database)
    lost, tombstones = _lost(database, backup), _tombstones(database)
    lease = Lease(database)
    try:
        if not lease.take():
            raise UpkeepError(f"Another nevus segments into {database}. End it, then try again.")
        aside = replace_database(database, backup, lambda new: _forget(new, tombstones))
        _restore_maps(database, backup)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UpkeepError(f"{backup} could not be put at {database}: {reason}.") from error
    finally:
        lease.release()
    state = inspect(database)
    return Restored(
        database, backup, form, state.photos, state.decided, aside, lost, len(tombstones)
    )


def _lost(database: Path, backup: Path) -> dict[str, int] | None:
    """What the backup lacks; nothing where there is no database, None where it can't be read."""
    if not size_of(database):
        return {}
    try:
        return missing_from(database, backup)
    except StoreError:
        return None


def _tombstones(database: Path) -> Sequence[Tombstone]:
    """What was forgotten; nothing where the database can't be read, or is none."""
    try:
        return Store.read(database, lambda store: store.tombstones())
    except StoreError:
        return ()


def _forget(new: Path, tombstones: Sequence[Tombstone]) -> None:
    for tombstone in tombstones:
        forget(new, [tombstone.content_hash], tombstone.reviewer)


def _restore_maps(database: Path, backup: Path) -> None:
    """The maps of the backup where there are none now: those that are there fit every database."""
    maps, kept = maps_beside(database), maps_beside(backup)
    if kept.is_file() and not size_of(maps):
        maps.unlink(missing_ok=True)
        keep_copy(kept, maps)
