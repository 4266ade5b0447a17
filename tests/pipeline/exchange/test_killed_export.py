"""A dataset is whole and on the disk when it has its name; a kill leaves none, and nothing long."""

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.exchange.find import format_names
from pipeline.exchange.partial import OURS, partial
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.pipeline.exchange.test_export import verdict
from tests.support.databases import new_store
from tests.support.flushed import Flushed, flushed
from tests.support.ready import completed
from tests.support.watched import WHY_NOT

ROOT = Path(__file__).parents[3]
EXPORT = """
import sys
from pathlib import Path
from db.values import DecisionKind
from pipeline.exchange.export import export
database, place, photos, *names = sys.argv[1:]
for name in names:
    export(Path(database), Path(place) / name / "set", Path(photos), name, list(DecisionKind))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed").resolve()


@pytest.fixture(scope="module")
def folder(place: Path) -> Path:
    return place / "photos"


@pytest.fixture(scope="module")
def decided(place: Path, folder: Path) -> Path:
    """The database of three photos that were decided on."""
    with closing(new_store(place / "memory" / "nevus.db")) as store:
        for number in range(3):
            photo = remember_photo(store, draw_photo(folder / f"{number}.jpg", at=(number * 9, 0)))
            store.decide(verdict(store, photo))
        return store.path


@pytest.fixture(scope="module")
def seen(decided: Path, folder: Path, place: Path) -> Flushed:
    """A process that exports in every format, one after the other, below sets."""
    return flushed(EXPORT, [decided, place / "sets", folder, *format_names()], place)


def test_killed_anywhere_an_export_leaves_nothing_half_and_the_next_clears_it_away(
    decided: Path, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "sets"
    place.mkdir()
    (place / ".nevus-partial-of-mine").mkdir()
    (place / ".partial-01234567").mkdir()
    killed = [sys.executable, "-m", "tests.support.killed_export"]
    done = completed([*killed, *map(str, (decided, folder, place))], os.environ)
    assert done.returncode == 0, done.stderr
    # Else no process was killed while it wrote.
    assert len(done.stdout.split()) > 2
    kept = {".nevus-partial-of-mine", ".partial-01234567"}
    [dataset] = [path for path in place.iterdir() if path.name not in kept]
    assert len((dataset / "provenance.jsonl").read_text().splitlines()) == 3
    assert {path.name for path in place.iterdir()} == {*kept, dataset.name}


def test_one_that_is_being_written_is_not_cleared_away(tmp_path: Path) -> None:
    with partial(tmp_path / "one") as one:
        (one.begin() / "first").touch()
        with partial(tmp_path / "other") as other:
            (other.begin() / "second").touch()
            assert sum(bool(OURS.fullmatch(path.name)) for path in tmp_path.iterdir()) == 2
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert found == {"one", "one/first", "other", "other/second"}


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize("name", format_names())
def test_all_of_it_is_on_the_disk_before_it_has_its_name_and_its_name_is_after(
    name: str, seen: Flushed, place: Path
) -> None:
    dest = place / "sets" / name / "set"
    before = seen.old_name(dest)
    made = {before / path.relative_to(dest) for path in (dest, *dest.rglob("*"))}
    assert len(made) > 1
    assert made <= seen.before_name(dest)
    assert dest.parent in seen.after_name(dest)
