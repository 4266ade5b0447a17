"""A folder that has its name only once it is whole and on the disk; what a kill left is cleared.

Until then it lies beside under a name of ours, and is locked while its process lives: whoever
writes one there next removes those that nobody holds.
"""

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from db.sqlite.files import flush

OURS = re.compile(r"\.nevus-partial-[0-9a-f]{8}")


class Partial:
    """Where the files of `dest` are made, from `begin` to `finish`."""

    def __init__(self, dest: Path) -> None:
        self._dest = dest
        # Not with the name of `dest` in it, which may be as long as a name may be.
        self._path = dest.with_name(f".nevus-partial-{uuid.uuid4().hex[:8]}")
        self._handle: int | None = None

    def begin(self) -> Path:
        """The folder, made; emptied where what filled it must be repeated. Raises OSError."""
        if self._handle is None:
            self._dest.parent.mkdir(parents=True, exist_ok=True)
            _clear(self._dest.parent)
            self._handle = self._make()
        for path in self._path.iterdir():
            _remove(path)
        return self._path

    def _make(self) -> int:
        """Make it and hold it. Raises OSError."""
        # Again where whoever clears the place was faster than the lock.
        while True:
            self._path.mkdir()
            with suppress(FileNotFoundError):
                handle = _opened(self._path)
                # A file system without locks has none of ours cleared either.
                with suppress(OSError):
                    fcntl.flock(handle, fcntl.LOCK_EX)
                if _is_at(handle, self._path):
                    return handle
                os.close(handle)

    def finish(self) -> None:
        """Flush it and give it its name. Raises OSError."""
        for folder, _, names in os.walk(self._path):
            for name in names:
                flush(Path(folder, name))
            flush(Path(folder))
        if self._dest.exists() and any(self._dest.iterdir()):
            self._replace()
        else:
            self._path.rename(self._dest)
        flush(self._dest.parent)

    def _replace(self) -> None:
        """Take the place of what has the name; whoever asked for that has looked at it.

        What a kill in it leaves, `recover` brings in order.
        """
        old = _aside(self._dest)
        self._dest.rename(old)
        try:
            self._path.rename(self._dest)
        except OSError:
            old.rename(self._dest)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def leave(self) -> None:
        """Leave nothing under its name of ours."""
        shutil.rmtree(self._path, ignore_errors=True)
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def recover(dest: Path) -> None:
    """Bring in order what a kill left that came while one dataset took the place of another.

    The old one comes back where no new one has the name yet, else it goes. Raises OSError.
    """
    old = _aside(dest)
    if not old.is_dir():
        return
    if dest.exists():
        shutil.rmtree(old)
    else:
        old.rename(dest)


def _aside(dest: Path) -> Path:
    """Where a dataset lies while another takes its name: beside, by a name of ours for it alone."""
    named = sha256(os.fsencode(dest.name)).hexdigest()[:8]
    return dest.with_name(f".nevus-replaced-{named}")


@contextmanager
def partial(dest: Path) -> Iterator[Partial]:
    """A folder to be made in the block; it takes the name `dest` where that ends well, or goes.

    Raises OSError.
    """
    made = Partial(dest)
    try:
        yield made
        made.finish()
    finally:
        made.leave()


def _clear(place: Path) -> None:
    """Remove what processes that were killed left at a place, and nothing that one is at."""
    for path in list(place.iterdir()):
        if OURS.fullmatch(path.name):
            with suppress(OSError):
                _clear_one(path)


def _clear_one(path: Path) -> None:
    handle = _opened(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(handle, path):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(handle)


def _opened(folder: Path) -> int:
    # Closed on exec: a process that outlives this one would hold the lock for it.
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _is_at(handle: int, path: Path) -> bool:
    """Whether an open folder still lies at a path."""
    with suppress(OSError):
        return os.path.samestat(os.fstat(handle), path.lstat())
    return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
