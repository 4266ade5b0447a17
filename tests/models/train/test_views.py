from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.evaluate.pairs import read_pairs  # noqa: E402
from models.train.augmentation import Picture, augment  # noqa: E402
from models.train.recipe import Recipe  # noqa: E402
from models.train.views import Draw, Epochs, Views, read_pair  # noqa: E402

SIZE = 64


@pytest.fixture
def views(manifest: Path) -> Views:
    return Views(read_pairs(manifest, {"split": "train"}), seed=4)


def test_a_view_comes_again_by_its_seed_epoch_and_index(views: Views) -> None:
    first = views[Draw(0, 1, SIZE)]
    again = views[Draw(0, 1, SIZE)]
    later = views[Draw(1, 1, SIZE)]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], later[0])


def test_more_views_have_a_second_lesion_than_mirrored_borders_make(
    views: Views, manifest: Path
) -> None:
    pairs = [read_pair(pair) for pair in read_pairs(manifest, {"split": "train"})]
    random = np.random.default_rng(4)
    with_pasted = without = 0
    for epoch in range(60):
        for index, pair in enumerate(pairs):
            with_pasted += lesions(views[Draw(epoch, index, SIZE)][1].numpy()) > 1
            without += lesions(augment(*pair, SIZE, random)[1]) > 1
    assert 0 < with_pasted - without < 0.15 * 60 * len(views)


def lesions(mask: Picture) -> int:
    """How many separate areas a mask has."""
    return cv2.connectedComponents(np.where(mask > 127, 255, 0).astype(np.uint8))[0] - 1


def test_an_epoch_shows_each_pair_once(views: Views) -> None:
    assert sorted(views.order(0)) == list(range(len(views)))


def test_an_even_epoch_shows_each_kind_as_often_and_in_time_every_pair(manifest: Path) -> None:
    pairs = read_pairs(manifest, {"split": "train"})
    kinds = ["phone" if index < 2 else "dermoscopy" for index in range(len(pairs))]
    rows = [replace(p, row={**p.row, "kind": k}) for p, k in zip(pairs, kinds, strict=True)]
    views = Views(rows, seed=4)
    seen: set[int] = set()
    for epoch in range(30):
        order = views.even_order(epoch)
        assert len(set(order)) == len(order)
        assert sorted(kinds[index] for index in order) == ["dermoscopy"] * 2 + ["phone"] * 2
        seen.update(order)
    assert seen == set(range(len(pairs)))


def test_epochs_follow_each_other_in_whole_batches_of_their_own_size(views: Views) -> None:
    recipe = Recipe(batch=3, small_epochs=1, small_size=32, size=64)
    epochs = Epochs(views, recipe)
    assert epochs.steps == len(views) // 3
    batches = list(islice(epochs, 2 * epochs.steps))
    for epoch, size in enumerate((32, 64)):
        own = batches[epoch * epochs.steps : (epoch + 1) * epochs.steps]
        assert {(draw.epoch, draw.size) for batch in own for draw in batch} == {(epoch, size)}
        assert [d.index for batch in own for d in batch] == views.order(epoch)[: 3 * epochs.steps]


def test_a_resumed_run_draws_what_it_would_have_drawn(views: Views) -> None:
    recipe = Recipe(batch=3, even=True)
    whole = Epochs(views, recipe)
    later = islice(whole, 2 * whole.steps, 3 * whole.steps)
    assert list(islice(Epochs(views, recipe, first=2), whole.steps)) == list(later)
