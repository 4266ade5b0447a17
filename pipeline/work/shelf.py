"""Whole pictures kept in memory, the last ones used, as many as a number of bytes holds."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from imaging.framing import Framing, Pixels, Size
from imaging.photo import Photo
from imaging.values import Fingerprint
from imaging.view.pyramid import draw_region


@dataclass(frozen=True)
class FileState:
    """A file as the system tells it from another one, and from itself once it was written."""

    path: Path
    device: int
    inode: int
    bytes: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileState | None":
        """What lies at a path, links followed; None where the system won't say."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(
            path,
            found.st_dev,
            found.st_ino,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
        )


@dataclass(frozen=True, eq=False)
class Viewed:
    """A photo, or a part of it, for the screen, and which one it is."""

    fingerprint: Fingerprint
    photo: Photo


@dataclass(frozen=True, eq=False)
class Whole:
    """A photo at full size, beside smaller copies of it (see `imaging.view.pyramid`)."""

    fingerprint: Fingerprint
    size: Size
    levels: tuple[Pixels, ...]

    @property
    def bytes(self) -> int:
        """What it takes of memory."""
        return sum(level.nbytes for level in self.levels)

    def region(self, framing: Framing) -> Viewed:
        """What a framing shows of it."""
        return Viewed(self.fingerprint, Photo(draw_region(self.levels, framing), self.size))


class Shelf:
    """Pictures by the state of their files. Any thread may use it.

    What is kept takes at most `most_bytes`, or is one picture; what is being made comes on top.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._made: dict[FileState, Whole] = {}
        self._making: dict[FileState, Future[Whole]] = {}

    @property
    def bytes(self) -> int:
        """What the kept pictures take."""
        with self._lock:
            return self._bytes()

    def find(self, state: FileState) -> Whole | None:
        """The picture if it is kept."""
        with self._lock:
            return self._used(state)

    def is_making(self, state: FileState) -> bool:
        """Whether another thread makes this picture now."""
        with self._lock:
            return state in self._making

    def fetch(self, state: FileState, make: Callable[[], Whole]) -> Whole:
        """The picture, made if it is not kept; made once, whoever else asks meanwhile waits.

        Raises what `make` raises; then it is made anew the next time.
        """
        with self._lock:
            kept, theirs = self._used(state), self._making.get(state)
            ours: Future[Whole] = Future()
            if kept is None and theirs is None:
                self._making[state] = ours
        if kept is not None:
            return kept
        return self._make(state, make, ours) if theirs is None else theirs.result()

    def _make(self, state: FileState, make: Callable[[], Whole], ours: Future[Whole]) -> Whole:
        try:
            made = make()
        except BaseException as error:
            with self._lock:
                del self._making[state]
            ours.set_exception(error)
            raise
        # Read while it was written, or put in another's place: nobody knows what was read.
        lasting = FileState.of(state.path) == state
        with self._lock:
            del self._making[state]
            if lasting:
                self._made[state] = made
                self._make_room()
        ours.set_result(made)
        return made

    def _used(self, state: FileState) -> Whole | None:
        """The picture if it is kept, as the last one used."""
        kept = self._made.pop(state, None)
        if kept is not None:
            self._made[state] = kept
        return kept

    def _make_room(self) -> None:
        while len(self._made) > 1 and self._bytes() > self._most_bytes:
            del self._made[next(iter(self._made))]

    def _bytes(self) -> int:
        return sum(whole.bytes for whole in self._made.values())
