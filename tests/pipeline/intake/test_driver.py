"""The driver keeps a scorer busy and loses no file, in whatever order the answers come."""

import gc
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from benchmarks.sql import sent
from db.errors import MovedDatabase, StoreError
from db.store import Store
from imaging.values import Fingerprint
from models.package.package import PackageInfo
from models.run.setup import ModelSetup
from pipeline.errors import JobFailed, WorkerClosed, WorkerDied
from pipeline.intake.agenda import Agenda
from pipeline.intake.driver import MOST_AT_ONCE, Driver
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.scan import scan
from pipeline.intake.segment import vanished
from pipeline.intake.segmenting import Errand, Heard, Segmenting
from pipeline.work.scorer import Pool
from pipeline.work.scoring import Segmented
from tests.support.intake import finish, without_model

pytestmark = pytest.mark.slow

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]


class Watched:
    """A pool of two, whose photos overtake each other, and what it was handed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.room = pool.room
        self.handed: list[Path] = []
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens when a file was handed over."""

    def expect(self, files: int) -> None:
        self._pool.expect(files)

    def model(self) -> PackageInfo:
        return self._pool.model()

    def backend(self) -> str:
        return self._pool.backend()

    def fingerprint(self, path: Path) -> Future[Fingerprint]:
        self.handed.append(path)
        self.meanwhile()
        return self._pool.fingerprint(path)

    def take_in(self, path: Path, outlined: frozenset[str]) -> Future[Segmented | Fingerprint]:
        return self._pool.take_in(path, outlined)

    def segment(self, path: Path) -> Segmented:
        return self._pool.segment(path)

    def close(self) -> None:
        self._pool.close()


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(without_model(workers=2)) as pool:
        yield pool


@pytest.fixture
def two(pool: Pool) -> Watched:
    return Watched(pool)


def settle(driver: Driver, count: int) -> list[tuple[str, Outcome]]:
    """What the next files become."""
    found: list[tuple[str, Outcome]] = []
    while len(found) < count:
        settled = driver.step()
        if settled is not None:
            found.append((settled.path.name, settled.outcome))
    return found


def test_with_several_at_work_each_file_is_stored_once(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    # Large and small in turns: the small ones overtake.
    sizes = [(1600, 1200), (64, 48)] * 6
    photos = [draw(folder / f"{n:02}.png", size=size) for n, size in enumerate(sizes)]
    agenda = Agenda()
    for path in photos:
        agenda.add(path)
    driver = Driver(agenda, Segmenting(store, two, None), two.room)
    found = settle(driver, len(photos))
    assert sorted(name for name, _ in found) == [path.name for path in photos]
    assert [outcome for _, outcome in found].count(Outcome.STORED) == 2
    assert store.files_under(str(folder)) == [str(path) for path in photos]


def test_no_more_are_handed_over_than_there_is_room_for(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    agenda = Agenda()
    for number in range(MOST_AT_ONCE + 9):
        agenda.add(draw(folder / f"{number}.png", (64, 48), at=(number, 0)))
    driver = Driver(agenda, Segmenting(store, two, None), two.room)
    for done in range(MOST_AT_ONCE + 9):
        settle(driver, 1)
        # What is answered and gathered makes room.
        assert len(two.handed) <= done + two.room + MOST_AT_ONCE


@pytest.fixture
def commits(store: Store) -> list[Connection]:
    """Grows with each transaction that is committed."""
    seen: list[Connection] = []
    event.listen(store._engine, "commit", seen.append)
    return seen


def answered(segmenting: Segmenting, photos: Sequence[Path]) -> list[Errand]:
    """Files handed over, all of whose answers are there."""
    errands = []
    for photo in photos:
        errand = segmenting.begin(photo)
        assert isinstance(errand, Errand)
        errand.answer.result()
        errands.append(errand)
    return errands


def test_answers_that_are_there_are_stored_in_one_transaction_and_a_single_one_at_once(
    store: Store, two: Watched, folder: Path, draw: Draw, commits: list[Connection]
) -> None:
    photos = [draw(folder / f"{number}.png", at=(number, 0)) for number in range(6)]
    segmenting = Segmenting(store, two, None)
    driver = Driver(Agenda(), segmenting, two.room)
    errands = answered(segmenting, photos)
    for errand in errands[1:]:
        driver._await(errand)
    commits.clear()
    assert settle(driver, 5) == [(f"{number}.png", Outcome.STORED) for number in range(1, 6)]
    assert len(commits) == 1
    driver._await(errands[0])
    settle(driver, 1)
    assert len(commits) == 2


def test_a_photo_under_two_paths_at_once_is_one_photo(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.png")
    twin = folder / "b.png"
    twin.write_bytes(photo.read_bytes())
    segmenting = Segmenting(store, two, None)
    driver = Driver(Agenda(), segmenting, two.room)
    for errand in answered(segmenting, [photo, twin]):
        driver._await(errand)
    assert settle(driver, 2) == [("a.png", Outcome.STORED), ("b.png", Outcome.DUPLICATE)]
    assert (store.counts(str(folder)).photos, store.file_counts(str(folder)).known) == (1, 2)
    assert [item.name for item in store.queue(str(folder))] == ["a.png"]


def test_a_photo_that_cannot_be_stored_does_not_take_the_others_with_it(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    photos = [draw(folder / f"{number}.png", at=(number, 0)) for number in range(3)]
    agenda, segmenting = Agenda(), Segmenting(store, two, None)
    driver = Driver(agenda, segmenting, two.room)
    torn, *sound = answered(segmenting, photos)
    hashless: Future[Fingerprint] = Future()
    hashless.set_result(replace(torn.answer.result(), file_hash=None))
    for errand in (replace(torn, answer=hashless), *sound):
        driver._await(errand)
    with pytest.raises(StoreError):
        driver.step()
    assert settle(driver, 2) == [("1.png", Outcome.STORED), ("2.png", Outcome.STORED)]
    # It waits again, and nothing was in its way this time.
    assert settle(driver, 1) == [("0.png", Outcome.STORED)]


def test_a_file_found_again_while_it_is_at_work_comes_again_afterwards(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    photo, agenda = draw(folder / "a.png"), Agenda()
    driver = Driver(agenda, Segmenting(store, two, None), two.room)
    agenda.add(photo)
    two.meanwhile = lambda: agenda.add(photo)
    assert settle(driver, 2) == [("a.png", Outcome.STORED), ("a.png", Outcome.KNOWN)]
    assert two.handed == [photo]


def test_what_vanished_while_it_was_at_work_is_not_stored(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    photo, agenda = draw(folder / "a.png"), Agenda()
    segmenting = Segmenting(store, two, None)
    errand = segmenting.begin(photo)
    assert isinstance(errand, Errand)
    errand.answer.result()
    photo.unlink()
    assert finish(segmenting, errand) == Settled(photo, Outcome.GONE)
    assert store.files_under(str(folder)) == []
    assert not agenda


def test_a_file_the_store_refused_waits_again(
    store: Store, two: Watched, folder: Path, tmp_path: Path, draw: Draw
) -> None:
    photo, agenda = draw(folder / "a.png"), Agenda()
    driver = Driver(agenda, Segmenting(store, two, None), two.room)
    agenda.add(photo)
    assert store.files_under(str(folder)) == []
    away = store.path.with_name("away.db")
    store.path.rename(away)
    with pytest.raises(MovedDatabase):
        settle(driver, 1)
    assert agenda
    away.rename(store.path)
    assert settle(driver, 1) == [("a.png", Outcome.STORED)]


def stumble() -> None:
    raise RuntimeError("nobody knows")


def test_a_file_over_which_a_step_stumbles_is_set_aside_for_now_and_comes_again(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    photo, other, agenda = draw(folder / "a.png"), draw(folder / "b.png", at=(9, 0)), Agenda()
    driver = Driver(agenda, Segmenting(store, two, None), two.room)
    agenda.add(photo)
    two.meanwhile = stumble
    settled = driver.step()
    assert settled is not None
    assert (settled.outcome, settled.comes_again) == (Outcome.POSTPONED, True)
    assert settled.reason.startswith("a.png: something unforeseen went wrong with it (RuntimeErr")
    [aside] = store.set_aside_files(str(folder))
    assert aside.reason == f"{settled.reason} nevus tries it again by itself."
    two.meanwhile = lambda: None
    agenda.postpone(photo)
    agenda.add(other)
    assert sorted(settle(driver, 2)) == [("a.png", Outcome.STORED), ("b.png", Outcome.STORED)]
    assert store.set_aside_files(str(folder)) == []


def test_a_photo_over_which_a_step_stumbles_stays_a_photo(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    photo, agenda = draw(folder / "a.png"), Agenda()
    driver = Driver(agenda, Segmenting(store, two, None), two.room)
    agenda.add(photo)
    assert settle(driver, 1) == [("a.png", Outcome.STORED)]
    draw(photo, at=(9, 0))
    agenda.add(photo)
    two.meanwhile = stumble
    assert settle(driver, 1) == [("a.png", Outcome.KEPT)]
    assert store.set_aside_files(str(folder)) == []
    assert store.files_under(str(folder)) == [str(photo)]


def test_an_answer_that_nobody_foresaw_loses_no_file(
    store: Store, two: Watched, folder: Path, draw: Draw
) -> None:
    segmenting = Segmenting(store, two, None)
    photo, agenda = draw(folder / "a.png"), Agenda()
    errand = segmenting.begin(photo)
    assert isinstance(errand, Errand)
    torn: Future[Fingerprint] = Future()
    torn.set_exception(RuntimeError("nobody knows"))
    driver = Driver(agenda, segmenting, two.room)
    driver._await(replace(errand, answer=torn))
    assert settle(driver, 1) == [("a.png", Outcome.POSTPONED)]


def test_what_is_stored_is_let_go_of_at_once(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    paths = [draw(folder / f"{number}.png", at=(number, 0)) for number in range(3)]
    watched = Watched(modelless)
    answers: list[weakref.ref[Future[Fingerprint]]] = []

    def fingerprint(path: Path) -> Future[Fingerprint]:
        answer = modelless.fingerprint(path)
        answers.append(weakref.ref(answer))
        return answer

    watched.fingerprint = fingerprint  # type: ignore[method-assign]
    agenda = Agenda()
    agenda.add(*paths)
    driver = Driver(agenda, Segmenting(store, watched, None), watched.room)
    gc.disable()
    try:
        settle(driver, len(paths))
        # The last ones a thread of the pool may hold still.
        assert answers[0]() is None
    finally:
        gc.enable()


def test_what_is_heard_of_many_files_is_kept_with_as_few_statements_as_of_few(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    segmenting = Segmenting(store, modelless, None)
    took = []
    for count in (2, 12):
        paths = [
            draw(folder / f"{count}-{number}.png", at=(number, count)) for number in range(count)
        ]
        errands = [segmenting.begin(path) for path in paths]
        for errand in errands:
            assert isinstance(errand, Errand)
            errand.answer.result()
        with sent() as statements:
            heard = [segmenting.hear(each) for each in errands if isinstance(each, Errand)]
            settled = segmenting.keep([each for each in heard if isinstance(each, Heard)])
        assert [each.outcome for each in settled] == [Outcome.STORED] * count
        took.append(len(statements))
    few, many = took
    assert few == many > 0


def test_a_closed_scorer_ends_it(store: Store, modelless: Pool, folder: Path, draw: Draw) -> None:
    agenda = Agenda()
    agenda.add(draw(folder / "a.png"))
    driver = Driver(agenda, Segmenting(store, modelless, None), modelless.room)
    modelless.close()
    with pytest.raises(WorkerClosed):
        driver.step()


def test_waking_it_ends_a_wait_for_nothing(store: Store, modelless: Pool, until: Until) -> None:
    driver = Driver(Agenda(), Segmenting(store, modelless, None), modelless.room)
    driver.wake()
    assert driver.step() is None


def test_a_photo_that_another_model_cannot_outline_stays_a_photo(
    store: Store, model: Path, folder: Path, remembered: int, until: Until
) -> None:
    [path] = [Path(each) for each in store.files_under(str(folder))]
    with closing(Pool(ModelSetup(model))) as scorer:
        segmenting = Segmenting(store, scorer, scorer.model())
        errand = segmenting.begin(path)
        assert isinstance(errand, Errand)
        errand.answer.result()
        failed: Future[Segmented] = Future()
        failed.set_exception(JobFailed("mole.jpg: the model computes no numbers."))
        assert finish(segmenting, replace(errand, answer=failed)) == Settled(
            path, Outcome.KNOWN, reason="mole.jpg: the model computes no numbers."
        )
        failed = Future()
        failed.set_exception(WorkerDied("mole.jpg: the worker process died."))
        assert finish(segmenting, replace(errand, answer=failed)) == Settled(
            path, Outcome.KEPT, reason="mole.jpg: the worker process died."
        )
    assert store.files_under(str(folder)) == [str(path)]
    assert store.set_aside_files(str(folder)) == []
    assert [item.photo_id for item in store.queue(str(folder))] == [remembered]


def test_what_came_after_the_look_through_the_folder_is_not_taken_for_gone(
    store: Store, folder: Path, draw: Draw, remember: Callable[[Store, Path], int]
) -> None:
    found = scan(folder)
    remember(store, draw(folder / "late.jpg"))
    assert vanished(store, folder, found) == []
    (folder / "late.jpg").unlink()
    assert vanished(store, folder, found) == [str(folder / "late.jpg")]
