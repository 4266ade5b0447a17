"""The app's background work: watch a folder, and segment what comes while this process may."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from db.errors import StoreError
from db.store import Store
from pipeline.errors import WorkerClosed
from pipeline.intake.agenda import LONGEST_PAUSE, Agenda
from pipeline.intake.driver import Driver
from pipeline.intake.following import introduction
from pipeline.intake.lease import Lease, is_held
from pipeline.intake.model_trial import ModelTrial
from pipeline.intake.model_use import ModelUse
from pipeline.intake.notice import Board, look_for
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.passed_by import how_many, passed_by
from pipeline.intake.scan import Scan, stored_path
from pipeline.intake.segment import left_out, vanished
from pipeline.intake.segmenting import Segmenting
from pipeline.intake.sights import Pace
from pipeline.intake.trouble import Trouble, Troubles
from pipeline.intake.watch import LAST_CALL, Listener, Watcher
from pipeline.work.scorer import Scorer

if TYPE_CHECKING:
    from models.package.package import PackageInfo


@dataclass(frozen=True)
class IngestProgress:
    """How far the folder is: photos found, and how many of them are done.

    `segmenting_here` is false while another process segments into the same database; then the
    numbers are what the store knows. `message` is a sentence when something stands in the way,
    `about` the path that it names, if it names one below the folder; `passed_by` is a sentence on
    the files that are left out, of which there are `left_out`.
    """

    found: int
    done: int
    segmenting_here: bool
    message: str | None
    passed_by: str | None = None
    about: Path | None = None
    left_out: int = 0


@dataclass(frozen=True)
class Patience:
    """How long ingest waits before it tries something again, in seconds."""

    lease: float = 0.5
    """Whether the process that segments into the same database has ended."""
    news: float = 1.5
    """What that process has done meanwhile."""
    postponed: float = 5.0
    """A photo that the machine was in the way of; each time twice as long as the last time."""
    longest: float = LONGEST_PAUSE


@dataclass(frozen=True)
class Rhythm:
    """How often the folder is looked at, and how long is waited for what stands in the way."""

    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)


def _nobody(_settled: Settled) -> None:
    """Hears of no photo."""


@dataclass(frozen=True)
class Part:
    """As what a process segments, by its command, and who hears what became of each photo.

    Of photos that are known already nobody hears. Called from the thread that the listener is.
    """

    program: str = "review"
    hear: Callable[[Settled], None] = _nobody


class Ingest:
    """Watches `folder` and segments its photos, from `start` to `stop`.

    `listener` hears of every step, from a background thread. Store and scorer stay the caller's.
    """

    def __init__(  # noqa: PLR0913
        self,
        store: Store,
        scorer: Scorer,
        folder: Path,
        listener: Callable[[IngestProgress], None],
        rhythm: Rhythm | None = None,
        part: Part = Part(),
    ) -> None:
        self._store = store
        self._scorer = scorer
        self._folder = folder.resolve()
        self._listener = listener
        rhythm = rhythm or Rhythm()
        self._patience = rhythm.patience
        self._part = part
        self._lease = Lease(store.path)
        self._board = Board(store.path, part.program, self._folder)
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
        patience = self._patience
        self._trial = ModelTrial(scorer, patience.postponed, patience.longest, self._wake)
        self._troubles = Troubles()
        self._passed_by: str | None = None
        self._left_out = 0
        self._use = ModelUse(store, None)
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

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return self._thread.is_alive()

    # From the watcher's thread: take note, nothing slow

    def _found(self, paths: Sequence[Path]) -> None:
        with self._noted():
            self._there.update(paths)
            self._done.difference_update(paths)
            self._agenda.add(*paths)

    def _gone(self, path: Path) -> None:
        with self._noted():
            self._there.discard(path)
            self._done.discard(path)
            self._agenda.drop(path)
            self._gone_paths.append(path)

    def _folder_gone(self, sentence: str | None) -> None:
        with self._noted():
            self._troubles.folder = None if sentence is None else Trouble(sentence)

    def _scanned(self, found: Scan) -> None:
        with self._noted():
            self._scan = found
            self._passed_by = passed_by(found.left_out)
            self._left_out = how_many(found.left_out)
            unread = next(iter(found.unreadable), None)
            self._troubles.left_out = None if unread is None else Trouble(left_out(unread), unread)
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
            self._driver = driver = self._make_driver(self._open_model())
            while not self._stopping.is_set():
                if self._trial.is_due:
                    self._driver = driver = self._try_model_again(driver)
                else:
                    self._step(driver)
        except WorkerClosed:
            pass
        finally:
            self._give_back()

    def _make_driver(self, model: "PackageInfo | None") -> Driver:
        segmenting = Segmenting(self._store, self._scorer, model, self._watcher.calm)
        return Driver(self._agenda, segmenting, self._scorer.room)

    def _open_model(self) -> "PackageInfo | None":
        model, problem = self._trial.open(), self._trial.problem
        self._troubles.model = None if problem is None else Trouble(problem)
        if problem is not None:
            self._board.complain(problem)
        if model is not None:
            self._board.use(model.hash)
            self._use = ModelUse(self._store, model.hash)
        return model

    def _try_model_again(self, driver: Driver) -> Driver:
        """A driver with the model, where there is one now; all photos want an outline then."""
        model = self._open_model()
        if model is None:
            return driver
        with self._noting:
            self._done.clear()
            self._agenda.add(*sorted(self._there))
        return self._make_driver(model)

    def _take_lease(self) -> bool:
        had = self._lease.held
        if self._lease.take() and not had:
            self._board.begin()
            # Who watches is to hear that it is segmented here now, though no photo may come.
            self._tell()
        return self._lease.held

    def _give_back(self) -> None:
        if self._lease.held:
            self._board.end()
        self._lease.release()

    def _step(self, driver: Driver) -> None:
        try:
            self._note_gone()
            if self._take_lease():
                self._work(driver)
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

    def _work(self, driver: Driver) -> None:
        self._use.begin()
        if self._use.has_more and not (self._agenda or driver.is_busy):
            self._use.compare_some()
            return
        settled = driver.step()
        if settled is not None:
            self._note_settled(settled, driver)

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
        if found is not None:
            self._look_at_unknown(found)
        if news:
            self._tell()

    def _look_again(self, found: Scan) -> None:
        """Files that were set aside wait again where somebody, in any process, asked for it."""
        asked = self._store.asked_again(str(self._folder))
        self._have_again([path for path in found.photos if stored_path(path) in asked])

    def _look_at_unknown(self, found: Scan) -> None:
        """Files that are done here wait again where the store has lost them: a photo that another
        process made it forget is to be set aside, and whoever follows this one waits for that.
        """
        with self._noting:
            done = self._done & set(found.photos)
        folder = str(self._folder)
        # Counted first, for to name them all takes longer, and this is done at each rescan.
        if len(done) > self._store.file_counts(folder).known:
            known = set(self._store.files_under(folder))
            self._have_again(sorted(path for path in done if stored_path(path) not in known))

    def _have_again(self, paths: Sequence[Path]) -> None:
        with self._noting:
            self._agenda.add(*paths)
            self._done.difference_update(paths)

    def _note_settled(self, settled: Settled, driver: Driver) -> None:
        path, outcome = settled.path, settled.outcome
        reason = str(settled.problem or settled.reason)
        self._troubles.step = Trouble(reason, path) if reason else None
        if reason:
            self._board.complain(reason, path)
        if outcome is Outcome.UNSETTLED:
            self._watcher.again(path)
            return
        with self._noting:
            if settled.comes_again:
                self._agenda.postpone(path)
            else:
                self._agenda.settle(path)
            # One that was deleted while it was in work is not to be counted among what is there.
            if path in self._there:
                self._done.add(path)
        # A folder of known photos is gone through quickly; only its end is worth telling.
        if outcome is not Outcome.KNOWN:
            self._use.note()
            self._board.count()
            self._hear(settled)
        if outcome is not Outcome.KNOWN or not (self._agenda or driver.has_more):
            self._tell()

    def _elsewhere(self) -> Trouble | None:
        """That whoever segments leaves out what lies here, which then waits for its end."""
        seen = look_for(self._store.path)
        other = seen.notice if seen.segmenting else None
        if other is None or other.covers(self._folder):
            return None
        return Trouble(introduction(other, self._folder))

    def _wait_for_lease(self) -> None:
        """Until the lease is had, or it is time for news."""
        until = monotonic() + self._patience.news
        # Where nobody can tell, it is tried to take it, which says why.
        with suppress(OSError):
            while not self._stopping.is_set() and monotonic() < until and is_held(self._store.path):
                self._stopping.wait(self._patience.lease)

    def _complain(self, sentence: str) -> None:
        self._troubles.step = Trouble(sentence)
        self._board.complain(sentence)
        self._tell()

    def _hear(self, settled: Settled) -> None:
        with self._telling:
            if not self._stopping.is_set():
                self._part.hear(settled)

    def _tell(self) -> None:
        progress = self._progress()
        if self._lease.held:
            self._board.tell(progress.found, progress.done, progress.message, progress.about)
        with self._telling:
            if not self._stopping.is_set():
                self._listener(progress)

    def _progress(self) -> IngestProgress:
        with self._noting:
            found, done, passed, left = (
                len(self._there),
                len(self._done),
                self._passed_by,
                self._left_out,
            )
            trouble = self._troubles.first
        if not self._lease.held:
            # What can't be counted now is not worth more than the sentence that says why.
            with suppress(StoreError):
                done = min(found, self._store.file_counts(str(self._folder)).done)
            trouble = trouble or (self._elsewhere() if done < found else None)
        message, about = (None, None) if trouble is None else (trouble.sentence, trouble.about)
        return IngestProgress(found, done, self._lease.held, message, passed, about, left)
