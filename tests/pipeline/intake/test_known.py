"""A folder that is known is looked through again with few questions, and nothing is overlooked."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from benchmarks.rescan import know, make_files
from benchmarks.sql import sent
from db.errors import StoreError
from db.store import Store
from db.values import Cause
from pipeline.intake.agenda import Agenda
from pipeline.intake.driver import Driver
from pipeline.intake.following import Following
from pipeline.intake.ingest import Ingest, IngestProgress, Rhythm
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.scan import file_stat, scan
from pipeline.intake.segment import vanished
from pipeline.intake.segmenting import Errand, Heard, Segmenting
from pipeline.intake.sights import Pace
from pipeline.work.scorer import Pool

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]
MANY, FEW = 1200, 12
"""Files, and the statements that have nothing to do with how many files there are."""


@contextmanager
def few_statements(files: int) -> Iterator[None]:
    """No more than one statement a hundred files, those that begin transactions counted."""
    with sent() as statements:
        yield
    assert len(statements) <= files / 100 + FEW


def driver_over(store: Store, scorer: Pool, paths: list[Path]) -> Driver:
    agenda = Agenda()
    for path in paths:
        agenda.add(path)
    return Driver(agenda, Segmenting(store, scorer, None), scorer.room)


def outcomes(driver: Driver, count: int) -> list[tuple[Path, Outcome]]:
    found: list[tuple[Path, Outcome]] = []
    while len(found) < count:
        settled = driver.step()
        if settled is not None:
            found.append((settled.path, settled.outcome))
    return found


def test_known_files_are_passed_with_few_statements_in_their_order(
    store: Store, modelless: Pool, folder: Path
) -> None:
    paths = make_files(folder, MANY)
    know(store, paths)
    with few_statements(MANY):
        found = outcomes(driver_over(store, modelless, paths), MANY)
    assert found == [(path, Outcome.KNOWN) for path in paths]
    assert modelless.pids == ()


@pytest.mark.slow
def test_a_rescan_asks_few_questions(store: Store, folder: Path) -> None:
    know(store, make_files(folder, MANY))
    with few_statements(0):
        assert vanished(store, folder, scan(folder)) == []


def test_a_start_on_a_known_folder_asks_few_questions(
    store: Store, modelless: Pool, folder: Path, until: Until
) -> None:
    know(store, make_files(folder, MANY))
    told: list[IngestProgress] = []
    ingest = Ingest(store, modelless, folder, told.append, Rhythm(Pace(rescan=600, settle=0.05)))
    with few_statements(3 * MANY):
        ingest.start()
        until(lambda: bool(told) and (told[-1].done, told[-1].found) == (MANY, MANY))
        ingest.stop()


@pytest.mark.slow
def test_what_another_process_did_before_is_found_with_few_statements(
    store: Store, folder: Path, draw: Draw, remember: Callable[[Store, Path], int]
) -> None:
    paths = make_files(folder, MANY)
    know(store, paths)
    outlined = draw(folder / "outlined.jpg")
    remember(store, outlined)
    gone, broken, *bare = paths
    gone.unlink()
    store.set_aside(file_stat(broken), "It broke.")
    following = Following(store, "0" * 64, folder, [*paths, outlined])
    with few_statements(MANY):
        found = [(settled.path, settled.outcome) for settled in following.look_first()]
    assert found == [
        (gone, Outcome.GONE),
        (broken, Outcome.SET_ASIDE),
        (outlined, Outcome.KNOWN),
    ]
    assert list(following.left) == bare


def test_among_known_files_those_are_read_that_something_happened_to(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    drawn = [draw(folder / "drawn" / f"{n}.png", (64, 48), at=(n, 0)) for n in range(3)]
    outcomes(driver_over(store, modelless, drawn), 3)
    paths = make_files(folder / "known", 60)
    know(store, paths)
    changed, moved, touched = drawn
    photo_id = store.look_up(file_stat(moved)).photo_id
    draw(changed, (64, 48), at=(9, 9))
    renamed = moved.rename(folder / "renamed.png")
    touched.touch()
    gone, broken, unlucky = paths[10], paths[20], paths[30]
    gone.unlink()
    store.set_aside(file_stat(broken), "It broke.")
    store.set_aside(file_stat(unlucky), "It was held up.", Cause.MACHINE)
    looked_at = [*paths, changed, renamed, touched]
    found = dict(outcomes(driver_over(store, modelless, looked_at), len(looked_at)))
    assert found == {
        **dict.fromkeys(paths, Outcome.KNOWN),
        gone: Outcome.GONE,
        broken: Outcome.SET_ASIDE,
        unlucky: Outcome.SET_ASIDE,
        changed: Outcome.STORED,
        renamed: Outcome.DUPLICATE,
        touched: Outcome.KNOWN,
    }
    assert "It broke." in [aside.reason for aside in store.set_aside_files(str(folder))]
    assert store.look_up(file_stat(renamed)).photo_id == photo_id
    assert vanished(store, folder, scan(folder)) == [str(moved), str(gone)]


def test_a_row_that_is_damaged_holds_up_none_of_the_files_beside_it(
    store: Store, modelless: Pool, folder: Path
) -> None:
    paths = make_files(folder, 20)
    know(store, paths)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE file SET inode = 'torn' WHERE path = ?", [str(paths[3])])
    driver = driver_over(store, modelless, paths)
    passed: set[Path] = set()
    refused = 0
    while len(passed) < len(paths) - 1:
        try:
            settled = driver.step()
        except StoreError:
            refused += 1
        else:
            passed |= set() if settled is None else {settled.path}
    assert passed == {*paths} - {paths[3]}
    assert refused == 1


def test_new_files_are_not_looked_up_one_by_one(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    drawn = [draw(folder / f"{n}.png", (64, 48), at=(n, 0)) for n in range(5)]
    with sent() as statements:
        found = dict(outcomes(driver_over(store, modelless, drawn), len(drawn)))
    assert found == dict.fromkeys(drawn, Outcome.STORED)
    assert not [each for each in statements if "JOIN aside" in each]


def test_a_new_file_that_another_process_stores_before_its_turn_is_known(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    drawn = [draw(folder / f"{n}.png", (64, 48), at=(n, 0)) for n in range(2)]
    segmenting = Segmenting(store, modelless, None)
    assert not segmenting.pass_known(drawn).known
    outcomes(driver_over(store, modelless, drawn), len(drawn))
    for path in drawn:
        errand = segmenting.begin(path)
        assert isinstance(errand, Errand)
        heard = segmenting.hear(errand)
        assert isinstance(heard, Heard)
        assert [settled.outcome for settled in segmenting.keep([heard])] == [Outcome.KNOWN]
        # From now on it is looked up again.
        assert segmenting.begin(path) == Settled(path, Outcome.KNOWN, as_before=True)
