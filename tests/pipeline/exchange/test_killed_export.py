"""A dataset is whole and on the disk when it has its name; a kill leaves none, and nothing long."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.store import Store
from pipeline.exchange.find import format_names
from pipeline.exchange.partial import OURS, partial
from tests.pipeline.exchange.test_export import verdict
from tests.support.flushed import flushed
from tests.support.watched import WHY_NOT

ROOT = Path(__file__).parents[3]
EXPORT = """
import sys
from pathlib import Path
from db.values import DecisionKind
from pipeline.exchange.export import export
database, dest, photos, name = sys.argv[1:]
export(Path(database), Path(dest), Path(photos), name, list(DecisionKind))
"""


@pytest.fixture
def decided(
    store: Store, folder: Path, draw: Callable[..., Path], remember: Callable[..., int]
) -> Path:
    """The database of three photos that were decided on."""
    for number in range(3):
        photo = remember(store, draw(folder / f"{number}.jpg", at=(number * 9, 0)))
        store.decide(verdict(store, photo))
    return store.path


def test_killed_anywhere_an_export_leaves_nothing_half_and_the_next_clears_it_away(
    decided: Path, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "sets"
    place.mkdir()
    (place / ".nevus-partial-of-mine").mkdir()
    (place / ".partial-01234567").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_export", decided, folder, place],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
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
    name: str, decided: Path, folder: Path, tmp_path: Path
) -> None:
    dest = tmp_path / "sets" / name
    seen = flushed(EXPORT, [decided, dest, folder, name], tmp_path)
    before = seen.old_name(dest)
    made = {before / path.relative_to(dest) for path in (dest, *dest.rglob("*"))}
    assert len(made) > 1
    assert made <= seen.before_name(dest)
    assert dest.parent in seen.after_name(dest)
