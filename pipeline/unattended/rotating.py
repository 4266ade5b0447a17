"""A log file that does not grow for ever: full, it is put by under a number, and a new one begun.

`FILE.1` is the newest of those that were put by. Only files by these names are ever removed.
"""

import os
from contextlib import suppress
from pathlib import Path


class RotatingFile:
    """A file of at most `most` bytes, or one line if that is longer, with `kept` old ones."""

    def __init__(self, path: Path, most: int, kept: int) -> None:
        self._path, self._most, self._kept = path, most, kept
        self._torn = False
        """Whether the last line has no end, for want of room."""

    def write(self, line: str) -> None:
        """Add a line. Raises OSError."""
        data = (b"\n" if self._torn else b"") + line.encode("utf-8", "backslashreplace")
        if self._size() and self._size() + len(data) > self._most:
            self._put_by()
        self._append(data)

    def _append(self, data: bytes) -> None:
        # Opened for each line: one that somebody else moved away is not written on.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        handle = os.open(self._path, flags, 0o600)
        try:
            self._torn = os.write(handle, data) < len(data)
        finally:
            os.close(handle)

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def _put_by(self) -> None:
        names = [self._path, *(self._numbered(each + 1) for each in range(self._kept))]
        names[-1].unlink(missing_ok=True)
        for older, newer in zip(names[:0:-1], names[-2::-1], strict=True):
            with suppress(FileNotFoundError):
                newer.rename(older)

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
