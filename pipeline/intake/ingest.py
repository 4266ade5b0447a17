"""The app's background work: watch a folder, and segment what comes while this process may."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from db.errors import StoreError
from db.store import Store
from models.package.package import ModelError
from pipeline.errors import JobFailed, WorkerClosed, WorkerDied
from pipeline.intake.lease import Lease
from pipeline.intake.scan import Scan, stored_path
from pipeline.intake.segment import Outcome, Segmenting, left_out, vanished
from pipeline.intake.watch import LAST_CALL, Listener, Pace, Watcher
from pipeline.work.worker import Worker

if TYPE_CHECKING:
    from models.package.package import PackageInfo


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


@dataclass(frozen=True)
class Patience:
    """How long ingest waits before it tries something again, in seconds."""

    lease: float = 0.5
    """Whether the process that segments into the same database has ended."""
    news: float = 3.0
    """What that process has done meanwhile."""
    postponed: float = 5.0
    """A photo that the machine was in the way of; each time twice as long as the last time."""
    longest: float = 600.0


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
        patience: Patience | None = None,
    ) -> None:
        self._store = store
        self._worker = worker
        self._folder = folder.resolve()
        self._listener = listener
        self._patience = patience or Patience()
        self._lease = Lease(store.path)
        self._watcher = Watcher(
            self._folder,
            Listener(self._found, self._gone, self._folder_gone, self._scanned),
            pace,
        )
        self._changed = threading.Condition()
        self._telling = threading.Lock()
        self._waiting: dict[Path, None] = {}
        self._later: dict[Path, float] = {}
        """When a postponed photo is due."""
        self._pauses: dict[Path, float] = {}
        """How long a postponed photo is waited for the next time."""
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
        """End after the photo in work; no call to the listener after it.

        The thread is not waited for long: killed in the middle it loses nothing, for a photo is
        stored in one transaction, and the lease ends with the process.
        """
        with self._telling, self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._watcher.stop()
        self._thread.join(LAST_CALL)

    # From the watcher's thread: take note, nothing slow

    def _found(self, path: Path) -> None:
        with self._noted():
            self._there.add(path)
            self._done.discard(path)
            self._forget_luck(path)
            self._waiting[path] = None

    def _gone(self, path: Path) -> None:
        with self._noted():
            self._there.discard(path)
            self._done.discard(path)
            self._waiting.pop(path, None)
            self._forget_luck(path)
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
                self._wait_for_lease()
        except StoreError as error:
            # Once told to stop, the store may be closed under it.
            if not self._stopping:
                self._complain(str(error))
                self._wait(self._patience.news)

    def _note_gone(self) -> None:
        with self._changed:
            found, self._scan = self._scan, None
            gone, self._gone_paths = self._gone_paths, []
            news, self._news = self._news, False
        paths = [stored_path(path) for path in gone]
        if found is not None:
            paths += vanished(self._store, self._folder, found)
        for path in paths:
            if not self._stopping:
                self._store.mark_gone(path)
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
            if outcome is Outcome.POSTPONED:
                self._postpone(path)
            else:
                self._forget_luck(path)
            self._done.add(path)
        # A folder of known photos is gone through quickly; only its end is worth telling.
        if outcome is not Outcome.KNOWN or not self._waiting:
            self._tell()

    def _segment(self, segmenting: Segmenting, path: Path) -> Outcome:
        try:
            outcome = segmenting.one(path, lambda: self._watcher.calm(path))
        except ModelError as error:
            self._complain(str(error))
            return Outcome.STORED
        except StoreError:
            with self._changed:
                self._waiting.setdefault(path)
            raise
        self._step_message = None
        return outcome

    def _postpone(self, path: Path) -> None:
        """Try a photo again by and by, when nothing else waits."""
        pause = self._pauses.get(path, self._patience.postponed)
        self._pauses[path] = min(2 * pause, self._patience.longest)
        self._later[path] = monotonic() + pause

    def _forget_luck(self, path: Path) -> None:
        self._later.pop(path, None)
        self._pauses.pop(path, None)

    def _next(self) -> Path | None:
        with self._changed:
            until = min(self._later.values(), default=None)
            self._changed.wait_for(
                lambda: self._waiting or self._news or self._stopping,
                None if until is None else max(0.0, until - monotonic()),
            )
            return None if self._stopping else self._taken()

    def _taken(self) -> Path | None:
        now = monotonic()
        overdue = (path for path, due in self._later.items() if due <= now)
        path = next(iter(self._waiting), None) or next(overdue, None)
        if path is not None:
            self._waiting.pop(path, None)
            self._later.pop(path, None)
        return path

    def _wait_for_lease(self) -> None:
        """Until the lease is had, or it is time for news."""
        until = monotonic() + self._patience.news
        while not self._stopping and monotonic() < until and not self._lease.take():
            self._wait(self._patience.lease)

    def _wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, timeout=seconds)

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
        with self._telling:
            if not self._stopping:
                self._listener(IngestProgress(found, done, self._lease.held, message))
