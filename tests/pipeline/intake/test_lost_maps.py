"""A map that the cache lost is computed again, once."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.sqlite.files import maps_beside
from db.store import Store
from pipeline.errors import ReviewError
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.support.intake import take_in

Draw = Callable[..., Path]


@pytest.fixture
def outlined(store: Store, scorer: Pool, folder: Path, draw: Draw) -> int:
    take_in(store, scorer, draw(folder / "a.jpg"), scorer.model())
    [item] = store.queue(str(folder))
    return item.photo_id


def lose_maps(tmp_path: Path) -> None:
    maps_beside(tmp_path / "memory" / "nevus.db").unlink()


def test_it_is_kept_when_it_was_computed_again(
    store: Store, scorer: Pool, viewer: Viewer, folder: Path, tmp_path: Path, outlined: int
) -> None:
    lose_maps(tmp_path)
    assert store.prediction(outlined) is None
    with closing(ReviewSession(store, scorer, viewer, folder, "ada")) as session:
        made = session.open(outlined).prediction
    stored = store.prediction(outlined)
    assert made is not None
    assert stored is not None
    assert np.array_equal(made.grid, stored.grid)


def test_one_of_another_picture_is_not(
    store: Store,
    scorer: Pool,
    viewer: Viewer,
    folder: Path,
    tmp_path: Path,
    draw: Draw,
    outlined: int,
) -> None:
    lose_maps(tmp_path)
    draw(folder / "a.jpg", at=(40, 20))
    with (
        closing(ReviewSession(store, scorer, viewer, folder, "ada")) as session,
        pytest.raises(ReviewError, match="another picture"),
    ):
        session.open(outlined)
    assert store.prediction(outlined) is None
