"""Watch a folder: tell of photos that came and went, and of the folder itself."""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from pipeline.errors import FolderGone, ScanStopped
from pipeline.intake.known import PAGE
from pipeline.intake.scan import Scan, is_photo_of, scan
from pipeline.intake.sights import Pace, Sights
from pipeline.intake.signature import Signature, signature_of

T = TypeVar("T")
LAST_CALL = 0.5
"""Seconds to wait for a thread that was told to end; one that hangs on a disk is left behind."""


@dataclass(frozen=True)
class Listener:
    """Whom the watcher tells; called from its thread, one call at a time."""

    found: Callable[[Sequence[Path]], None]
    """Photos whose size is stable, a page of them at most; again whenever they have changed."""
    gone: Callable[[Path], None]
    """A photo that was found and is not there any more."""
    folder_gone: Callable[[str | None], None]
    """A sentence when the folder has vanished; None when it is back."""
    scanned: Callable[[Scan], None]
    """A look through the whole folder, its photos not yet handed on."""


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
        self._sights = Sights(self._pace, clock)
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
            self._sights.again(path)
            self._changed.notify_all()

    def calm(self, path: Path) -> bool:
        """Whether a photo has not changed for so long that it won't grow any more."""
        with self._changed:
            return self._sights.calm(path)

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
            if not (self._is_asked() or self._stopping):
                self._changed.wait(max(0.0, self._next_look() - self._clock()))

    def _is_asked(self) -> bool:
        # In a folder that is gone there is nothing to look at, however often it is asked for.
        return not self._told_gone and bool(self._touched or self._rescan_asked)

    def _next_look(self) -> float:
        folder = self._clock() + self._pace.folder
        if self._told_gone:
            return folder
        due = self._sights.next_due()
        return min(folder, self._next_rescan, *(() if due is None else (due,)))

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
            found = scan(self._folder, lambda: not self._stopping, self._note)
        except (FolderGone, ScanStopped):
            return
        self._tell(self._listener.scanned, found)
        for path in self._missing(found):
            if found.saw(path):
                self._see(path)

    def _missing(self, found: Scan) -> set[Path]:
        with self._changed:
            # All that was found is among them.
            if len(self._sights) == len(found.photos):
                return set()
            return self._sights.missing(found.photos)

    def _see(self, path: Path, *, whole: bool = False) -> None:
        signature = signature_of(path)
        if signature is None:
            self._miss(path)
        else:
            self._note(path, signature, whole=whole)

    def _note(self, path: Path, signature: Signature, *, whole: bool = False) -> None:
        with self._changed:
            self._sights.note(path, signature, whole=whole)

    def _miss(self, path: Path) -> None:
        with self._changed:
            known = self._sights.miss(path)
        if known:
            self._tell(self._listener.gone, path)

    def _hand_on(self) -> None:
        with self._changed:
            due = self._sights.due()
        for begin in range(0, len(due), PAGE):
            page = [path for path in due[begin : begin + PAGE] if self._is_still_due(path)]
            if page:
                self._tell(self._listener.found, page)

    def _is_still_due(self, path: Path) -> bool:
        self._see(path)
        with self._changed:
            return not self._stopping and self._sights.hand_on(path)


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
            f"The folder is not there: {folder}. Check its name, or bring it back: nevus goes on "
            "as soon as it is there."
        )
    return (
        f"The folder is not there any more: {folder}. nevus goes on when it is back; what was "
        "reviewed is safe."
    )


def _inode(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino if folder.is_dir() else None
    except OSError:
        return None
