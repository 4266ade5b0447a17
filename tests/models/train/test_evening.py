import multiprocessing
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from benchmarks import evening
from benchmarks.evening import KNOWN, NEW, NOTHING, QUEUE, RANDOM, Place
from imaging.decode.photo import read_photo
from models.evaluate.pairs import held_out, read_pairs
from models.run.segmenter import open_segmenter
from models.train.loop import Telling, train
from models.train.recipe import Recipe
from tests.support.small_networks import short_encoder

TINY = Recipe(epochs=1, small_epochs=0, size=64, width=8, batch=4, kind=KNOWN)


@pytest.fixture
def place(
    manifest: Path, tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """Few pairs and a short evening; what it hands out photos by is the package that ships."""
    again = Recipe(epochs=2, small_epochs=0, size=64, width=8, batch=4, even=True)
    for name, value in {"BASE": TINY, "AGAIN": again, "CHOSEN": 4, "SEEDS": (1, 2)}.items():
        monkeypatch.setattr(evening, name, value)
    found = Place(manifest, tmp_path / "runs")
    with short_encoder():
        train(TINY, manifest, found.base.parent, Telling())
        shutil.copytree(shipped, found.package)
        yield found


@pytest.fixture
def drawing(request: pytest.FixtureRequest) -> None:
    """Who draws views has PyTorch, as it is where processes are forked."""
    if multiprocessing.get_start_method() != "fork":
        request.getfixturevalue("trainer")


def test_an_evening_learns_from_what_was_corrected_and_no_patient_of_dev(
    place: Place, drawing: None
) -> None:
    base, evenings = evening.spend_all(place)
    chosen = [(one.chosen, one.seed, len(one.photos)) for one in evenings]
    assert chosen == [(QUEUE, 1, 4), (RANDOM, 1, 4), (QUEUE, 2, 4), (RANDOM, 2, 4), (NOTHING, 1, 0)]
    dev = {pair.group for pair in read_pairs(place.data, {"split": "dev"})}
    for one in evenings:
        learnt = read_pairs(
            place.runs / f"{one.chosen}-{one.seed}" / "pairs.csv", {"split": "train"}
        )
        new = {pair.name for pair in learnt if pair.row["kind"] == NEW}
        assert new == set(one.photos)
        assert not dev & {pair.group for pair in learnt}
        assert not any(held_out(pair) for pair in learnt)
        assert one.dev.keys() == base.dev.keys()
    assert evening.figures(base, evenings).row_count == 1 + len(evenings) + 3
    again = evening.spend_all(place)
    assert again == (base, evenings)


def test_the_queue_begins_with_what_the_model_is_least_sure_of(place: Place) -> None:
    order = evening.queue(place)
    segmenter = open_segmenter(place.package)
    sure = [segmenter.predict(read_photo(pair.image)).predicted_jaccard or 0.0 for pair in order]
    assert {pair.row["kind"] for pair in order} == {NEW}
    assert len(sure) == 6
    assert sure == sorted(sure)


def test_a_gain_is_of_each_photo_and_all_seeds() -> None:
    after, before = np.array([[0.5, 0.9], [0.7, 0.9]]), np.array([[0.4, 0.8]])
    cells = evening.compared({NEW: after}, {NEW: before})
    assert cells == ["0.750", "25.0%", "+0.150 (+0.100 to +0.200)"]
