from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.evaluate.pairs import read_pairs  # noqa: E402
from models.train.augmentation import Picture, augment  # noqa: E402
from models.train.views import Views, read_pair  # noqa: E402


@pytest.fixture
def views(manifest: Path) -> Views:
    found = Views(read_pairs(manifest, {"split": "train"}), seed=4)
    found.size = 64
    return found


def test_a_view_comes_again_by_its_seed_epoch_and_index(views: Views) -> None:
    first = views[1]
    again = views[1]
    views.epoch = 1
    later = views[1]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], later[0])


def test_more_views_have_a_second_lesion_than_mirrored_borders_make(
    views: Views, manifest: Path
) -> None:
    pairs = [read_pair(pair) for pair in read_pairs(manifest, {"split": "train"})]
    random = np.random.default_rng(4)
    with_pasted = without = 0
    for epoch in range(60):
        views.epoch = epoch
        for index, pair in enumerate(pairs):
            with_pasted += lesions(views[index][1].numpy()) > 1
            without += lesions(augment(*pair, views.size, random)[1]) > 1
    assert 0 < with_pasted - without < 0.15 * 60 * len(views)


def lesions(mask: Picture) -> int:
    """How many separate areas a mask has."""
    return cv2.connectedComponents(np.where(mask > 127, 255, 0).astype(np.uint8))[0] - 1


def test_an_epoch_shows_each_pair_once(views: Views) -> None:
    assert sorted(views.order()) == list(range(len(views)))


def test_an_even_epoch_shows_each_kind_as_often_and_in_time_every_pair(manifest: Path) -> None:
    pairs = read_pairs(manifest, {"split": "train"})
    kinds = ["phone" if index < 2 else "dermoscopy" for index in range(len(pairs))]
    rows = [replace(p, row={**p.row, "kind": k}) for p, k in zip(pairs, kinds, strict=True)]
    views = Views(rows, seed=4)
    seen: set[int] = set()
    for epoch in range(30):
        views.epoch = epoch
        order = views.even_order()
        assert len(set(order)) == len(order)
        assert sorted(kinds[index] for index in order) == ["dermoscopy"] * 2 + ["phone"] * 2
        seen.update(order)
    assert seen == set(range(len(pairs)))
