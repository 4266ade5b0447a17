"""The app's background work: watch a folder, and segment what comes while this process may."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from db.errors import StoreError
from db.store import Store
from models.package import ModelError
from pipeline.errors import JobFailed, WorkerClosed, WorkerDied
from pipeline.lease import SECONDS, Lease
from pipeline.scan import Scan, stored_path
from pipeline.segment import Outcome, Segmenting, forget_vanished, left_out
from pipeline.watch import Listener, Pace, Watcher
from pipeline.worker import Worker

if TYPE_CHECKING:
    from models.package import PackageInfo


@dataclass(frozen=True)
class IngestProgress:
    """How far the folder is: photos found, and how many of them are done.

    `segmenting_here` is false while another process segments into the same database; then the
    numbers are what the store knows. `message` is a sentence when something stands in the way.
    """

    found: int
    done: int
    segmenting_here: bool
    message: str | None


class Ingest:
    """Watches `folder` and segments its photos, from `start` to `stop`.

    `listener` hears of every step, from a background thread. Store and worker stay the caller's.
    """

    def __init__(
        self,
        store: Store,
        worker: Worker,
        folder: Path,
        listener: Callable[[IngestProgress], None],
        pace: Pace | None = None,
        lease_seconds: float = SECONDS,
    ) -> None:
        self._store = store
        self._worker = worker
        self._folder = folder.resolve()
        self._listener = listener
        self._lease = Lease(store, lease_seconds)
        self._look_again = lease_seconds / 5
        self._watcher = Watcher(
            self._folder,
            Listener(self._found, self._gone, self._folder_gone, self._scanned),
            pace,
        )
        self._changed = threading.Condition()
        self._waiting: dict[Path, None] = {}
        self._gone_paths: list[Path] = []
        self._scan: Scan | None = None
        self._there: set[Path] = set()
        self._done: set[Path] = set()
        self._news = False
        self._stopping = False
        self._folder_message: str | None = None
        self._model_message: str | None = None
        self._step_message: str | None = None
        self._left_out_message: str | None = None
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._watcher.start()
        self._thread.start()

    def stop(self) -> None:
        """End after the photo in work, give the lease back; no call to the listener after it."""
        self._watcher.stop()
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    # From the watcher's thread: take note, nothing slow

    def _found(self, path: Path) -> None:
        with self._noted():
            self._there.add(path)
            self._done.discard(path)
            self._waiting[path] = None

    def _gone(self, path: Path) -> None:
        with self._noted():
            self._there.discard(path)
            self._done.discard(path)
            self._waiting.pop(path, None)
            self._gone_paths.append(path)

    def _folder_gone(self, sentence: str | None) -> None:
        with self._noted():
            self._folder_message = sentence

    def _scanned(self, found: Scan) -> None:
        with self._noted():
            self._scan = found
            unreadable = found.unreadable
            self._left_out_message = left_out(unreadable[0]) if unreadable else None
            self._there = set(found.photos)
            self._done &= self._there

    @contextmanager
    def _noted(self) -> Iterator[None]:
        with self._changed:
            yield
            self._news = True
            self._changed.notify_all()

    # The work

    def _run(self) -> None:
        try:
            segmenting = Segmenting(self._store, self._worker, self._open_model())
            while not self._stopping:
                self._step(segmenting)
        except WorkerClosed:
            pass
        finally:
            self._lease.release()

    def _open_model(self) -> "PackageInfo | None":
        try:
            return self._worker.model()
        except (ModelError, WorkerDied, JobFailed) as error:
            self._model_message = str(error)
            return None

    def _step(self, segmenting: Segmenting) -> None:
        try:
            self._note_gone()
            if self._lease.take():
                self._segment_next(segmenting)
            else:
                self._tell()
                self._pause()
        except StoreError as error:
            self._complain(str(error))
            self._pause()

    def _note_gone(self) -> None:
        with self._changed:
            found, self._scan = self._scan, None
            gone, self._gone_paths = self._gone_paths, []
            news, self._news = self._news, False
        if found is not None:
            forget_vanished(self._store, self._folder, found)
        for path in gone:
            self._store.mark_gone(stored_path(path))
        if news:
            self._tell()

    def _segment_next(self, segmenting: Segmenting) -> None:
        path = self._next()
        if path is None:
            return
        outcome = self._segment(segmenting, path)
        if outcome is Outcome.UNSETTLED:
            self._watcher.again(path)
            return
        with self._changed:
            self._done.add(path)
        # A folder of known photos is gone through quickly; only its end is worth telling.
        if outcome is not Outcome.KNOWN or not self._waiting:
            self._tell()

    def _segment(self, segmenting: Segmenting, path: Path) -> Outcome:
        try:
            outcome = segmenting.one(path, complete=self._watcher.calm(path))
        except ModelError as error:
            self._complain(str(error))
            return Outcome.STORED
        except StoreError:
            with self._changed:
                self._waiting.setdefault(path)
            raise
        self._step_message = None
        return outcome

    def _next(self) -> Path | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._news or self._stopping)
            if self._stopping or not self._waiting:
                return None
            path = next(iter(self._waiting))
            del self._waiting[path]
            return path

    def _pause(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, timeout=self._look_again)

    def _complain(self, sentence: str) -> None:
        self._step_message = sentence
        self._tell()

    def _tell(self) -> None:
        with self._changed:
            found, done = len(self._there), len(self._done)
            message = (
                self._folder_message
                or self._step_message
                or self._model_message
                or self._left_out_message
            )
        if not self._lease.held:
            counts = self._store.counts(str(self._folder))
            done = min(found, counts.segmented + counts.set_aside)
        self._listener(IngestProgress(found, done, self._lease.held, message))
