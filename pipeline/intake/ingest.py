"""The app's background work: watch a folder, and segment what comes while this process may."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from db.errors import StoreError
from db.store import Store
from models.package.package import ModelError
from pipeline.errors import JobFailed, WorkerClosed, WorkerDied
from pipeline.intake.agenda import LONGEST_PAUSE, Agenda
from pipeline.intake.driver import Driver
from pipeline.intake.lease import Lease
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.passed_by import passed_by
from pipeline.intake.scan import Scan, stored_path
from pipeline.intake.segment import left_out, vanished
from pipeline.intake.segmenting import Segmenting
from pipeline.intake.watch import LAST_CALL, Listener, Pace, Watcher
from pipeline.work.scorer import Scorer

if TYPE_CHECKING:
    from models.package.package import PackageInfo


@dataclass(frozen=True)
class IngestProgress:
    """How far the folder is: photos found, and how many of them are done.

    `segmenting_here` is false while another process segments into the same database; then the
    numbers are what the store knows. `message` is a sentence when something stands in the way,
    `passed_by` one on the files that are left out.
    """

    found: int
    done: int
    segmenting_here: bool
    message: str | None
    passed_by: str | None = None


@dataclass(frozen=True)
class Patience:
    """How long ingest waits before it tries something again, in seconds."""

    lease: float = 0.5
    """Whether the process that segments into the same database has ended."""
    news: float = 3.0
    """What that process has done meanwhile."""
    postponed: float = 5.0
    """A photo that the machine was in the way of; each time twice as long as the last time."""
    longest: float = LONGEST_PAUSE


@dataclass(frozen=True)
class Rhythm:
    """How often the folder is looked at, and how long is waited for what stands in the way."""

    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)


class Ingest:
    """Watches `folder` and segments its photos, from `start` to `stop`.

    `listener` hears of every step, from a background thread. Store and scorer stay the caller's.
    """

    def __init__(
        self,
        store: Store,
        scorer: Scorer,
        folder: Path,
        listener: Callable[[IngestProgress], None],
        rhythm: Rhythm | None = None,
    ) -> None:
        self._store = store
        self._scorer = scorer
        self._folder = folder.resolve()
        self._listener = listener
        rhythm = rhythm or Rhythm()
        self._patience = rhythm.patience
        self._lease = Lease(store.path)
        self._watcher = Watcher(
            self._folder,
            Listener(self._found, self._gone, self._folder_gone, self._scanned),
            rhythm.pace,
        )
        self._agenda = Agenda(pause=self._patience.postponed, longest=self._patience.longest)
        self._driver: Driver | None = None
        self._noting = threading.Lock()
        """Held where the watcher's thread and ours meet: over what follows."""
        self._telling = threading.Lock()
        self._gone_paths: list[Path] = []
        self._scan: Scan | None = None
        self._there: set[Path] = set()
        self._done: set[Path] = set()
        self._news = False
        self._stopping = threading.Event()
        self._folder_message: str | None = None
        self._model_message: str | None = None
        self._step_message: str | None = None
        self._left_out_message: str | None = None
        self._passed_by: str | None = None
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._watcher.start()
        self._thread.start()

    def stop(self) -> None:
        """End; no call to the listener after it.

        Photos in work are given up, and looked at again the next time: a photo is stored in one
        transaction, and the lease ends with the process.
        """
        with self._telling:
            self._stopping.set()
        self._wake()
        self._watcher.stop()
        self._thread.join(LAST_CALL)

    # From the watcher's thread: take note, nothing slow

    def _found(self, path: Path) -> None:
        with self._noted():
            self._there.add(path)
            self._done.discard(path)
            self._agenda.add(path)

    def _gone(self, path: Path) -> None:
        with self._noted():
            self._there.discard(path)
            self._done.discard(path)
            self._agenda.drop(path)
            self._gone_paths.append(path)

    def _folder_gone(self, sentence: str | None) -> None:
        with self._noted():
            self._folder_message = sentence

    def _scanned(self, found: Scan) -> None:
        with self._noted():
            self._scan = found
            self._passed_by = passed_by(found.left_out)
            unreadable = found.unreadable
            self._left_out_message = left_out(unreadable[0]) if unreadable else None
            self._there = set(found.photos)
            self._done &= self._there

    @contextmanager
    def _noted(self) -> Iterator[None]:
        with self._noting:
            yield
            self._news = True
        self._wake()

    def _wake(self) -> None:
        if self._driver is not None:
            self._driver.wake()

    # The work

    def _run(self) -> None:
        try:
            self._driver = driver = self._make_driver()
            while not self._stopping.is_set():
                self._step(driver)
        except WorkerClosed:
            pass
        finally:
            self._lease.release()

    def _make_driver(self) -> Driver:
        segmenting = Segmenting(self._store, self._scorer, self._open_model(), self._watcher.calm)
        return Driver(self._agenda, segmenting, self._scorer.room)

    def _open_model(self) -> "PackageInfo | None":
        try:
            return self._scorer.model()
        except (ModelError, WorkerDied, JobFailed) as error:
            self._model_message = str(error)
            return None

    def _step(self, driver: Driver) -> None:
        try:
            self._note_gone()
            if self._lease.take():
                settled = driver.step()
                if settled is not None:
                    self._note_settled(settled)
            else:
                self._tell()
                self._wait_for_lease()
        except StoreError as error:
            # Once told to stop, the store may be closed under it.
            if not self._stopping.is_set():
                self._complain(str(error))
                self._stopping.wait(self._patience.news)
        except WorkerClosed:
            raise
        except Exception as error:
            # Whatever it is, the photos behind it are not to wait for the next start.
            self._complain(f"Something unforeseen went wrong ({error!r}). Please report it.")
            self._stopping.wait(self._patience.news)

    def _note_gone(self) -> None:
        with self._noting:
            found, self._scan = self._scan, None
            gone, self._gone_paths = self._gone_paths, []
            news, self._news = self._news, False
        paths = [stored_path(path) for path in gone]
        if found is not None:
            paths += vanished(self._store, self._folder, found)
            self._look_again(found)
        for path in paths:
            if not self._stopping.is_set():
                self._store.mark_gone(path)
        if news:
            self._tell()

    def _look_again(self, found: Scan) -> None:
        """Files that were set aside wait again where somebody, in any process, asked for it."""
        asked = self._store.asked_again(str(self._folder))
        again = [path for path in found.photos if stored_path(path) in asked] if asked else []
        with self._noting:
            for path in again:
                self._agenda.add(path)
                self._done.discard(path)

    def _note_settled(self, settled: Settled) -> None:
        path, outcome = settled.path, settled.outcome
        self._step_message = str(settled.problem or settled.reason) or None
        if outcome is Outcome.UNSETTLED:
            self._watcher.again(path)
            return
        with self._noting:
            if settled.comes_again:
                self._agenda.postpone(path)
            else:
                self._agenda.settle(path)
            self._done.add(path)
        # A folder of known photos is gone through quickly; only its end is worth telling.
        if outcome is not Outcome.KNOWN or not self._agenda:
            self._tell()

    def _wait_for_lease(self) -> None:
        """Until the lease is had, or it is time for news."""
        until = monotonic() + self._patience.news
        while not self._stopping.is_set() and monotonic() < until and not self._lease.take():
            self._stopping.wait(self._patience.lease)

    def _complain(self, sentence: str) -> None:
        self._step_message = sentence
        self._tell()

    def _tell(self) -> None:
        with self._noting:
            found, done, passed = len(self._there), len(self._done), self._passed_by
            message = (
                self._folder_message
                or self._step_message
                or self._model_message
                or self._left_out_message
            )
        if not self._lease.held:
            # What can't be counted now is not worth more than the sentence that says why.
            with suppress(StoreError):
                counts = self._store.counts(str(self._folder))
                done = min(found, counts.segmented + counts.set_aside)
        with self._telling:
            if not self._stopping.is_set():
                self._listener(IngestProgress(found, done, self._lease.held, message, passed))
