"""What is being done about a folder: who segments, how far it is, what waits, what is safe.

Whether somebody segments the lease says, which ends with its holder; the notice beside the database
says who, and after a kill, who it was.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from db.counting import Counts, FileCounts
from db.store import Store
from db.values import Cause, SetAside
from pipeline.errors import FolderGone
from pipeline.intake.notice import Notice, Seen, look_for
from pipeline.intake.scan import scan
from pipeline.unattended.copies import LastCopy, look_for_copies
from pipeline.unattended.daily import DailyCopies
from pipeline.unattended.names import Names

LONGEST_LOOK = 20.0
"""Seconds; a share that has gone answers never."""


@dataclass(frozen=True)
class Status:
    """Where a folder stands.

    `segmenting` is whether a process segments into its database now, None where that can't be told;
    `by` is that one's notice, or that of the last one, None where it is not known; `unread` is the
    sentence on a file that would tell. `to_segment` is how many files are not done, None where the
    folder is not there and nobody says. `counts` are those of its photos,
    `set_aside` the files that are none, by path, called as names are to be called;
    `last_copy` is the newest good copy of the database, `copies_passed_over` are sentences on newer
    ones. Bytes are what is free on the disks.
    """

    folder: str
    database: str
    segmenting: bool | None
    by: Notice | None
    unread: str | None
    to_segment: int | None
    counts: Counts
    set_aside: tuple[SetAside, ...]
    last_copy: LastCopy | None
    copies_passed_over: tuple[str, ...]
    free_bytes: int
    free_bytes_for_copies: int | None


def status_of(names: Names, copies: DailyCopies) -> Status:
    """Where a folder stands; nothing is changed. Raises StoreError, also where no database is."""
    folder, database = names.folder, copies.database
    # The database first: what is done meanwhile is not to look as if it waited.
    counts, files, aside = Store.read(database, lambda store: _stored(store, str(folder)))
    asked = sum(each.cause is Cause.ASKED for each in aside)
    seen, made = look_for(database), look_for_copies(copies, datetime.now(UTC))
    return Status(
        folder=str(folder),
        database=str(database),
        segmenting=seen.segmenting,
        by=None if seen.notice is None else _with_names(seen.notice, names),
        unread=seen.unread,
        to_segment=_to_segment(seen, folder, files.known - asked),
        counts=counts,
        set_aside=tuple(_called_aside(names, each) for each in aside),
        last_copy=made.last,
        copies_passed_over=made.passed_over,
        free_bytes=shutil.disk_usage(database.parent).free,
        free_bytes_for_copies=_free(copies.folder),
    )


def _stored(store: Store, folder: str) -> tuple[Counts, FileCounts, list[SetAside]]:
    return store.counts(folder), store.file_counts(folder), store.set_aside_files(folder)


def whose(names: Names, database: Path, called: str) -> list[str]:
    """The paths, below the folder, of the photos that are called so. Raises StoreError."""
    paths = Store.read(database, lambda store: store.files_under(str(names.folder)))
    return [
        str(Path(path).relative_to(names.folder))
        for path in paths
        if names.of(Path(path)) == called
    ]


def _to_segment(seen: Seen, folder: Path, done_with: int) -> int | None:
    """By what lies there, of which so many files are done with, and by what the holder says, who
    knows of outlines to be made anew, but could not say so on a full disk.
    """
    there, notice = _photos_in(folder), seen.notice
    left = [] if there is None else [there - done_with]
    if seen.segmenting and notice is not None and notice.folder == str(folder):
        left.append(notice.found - notice.done)
    return max(0, *left) if left else None


def _photos_in(folder: Path) -> int | None:
    """How many photos lie in a folder; None where it is not there, or on a disk that hangs."""
    found: list[int] = []

    def look() -> None:
        with suppress(FolderGone):
            found.append(len(scan(folder).photos))

    looking = Thread(target=look, daemon=True)
    looking.start()
    looking.join(LONGEST_LOOK)
    return found[0] if found else None


def _with_names(notice: Notice, names: Names) -> Notice:
    if names.key is None:
        return notice
    message, message_path = _called(names, notice.message, notice.message_path)
    error, error_path = _called(names, notice.error, notice.error_path)
    return replace(
        notice,
        message=message,
        message_path=message_path,
        error=error,
        error_path=error_path,
    )


def _called_aside(names: Names, file: SetAside) -> SetAside:
    if names.key is None:
        return file
    path = Path(file.path)
    called = names.of(path)
    return replace(file, path=called, name=called, reason=names.in_sentence(file.reason, path))


def _called(names: Names, sentence: str | None, path: str | None) -> tuple[str | None, str | None]:
    if sentence is None or path is None:
        return sentence, path
    return names.in_sentence(sentence, Path(path)), names.of(Path(path))


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
