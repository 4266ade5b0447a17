"""The right to segment into a database: one process at a time holds it, while it lives."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from db.errors import StoreError
from db.sqlite.files import lease_of
from db.sqlite.rights import open_beside


class Lease:
    """A lock on a file beside the database, from `take` to `release`.

    The system gives it back when its holder dies, whatever the clock says. Two of one process
    exclude each other like two of two: each has opened the file for itself. The file stays, for a
    lock on a file that was removed excludes nobody.
    """

    def __init__(self, database: Path) -> None:
        self._database, self._path = database, lease_of(database)
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this one may segment now."""
        return self._handle is not None

    def take(self) -> bool:
        """Try to get it; says whether it is held. Raises StoreError where no file can be locked."""
        if self._handle is None:
            try:
                self._handle = _locked(self._database, self._path)
            except OSError as error:
                raise _no_lock(self._path, error) from error
        return self.held

    def release(self) -> None:
        """Give it back, if it is held."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def is_held(database: Path) -> bool:
    """Whether a process that lives holds the lease; it is not taken, nor its file made.

    Raises OSError where that can't be told.
    """
    try:
        handle = os.open(lease_of(database), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return False
    try:
        # Shared, and for a moment: who asks does not keep out others who ask.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _locked(database: Path, path: Path) -> int | None:
    """The locked file, None where somebody else has it."""
    # It is closed on exec: a worker process that outlived its parent would hold the lock for it.
    handle = open_beside(database, path, os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        with suppress(OSError):
            os.close(handle)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return handle


def _no_lock(path: Path, error: OSError) -> StoreError:
    reason = error.strerror or str(error)
    return StoreError(
        f"{path} can't be locked ({reason}), and nothing is done while another nevus may be at "
        "work. Look at the permissions of its folder and at its disk, or name another place with "
        "--db."
    )
