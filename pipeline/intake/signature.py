"""What the file system says of a file, by which a change of it is told."""

import errno
from pathlib import Path
from stat import S_ISREG

Signature = tuple[int, int, int, int]
"""Inode, bytes, modification and change time: the last one tells of a permission given back."""
UNSEEN: Signature = (0, 0, 0, 0)
"""Of what is there and can't be looked at."""
NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def signature_of(path: Path) -> Signature | None:
    """The signature of a regular file, links followed; None where there is none: a folder, pipe,
    socket or device is none.

    What can't be looked at counts: reading it will say why.
    """
    try:
        found = path.stat()
    except OSError as error:
        return None if error.errno in NOTHING_THERE else UNSEEN
    if not S_ISREG(found.st_mode):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_gone(path: Path) -> bool:
    """Whether nothing lies there, where that can be told."""
    try:
        path.stat()
    except OSError as error:
        return error.errno in NOTHING_THERE
    return False
