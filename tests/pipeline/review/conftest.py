from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from db.store import Store
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

Sit = Callable[[str], ReviewSession]


@pytest.fixture
def sit(store: Store, modelless: Pool, viewer: Viewer, folder: Path) -> Iterator[Sit]:
    """A reviewer's sitting, by name; those that are left open end with the test."""
    with ExitStack() as sittings:

        def begin(reviewer: str) -> ReviewSession:
            session = ReviewSession(store, modelless, viewer, folder, reviewer)
            return sittings.enter_context(closing(session))

        yield begin


@pytest.fixture
def session(sit: Sit) -> ReviewSession:
    """Ada's sitting."""
    return sit("ada")


def paint(photo: OpenPhoto, *points: tuple[float, float], value: bool = True) -> None:
    editor = photo.editor
    editor.begin_stroke(6, value)
    for x, y in points:
        editor.extend_stroke(x, y)
    editor.end_stroke()
