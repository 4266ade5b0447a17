"""What is known of a photo stays where the machine is in the way of looking at it again."""

import resource
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from db.store import Store
from models.run.setup import ModelSetup
from pipeline.intake.ingest import Ingest, IngestProgress, Patience, Rhythm
from pipeline.intake.outcome import Outcome
from pipeline.intake.segment import Told, segment_folder
from pipeline.intake.sights import Pace
from pipeline.work.scorer import Pool
from tests.support.intake import take_in

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]
QUICK = Rhythm(
    Pace(rescan=0.2, folder=0.05, settle=0.05, calm=0.1, coming=0.1),
    Patience(postponed=0.05, longest=0.1),
)


@contextmanager
def out_of_sight(path: Path) -> Iterator[None]:
    """In the block the system can't say what lies at a path, as where a disk answers with errors.

    A link to a name that is longer than names may be is such a place.
    """
    away, link = (path.parent.with_name(name) for name in ("away.jpg", "link.jpg"))
    if path.exists():
        away.hardlink_to(path)
    link.symlink_to("x" * 300)
    # In one step each: in between nothing would lie there, and the photo would be gone.
    link.replace(path)
    yield
    if away.exists():
        away.replace(path)
    else:
        path.unlink()


def names(store: Store, folder: Path) -> list[str]:
    return [item.name for item in store.queue(str(folder))]


def test_a_photo_that_can_t_be_looked_at_for_a_while_stays_in_the_queue(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    assert take_in(store, modelless, photo) is Outcome.STORED
    with out_of_sight(photo):
        assert take_in(store, modelless, photo) is Outcome.KEPT
        assert names(store, folder) == ["a.jpg"]
        assert store.set_aside_files(str(folder)) == []
    assert take_in(store, modelless, photo) is Outcome.KNOWN


def test_what_was_no_photo_before_is_set_aside_until_it_can_be_looked_at(
    store: Store, modelless: Pool, folder: Path
) -> None:
    with out_of_sight(folder / "a.jpg"):
        assert take_in(store, modelless, folder / "a.jpg") is Outcome.POSTPONED
        [aside] = store.set_aside_files(str(folder))
    assert aside.reason.startswith("a.jpg can't be looked at (File name too long)")


def test_while_the_app_runs_it_is_said_and_looked_at_again(
    store: Store, modelless: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    photo = draw(folder / "a.jpg")
    told: list[IngestProgress] = []
    ingest = Ingest(store, modelless, folder, told.append, QUICK)
    ingest.start()
    try:
        until(lambda: names(store, folder) == ["a.jpg"])
        with out_of_sight(photo):
            until(lambda: "a.jpg can't be looked at" in str(told[-1].message))
            assert names(store, folder) == ["a.jpg"]
        until(lambda: "a.jpg can't be looked at" not in str(told[-1].message))
    finally:
        ingest.stop()
    assert names(store, folder) == ["a.jpg"]
    assert store.set_aside_files(str(folder)) == []


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits another process")
def test_a_known_photo_that_could_not_be_outlined_now_is_counted_as_known_and_said(
    store: Store, model: Path, folder: Path, remembered: int
) -> None:
    remarks: list[str] = []
    with closing(Pool(ModelSetup(model))) as scorer:
        scorer.model()
        [pid] = scorer.pids
        _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, hard))
        told = Told(lambda _done, _total: None, remarks.append)
        totals = segment_folder(store, scorer, folder, told)
    assert (totals.files, totals.known, totals.set_aside) == (1, 1, 0)
    [remark] = remarks
    assert remark.startswith("left as it was before: mole.jpg")
    assert "Too many open files" in remark
    assert [item.photo_id for item in store.queue(str(folder))] == [remembered]
    assert store.set_aside_files(str(folder)) == []
