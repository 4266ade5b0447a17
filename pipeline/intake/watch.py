"""Watch a folder: tell of photos that came and went, and of the folder itself."""

import os
import stat
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TypeVar

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from pipeline.errors import FolderGone, ScanStopped
from pipeline.intake.scan import NOTHING_THERE, Scan, is_photo_of, scan

T = TypeVar("T")
Signature = tuple[int, int, int, int]
"""Inode, bytes, modification and change time: the last one tells of a permission given back."""
UNSEEN: Signature = (0, 0, 0, 0)
"""Of what is there and can't be looked at."""
LAST_CALL = 0.5
"""Seconds to wait for a thread that was told to end; one that hangs on a disk is left behind."""


@dataclass(frozen=True)
class Pace:
    """How often the watcher looks, in seconds."""

    rescan: float = 30.0
    """A whole look through the folder: FSEvents drops events under load and does not say so."""
    folder: float = 1.0
    """Whether the folder itself is still there."""
    settle: float = 0.4
    """How long a file's size must not change before it is handed on, where nothing says that its
    writer has closed it or has put it there whole. One that grows in jerks is given longer."""
    calm: float = 2.0
    """How long until a file that can't be read counts as complete all the same."""
    coming: float = 10.0
    """The same of one that was written so shortly before, or while it was watched: a slow writer
    pauses, and what is cut short until it goes on is not damaged."""
    longest: float = 60.0
    """How long is waited at most for a file that grows in jerks."""


@dataclass(frozen=True)
class Listener:
    """Whom the watcher tells; called from its thread, one call at a time."""

    found: Callable[[Path], None]
    """A photo whose size is stable; again whenever it has changed."""
    gone: Callable[[Path], None]
    """A photo that was found and is not there any more."""
    folder_gone: Callable[[str | None], None]
    """A sentence when the folder has vanished; None when it is back."""
    scanned: Callable[[Scan], None]
    """A look through the whole folder, its photos not yet handed on."""


@dataclass(frozen=True)
class _Sight:
    """A file as last seen: its signature, since when, when it is due, and whether handed on.

    `pause` is the longest that it stood still before it went on growing. `coming` is whether it was
    written while it was watched, or shortly before.
    """

    signature: Signature
    since: float
    due: float
    handed: bool = False
    pause: float = 0.0
    coming: bool = False


class Watcher:
    """Watches one folder, its sub-folders included, from `start` to `stop`."""

    def __init__(
        self,
        folder: Path,
        listener: Listener,
        pace: Pace | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock = clock
        self._folder = folder
        self._listener = listener
        self._pace = pace or Pace()
        self._changed = threading.Condition()
        self._telling = threading.Lock()
        self._touched: dict[Path, bool] = {}
        """What changed, and whether it was closed or moved there since."""
        self._rescan_asked = True
        self._stopping = False
        self._sights: dict[Path, _Sight] = {}
        self._observer: BaseObserver | None = None
        self._folder_inode: int | None = None
        self._told_gone = self._was_there = False
        self._next_rescan = 0.0
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin; what lies in the folder already is found like what comes."""
        self._thread.start()

    def stop(self) -> None:
        """End; no call to the listener comes after it."""
        with self._telling, self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(LAST_CALL)

    def again(self, path: Path) -> None:
        """Hand a photo on once more when it is calm: it could not be read, and may be growing."""
        with self._changed:
            sight = self._sights.get(path)
            if sight is not None:
                due = sight.since + self._calm(sight)
                self._sights[path] = replace(sight, due=due, handed=False)
                self._changed.notify_all()

    def calm(self, path: Path) -> bool:
        """Whether a photo has not changed for so long that it won't grow any more."""
        with self._changed:
            sight = self._sights.get(path)
        return sight is None or self._clock() - sight.since >= self._calm(sight)

    def _calm(self, sight: _Sight) -> float:
        usual = self._pace.coming if sight.coming else self._pace.calm
        return self._longer(usual, sight.pause)

    def _longer(self, usual: float, pause: float) -> float:
        """How long to wait for what stood still for so long before."""
        return max(usual, min(2 * pause, self._pace.longest))

    def _tell(self, hear: Callable[[T], None], news: T) -> None:
        # Held by this thread while it tells and by `stop` while it says so: never both.
        with self._telling:
            if not self._stopping:
                hear(news)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._look()
                self._wait()
        finally:
            self._end_observer()

    def _look(self) -> None:
        if not self._folder_is_there():
            return
        if self._take_rescan():
            self._look_through_all()
        for path, whole in self._take_touched().items():
            self._see(path, whole=whole)
        self._hand_on()

    def _wait(self) -> None:
        with self._changed:
            dues = [sight.due for sight in self._sights.values() if not sight.handed]
            until = min([*dues, self._next_rescan, self._clock() + self._pace.folder])
            if not (self._touched or self._rescan_asked or self._stopping):
                self._changed.wait(max(0.0, until - self._clock()))

    def _take_touched(self) -> dict[Path, bool]:
        with self._changed:
            touched, self._touched = self._touched, {}
        return touched

    def _take_rescan(self) -> bool:
        with self._changed:
            asked = self._rescan_asked or self._clock() >= self._next_rescan
            self._rescan_asked = False
        return asked

    # The folder itself

    def _folder_is_there(self) -> bool:
        inode = _inode(self._folder)
        if inode is not None and inode == self._folder_inode:
            return True
        self._folder_inode = inode
        self._end_observer()
        if inode is None:
            self._leave_folder()
        else:
            self._enter_folder()
        return inode is not None

    def _leave_folder(self) -> None:
        if self._told_gone:
            return
        self._told_gone = True
        with self._changed:
            self._sights.clear()
        self._tell(self._listener.folder_gone, _gone_sentence(self._folder, self._was_there))

    def _enter_folder(self) -> None:
        self._told_gone, self._was_there = False, True
        self._begin_observer()
        with self._changed:
            self._rescan_asked = True
        self._tell(self._listener.folder_gone, None)

    def _begin_observer(self) -> None:
        observer = Observer()
        # No watch to be had (the system's limit, a folder without permission): the rescan remains.
        with suppress(OSError):
            observer.schedule(_Handler(self._touch), str(self._folder), recursive=True)
            observer.start()
            self._observer = observer

    def _end_observer(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    # Its files

    def _touch(self, path: Path, is_folder: bool, whole: bool) -> None:
        with self._changed:
            if is_folder:
                self._rescan_asked = True
            elif is_photo_of(self._folder, path):
                self._touched[path] = whole
            self._changed.notify_all()

    def _look_through_all(self) -> None:
        self._next_rescan = self._clock() + self._pace.rescan
        try:
            found = scan(self._folder, lambda: not self._stopping)
        except (FolderGone, ScanStopped):
            return
        self._tell(self._listener.scanned, found)
        for path in [*found.photos, *(self._sights.keys() - set(found.photos))]:
            if found.saw(path):
                self._see(path)

    def _see(self, path: Path, *, whole: bool = False) -> None:
        signature = _signature(path)
        if signature is None:
            self._miss(path)
            return
        now = self._clock()
        with self._changed:
            sight = self._sights.get(path)
            if sight is None or sight.signature != signature:
                growing = sight is not None and not sight.handed
                pause = max(sight.pause, now - sight.since) if sight and growing else 0.0
                due = now + self._longer(self._pace.settle, pause)
                coming = sight is not None or self._is_young(signature)
                due = now if whole else due
                self._sights[path] = _Sight(signature, now, due, pause=pause, coming=coming)
            elif whole and not sight.handed:
                self._sights[path] = replace(sight, due=min(sight.due, now))

    def _is_young(self, signature: Signature) -> bool:
        # Either way: a share's clock may go before ours.
        age = time.time() - signature[2] / 1e9
        return abs(age) < self._pace.coming

    def _miss(self, path: Path) -> None:
        with self._changed:
            known = self._sights.pop(path, None)
        if known is not None:
            self._tell(self._listener.gone, path)

    def _hand_on(self) -> None:
        for path in self._due():
            self._see(path)
            if self._mark_handed(path):
                self._tell(self._listener.found, path)

    def _due(self) -> list[Path]:
        now = self._clock()
        with self._changed:
            return [p for p, seen in self._sights.items() if not seen.handed and seen.due <= now]

    def _mark_handed(self, path: Path) -> bool:
        with self._changed:
            sight = self._sights.get(path)
            if self._stopping or sight is None or sight.due > self._clock():
                return False
            self._sights[path] = replace(sight, handed=True)
            return True


class _Handler(FileSystemEventHandler):
    """Passes on the paths of whatever the file system tells."""

    def __init__(self, touch: Callable[[Path, bool, bool], None]) -> None:
        self._touch = touch

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Tell of both ends of a move; that a file was opened or closed unwritten is no news."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        # A folder is "modified" with each file in it; only its coming and going needs a rescan.
        if event.is_directory and event.event_type == "modified":
            return
        # Only Linux tells of a close; what else was moved there was written elsewhere before.
        whole = event.event_type in ("closed", "moved")
        for path in (event.src_path, event.dest_path):
            if path:
                self._touch(Path(os.fsdecode(path)), event.is_directory, whole)


def _gone_sentence(folder: Path, was_there: bool) -> str:
    if not was_there:
        return (
            f"{folder} is not there. Check its name, or bring it back: nevus goes on as soon as it "
            "is there."
        )
    return (
        f"{folder} is not there any more. nevus goes on when it is back; what was reviewed is safe."
    )


def _inode(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino if folder.is_dir() else None
    except OSError:
        return None


def _signature(path: Path) -> Signature | None:
    """What the file system says of a regular file; None where there is none."""
    try:
        found = path.stat()
    except OSError as error:
        return None if error.errno in NOTHING_THERE else UNSEEN
    if not stat.S_ISREG(found.st_mode):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
