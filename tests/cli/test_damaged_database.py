"""The commands on a damaged database, as a person runs them: a sentence, never a traceback."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from db.values import DecisionKind
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.viewer import Viewer
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.commands import run
from tests.support.databases import new_store
from tests.support.intake import without_model


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, viewer: Viewer) -> Path:
    """A photo, accepted, and the database that knows it."""
    place = tmp_path_factory.mktemp("sound")
    photo = draw_photo(place / "photos" / "mole.jpg")
    with (
        closing(new_store(place / "nevus.db")) as store,
        closing(without_model()) as scorer,
        closing(ReviewSession(store, scorer, viewer, photo.parent, "ada")) as session,
    ):
        opened = session.open(remember_photo(store, photo))
        session.decide(opened, Ruling(DecisionKind.ACCEPTED, seconds=1))
    return place


def forget_the_form(database: Path) -> None:
    execute(database, "DELETE FROM alembic_version")


def decide_what_is_none(database: Path) -> None:
    execute(database, "UPDATE decision SET kind = 'acceptee'")


def cut_a_mask_short(database: Path) -> None:
    execute(database, "UPDATE mask SET counts = x'30'")


def lose_a_table(database: Path) -> None:
    execute(database, "DROP TABLE mask")


def cut_it_to_half(database: Path) -> None:
    content = database.read_bytes()
    database.write_bytes(content[: len(content) // 2])


def change_its_first_letter(database: Path) -> None:
    database.write_bytes(b"T" + database.read_bytes()[1:])


def execute(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "harm",
    [
        forget_the_form,
        decide_what_is_none,
        cut_a_mask_short,
        lose_a_table,
        cut_it_to_half,
        change_its_first_letter,
    ],
)
def test_an_export_says_it_and_changes_nothing(
    sound: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    place = Path(shutil.copytree(sound, tmp_path / "place"))
    harm(place / "nevus.db")
    before = (place / "nevus.db").read_bytes()
    done = run("export", tmp_path / "out", sound / "photos", "--db", place / "nevus.db")
    assert done.returncode == 1
    assert (done.stdout, "Traceback" in done.stderr) == ("", False)
    assert "is damaged" in done.stderr
    assert "Put back a copy" in done.stderr
    assert not (tmp_path / "out").exists()
    assert (place / "nevus.db").read_bytes() == before
    names = {path.name for path in place.iterdir()}
    assert names == {path.name for path in sound.iterdir()}


@pytest.mark.parametrize("command", ["segment", "doctor"])
@pytest.mark.parametrize("harm", [forget_the_form, lose_a_table, cut_it_to_half])
def test_the_others_say_it_too(
    sound: Path, tmp_path: Path, harm: Callable[[Path], None], command: str
) -> None:
    place = Path(shutil.copytree(sound, tmp_path / "place"))
    harm(place / "nevus.db")
    done = run(command, sound / "photos", "--db", place / "nevus.db")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "damaged" in " ".join((done.stdout + done.stderr).split())


def test_an_export_says_which_edits_are_not_in_it(
    sound: Path, tmp_path: Path, viewer: Viewer
) -> None:
    place = Path(shutil.copytree(sound, tmp_path / "place"))
    with (
        closing(Store.open(place / "nevus.db")) as store,
        closing(without_model()) as scorer,
        closing(ReviewSession(store, scorer, viewer, sound / "photos", "ada")) as session,
    ):
        [item] = session.queue()
        editor = session.open(item.photo_id).editor
        assert editor is not None
        editor.begin_stroke(9, True)
        editor.extend_stroke(30, 30)
        editor.end_stroke()
    done = run("export", tmp_path / "out", sound / "photos", "--db", place / "nevus.db", "--json")
    assert done.returncode == 0, done.stderr
    assert '"edited_since": 1' in done.stdout
    assert "1 of the 1 photos" in done.stderr
    assert "accept them to store those" in done.stderr
