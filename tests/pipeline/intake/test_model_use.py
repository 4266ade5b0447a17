"""Another model is used: what is outlined anew, in which order, and what stays."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from db.values import DecisionKind
from imaging.mask import rle
from models.run.setup import ModelSetup
from pipeline.intake.ingest import Ingest, Part, Rhythm
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.segment import Told, segment_folder
from pipeline.review.order import read_in_order
from pipeline.work.scorer import Pool
from tests.db.conftest import revision_of, verdict
from tests.pipeline.intake.test_ingest import QUICK
from tests.support.packages import saying

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]
SILENT = Told(lambda _done, _total: None, lambda _sentence: None)


@pytest.fixture(scope="module")
def other(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A model that draws smaller outlines, and is sure of what the shipped one is not."""
    said = {"threshold": "0.9", "jaccard_slope": "-1", "jaccard_intercept": "1"}
    package = saying(model, tmp_path_factory.mktemp("other") / "other.mlpackage", **said)
    with closing(Pool(ModelSetup(package))) as pool:
        yield pool


@pytest.fixture
def photos(folder: Path, draw: Draw) -> list[str]:
    """Their names, by path."""
    names = [f"{name}.jpg" for name in "abcd"]
    for number, name in enumerate(names):
        draw(folder / name, at=(9 * number, 0))
    return names


def ids(store: Store, folder: Path) -> dict[str, int]:
    return {item.name: item.photo_id for item in store.queue(str(folder))}


def drawn_by(store: Store, photo_id: int) -> str:
    receipt = store.photo(photo_id).receipt
    assert receipt is not None
    return receipt.model_name


def order(store: Store, folder: Path) -> list[str]:
    return [item.name for item in read_in_order(store, str(folder), "ada")]


def test_undecided_photos_are_outlined_anew_and_decided_ones_are_compared(
    store: Store, scorer: Pool, other: Pool, folder: Path, photos: list[str]
) -> None:
    segment_folder(store, scorer, folder, SILENT)
    known, before = ids(store, folder), order(store, folder)
    decided = known["a.jpg"]
    store.decide(verdict(store, decided, DecisionKind.ACCEPTED))
    stands = revision_of(store, decided)
    totals = segment_folder(store, other, folder, SILENT)
    assert totals.segmented == len(photos)
    assert revision_of(store, decided) == stands
    assert {drawn_by(store, known[name]) for name in photos[1:]} == {"other"}
    assert drawn_by(store, decided) == "lesion"
    after = order(store, folder)
    assert after != before
    assert after == sorted(photos, key=lambda name: store.photo(known[name]).predicted_jaccard or 0)
    outline = next(each.revision for each in store.revisions(decided) if each.model == "other")
    apart = 1 - rle.jaccard(store.mask(stands), store.mask(outline.id))
    assert apart > 0
    found = {item.name: item.disagreement for item in store.queue(str(folder))}
    assert found == {"a.jpg": apart, "b.jpg": None, "c.jpg": None, "d.jpg": None}
    assert list(store.contradictions()) == []
    back = segment_folder(store, scorer, folder, SILENT)
    assert (back.segmented, back.known) == (0, len(photos))
    assert {drawn_by(store, known[name]) for name in photos} == {"lesion"}
    assert order(store, folder) == before
    assert store.photo(decided).disagreement is None


def test_decided_photos_come_behind_all_others(
    store: Store, scorer: Pool, other: Pool, folder: Path, photos: list[str], until: Until
) -> None:
    segment_folder(store, scorer, folder, SILENT)
    known = ids(store, folder)
    for name in photos[:2]:
        store.decide(verdict(store, known[name], DecisionKind.ACCEPTED))
    heard: list[Settled] = []
    ingest = Ingest(
        store, other, folder, lambda _progress: None, Rhythm(QUICK), Part("watch", heard.append)
    )
    ingest.start()
    until(lambda: len(heard) == len(photos))
    until(lambda: sum(item.disagreement is not None for item in store.queue(str(folder))) == 2)
    ingest.stop()
    assert {each.outcome for each in heard} == {Outcome.SEGMENTED}
    assert [each.path.name for each in heard] == [*photos[2:], *photos[:2]]
    assert order(store, folder)
