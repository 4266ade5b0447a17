"""Keeps a reviewer's bookmark in a file of his own, without anybody waiting for that.

It is about one person's screen and not about the photos, so it has no place in the database, which
several share, nor in a backup. Losing it costs a few keys.
"""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from platformdirs import user_state_path

from pipeline.review.bookmark import Bookmark, read_bookmark, write_bookmark
from pipeline.review.lane import Lane


class Bookmarks:
    """The bookmark that was found, and the one that is kept from now on.

    `keep` and `close` are called by one thread, the screen's. The file is written on a thread of
    its own, the last bookmark last; if the process dies, one that waits is lost. What can't be read
    is none, and what can't be written is not: neither is worth a word.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.found = _read(path)
        self._kept = self.found
        self._lane = Lane("bookmark")

    @classmethod
    def of(cls, database: Path, folder: Path, reviewer: str) -> "Bookmarks":
        """Those of a reviewer in a folder whose database lies there."""
        return cls(bookmark_file(database, folder, reviewer))

    def keep(self, bookmark: Bookmark) -> None:
        """Have this one written, unless it is the last one already; returns at once."""
        if bookmark != self._kept:
            self._kept = bookmark
            self._lane.submit(lambda: self._write(bookmark))

    def close(self) -> None:
        """Write what is kept; blocks until then."""
        self._lane.close()

    def _write(self, bookmark: Bookmark) -> None:
        new = self._path.with_suffix(".new")
        with suppress(OSError):
            # Names of photos and of patients may be searched for: nobody else reads them here.
            new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.touch(mode=0o600)
            new.write_text(write_bookmark(bookmark), encoding="utf-8")
            new.replace(self._path)


def bookmark_file(database: Path, folder: Path, reviewer: str) -> Path:
    """Where it lies: in the folder of the user's for what programs remember of their use."""
    parts = (str(database.resolve()), str(folder.resolve()), reviewer)
    key = sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:24]
    return user_state_path("nevus") / "bookmarks" / f"{key}.json"


def _read(path: Path) -> Bookmark | None:
    with suppress(OSError, UnicodeDecodeError):
        return read_bookmark(path.read_text(encoding="utf-8"))
    return None
