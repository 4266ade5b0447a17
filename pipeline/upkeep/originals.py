"""The photos in their folders beside what the database says of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from db.checking import LyingFile
from imaging.decode.content import content_hash
from imaging.decode.photo import read_file
from imaging.photo import PhotoError, PhotoUnavailable
from imaging.values import FileStat
from pipeline.intake.scan import file_stat
from pipeline.intake.signature import NOTHING_THERE


class Fate(StrEnum):
    """What became of a file since nevus read it, that is no fault of anybody's."""

    SAME = "same"
    GONE = "gone"
    CHANGED = "changed"
    UNREADABLE = "unreadable"


_NOTES = {
    Fate.GONE: "{} of the files are not there any more; the next look at the folder notes it.",
    Fate.CHANGED: "{} of the files were changed since they were read; the next look at the folder "
    "reads them anew.",
    Fate.UNREADABLE: "{} of the files can't be read now. Check their disk and their permissions.",
}


class Originals:
    """Reads every file once and compares it."""

    def __init__(self) -> None:
        self._fates: Counter[Fate] = Counter()

    @property
    def read(self) -> int:
        """How many files are as they were."""
        return self._fates[Fate.SAME]

    def faults(self, files: Iterable[LyingFile]) -> Iterator[str]:
        """A sentence for each file that says it was not touched, and holds something else."""
        for file in files:
            try:
                fault = self._fault(file)
            except (OSError, PhotoUnavailable) as error:
                gone = isinstance(error, OSError) and error.errno in NOTHING_THERE
                self._fates[Fate.GONE if gone else Fate.UNREADABLE] += 1
                continue
            if fault is not None:
                yield fault

    def notes(self) -> tuple[str, ...]:
        """Sentences on the others."""
        return tuple(
            sentence.format(self._fates[fate])
            for fate, sentence in _NOTES.items()
            if self._fates[fate]
        )

    def _fault(self, file: LyingFile) -> str | None:
        path = Path(file.stat.path)
        before = file_stat(path)
        try:
            data = read_file(path).data
        except PhotoUnavailable:
            raise
        except PhotoError as error:
            data, why = b"", str(error)
        else:
            why = "" if sha256(data).hexdigest() == file.file_hash else "Its bytes are others now."
        if why and not _untouched(file.stat, before):
            self._fates[Fate.CHANGED] += 1
            return None
        if why:
            return (
                f"{path} is not what it was, though nobody wrote it since: {why} Its disk may be "
                "failing; put it back from a copy."
            )
        if content_hash(data) != file.content_hash:
            return f"{path} is what it was, and its photo's content hash is another picture's."
        self._fates[Fate.SAME] += 1
        return None


def _untouched(then: FileStat, now: FileStat) -> bool:
    # A copied or restored folder has new inodes.
    return replace(then, inode=0) == replace(now, inode=0)
