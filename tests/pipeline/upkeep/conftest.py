"""A folder that two people have reviewed, with all that nevus keeps of it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from db.values import DecisionKind
from pipeline.review.editor import Editor
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Remarks, Ruling
from pipeline.work.viewer import Viewer
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.databases import new_store
from tests.support.intake import without_model

NOTE = "the border is hard to tell at the upper left"


def paint(editor: Editor, *points: tuple[float, float]) -> None:
    editor.begin_stroke(6, True)
    for x, y in points:
        editor.extend_stroke(x, y)
    editor.end_stroke()


def fill(place: Path, viewer: Viewer) -> None:
    """Three photos: corrected with two lesions, accepted and taken back, and half drawn on."""
    photos = [draw_photo(place / "photos" / f"{at}.png", at=(at, 0)) for at in (0, 9, 18)]
    with closing(new_store(place / "nevus.db")) as store, closing(without_model()) as scorer:
        ids = [remember_photo(store, photo) for photo in photos]
        with closing(ReviewSession(store, scorer, viewer, place / "photos", "ada")) as ada:
            _correct(ada, ids[0])
            ada.decide(ada.open(ids[1]), Ruling(DecisionKind.ACCEPTED, seconds=1))
            ada.take_back()
            paint(ada.open(ids[2]).editor, (20, 20), (30, 30))
        with closing(ReviewSession(store, scorer, viewer, place / "photos", "bob")) as bob:
            paint(bob.open(ids[1]).editor, (20, 20))


def _correct(session: ReviewSession, photo_id: int) -> None:
    photo = session.open(photo_id)
    paint(photo.editor, (20, 20))
    paint(photo.editor, (40, 40))
    photo.editor.undo()
    paint(photo.editor, (60, 30), (60, 40))
    photo.editor.swap_instances()
    remarks = Remarks(score=4, note=NOTE)
    session.decide(photo, Ruling(DecisionKind.CORRECTED, seconds=1, remarks=remarks))


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory, viewer: Viewer) -> Path:
    place = tmp_path_factory.mktemp("reviewed")
    fill(place, viewer)
    return place


@pytest.fixture
def place(reviewed: Path, tmp_path: Path) -> Path:
    """A copy of the reviewed folder and its database, which no longer lies where it lay."""
    shutil.copytree(reviewed, tmp_path / "place")
    database = tmp_path / "place" / "nevus.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE file SET path = replace(path, ?, ?)",
            (str(reviewed), str(tmp_path / "place")),
        )
    return tmp_path / "place"


@pytest.fixture
def database(place: Path) -> Path:
    return place / "nevus.db"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with closing(Store.open(database)) as store:
        yield store


def execute(database: Path, *statements: str) -> None:
    """Change a database past nevus; foreign keys are not looked at."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
