"""Put a backup in the place of the database; what lay there stays beside it under a name."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from db.counting import Counts
from db.errors import ForeignFile, NoDatabase, StoreError
from db.forgetting import Tombstone
from db.sqlite.copies import keep_copy
from db.sqlite.difference import missing_from
from db.sqlite.files import maps_beside, size_of
from db.sqlite.forgetting import forget, would_go
from db.sqlite.inspection import counts_in, form_in
from db.sqlite.location import check_place
from db.sqlite.maps import Maps
from db.sqlite.replacing import replace_database
from db.store import Store
from pipeline.errors import UpkeepError
from pipeline.intake.lease import Lease


@dataclass(frozen=True)
class Restored:
    """What was put back.

    `form` is the one that the backup had, `counts` are those of its photos. `aside` is where the
    database lies that was there before, None where there was none. `lost` says how many of its
    photos, decisions and edits the backup doesn't hold; None where that database could not be read.
    `left_out` is how many photos the backup held that were forgotten since; None where that could
    not be read either, so that they are back.
    """

    database: Path
    backup: Path
    form: str
    counts: Counts
    aside: Path | None
    lost: dict[str, int] | None
    left_out: int | None


def restore(database: Path, backup: Path) -> Restored:
    """Put a copy of a backup, brought to the present form, where the database lies.

    What was forgotten since the backup was made is forgotten in it too. Where it can't be done,
    nothing was changed. Raises StoreError, among them DatabaseBusy where anybody has the database
    open, and UpkeepError.
    """
    if backup.exists() and database.exists() and backup.samefile(database):
        raise UpkeepError(f"{backup} is the database itself. Name a backup of it.")
    form = _form_of(backup)
    check_place(database)
    lost, forgotten = _lost(database, backup), _forgotten(database)
    left_out: int | None = None
    lease = Lease(database)
    try:
        if not lease.take():
            raise UpkeepError(f"Another nevus segments into {database}. End it, then try again.")
        if forgotten is not None:
            hashes = {tombstone.content_hash for tombstone in forgotten}
            left_out = would_go(backup, hashes).rows.get("photo", 0)
        aside = replace_database(database, backup, lambda new: _forget(new, forgotten or ()))
        _restore_maps(database, backup, forgotten or ())
    except OSError as error:
        reason = error.strerror or str(error)
        raise UpkeepError(f"{backup} could not be put at {database}: {reason}.") from error
    finally:
        lease.release()
    return Restored(database, backup, form, counts_in(database), aside, lost, left_out)


def _form_of(backup: Path) -> str:
    try:
        return form_in(backup)
    except (ForeignFile, NoDatabase) as error:
        raise ForeignFile(
            f"{backup} is no database of nevus. Name what nevus backup or nevus watch made."
        ) from error


def _lost(database: Path, backup: Path) -> dict[str, int] | None:
    """What the backup lacks; nothing where there is no database, None where it can't be read."""
    if not size_of(database):
        return {}
    try:
        return missing_from(database, backup)
    except StoreError:
        return None


def _forgotten(database: Path) -> Sequence[Tombstone] | None:
    """What was forgotten; nothing where there is no database, None where it can't be read."""
    if not size_of(database):
        return ()
    try:
        return Store.read(database, lambda store: store.tombstones())
    except StoreError:
        return None


def _forget(new: Path, tombstones: Sequence[Tombstone]) -> None:
    for tombstone in tombstones:
        forget(new, [tombstone.content_hash], tombstone.reviewer)


def _restore_maps(database: Path, backup: Path, forgotten: Sequence[Tombstone]) -> None:
    """The maps of the backup where there are none now: those that are there fit every database."""
    maps, kept = maps_beside(database), maps_beside(backup)
    if not kept.is_file() or size_of(maps):
        return
    maps.unlink(missing_ok=True)
    keep_copy(kept, maps)
    with closing(Maps(database)) as copied:
        for tombstone in forgotten:
            copied.forget(tombstone.content_hash)
