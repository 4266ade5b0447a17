"""Wherever a byte is wrong, every question ends with an answer or a sentence, and so does every
change; a damaged database is written to no more than it is asked to be."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import DamagedDatabase, ForeignFile, StoreError
from db.sqlite.files import index_of, log_of, maps_beside
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import FOLDER, new_photo, outline
from tests.db.damage import asked, asked_to_read, fill

HEADER = (
    *(0, 15, 16, 17, 18, 19, 20, 21, 22, 23),
    *(27, 31, 35, 39, 43, 47, 51, 55, 59, 63, 67, 71, 72, 95, 99),
)
"""A byte of each field of SQLite's own header (sqlite.org/fileformat.html), a number's least."""
PAGE, PAGE_HEADER = 4096, 8
"""Bytes of a page, and of what stands before each: its kind, how many cells, and where they are."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with all that reviewers do."""
    path = tmp_path_factory.mktemp("sound") / "nevus.db"
    fill(path)
    return path


@pytest.fixture(scope="module")
def killed(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a killed process leaves: the newest photos are in the log only."""
    folder, left = (tmp_path_factory.mktemp(name) for name in ("open", "killed"))
    path = Path(shutil.copy(sound, folder))
    with closing(Store.open(path)) as store:
        for number in range(3):
            outline(store, f"late-{number}.jpg")
        for file in (path, log_of(path), maps_beside(path)):
            shutil.copy(file, left)
    return left / path.name


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Path]:
    def copy(path: Path) -> Path:
        place = tmp_path / "copy"
        shutil.rmtree(place, ignore_errors=True)
        return Path(shutil.copytree(path.parent, place)) / path.name

    return copy


def flip(file: Path, seed: int, at: int | None = None) -> str:
    """Make one byte another, by default one that is not 0; what was done, to be done again."""
    chance, content = random.Random(seed), bytearray(file.read_bytes())
    if at is None:
        at = chance.choice([place for place, byte in enumerate(content) if byte])
    content[at] ^= chance.randrange(1, 256)
    file.write_bytes(content)
    return f"seed {seed}: byte {at} of {file.name} is {content[at]}"


def failures_of(questions: Iterator[Callable[[], object]]) -> list[StoreError]:
    """The sentences that questions end with; any other failure is the test's."""
    found: list[StoreError] = []
    try:
        for question in questions:
            try:
                question()
            except StoreError as failure:
                found.append(failure)
    except StoreError as failure:
        found.append(failure)
    return found


Asked = Callable[[Path], Iterator[Callable[[], object]]]


def briefly(path: Path) -> Iterator[Callable[[], object]]:
    yield from asked_to_read(path)
    with closing(Store.open(path)) as store:
        yield lambda: list(store.queue(FOLDER))
        yield lambda: store.take_in(new_photo("new.jpg"))


def ask_all(path: Path, done: str, questions: Asked = asked) -> list[StoreError]:
    try:
        return failures_of(questions(path))
    except Exception as error:
        error.add_note(done)
        raise


def test_every_question_has_an_answer_where_nothing_is_wrong(
    sound: Path, killed: Path, copied: Callable[[Path], Path]
) -> None:
    assert ask_all(copied(sound), "nothing") == []
    assert ask_all(copied(killed), "nothing") == []


def test_a_byte_of_each_field_of_the_header(sound: Path, copied: Callable[[Path], Path]) -> None:
    found = []
    for at in HEADER:
        path = copied(sound)
        done = flip(path, seed=at, at=at)
        found += ask_all(path, done, briefly)
    assert found
    assert all(str(failure).endswith(".") for failure in found)


def test_a_byte_before_each_page(sound: Path, copied: Callable[[Path], Path]) -> None:
    found = []
    for page in range(1, sound.stat().st_size // PAGE):
        path = copied(sound)
        done = flip(path, seed=page, at=page * PAGE + page % PAGE_HEADER)
        found += ask_all(path, done, briefly)
    assert found
    assert all(str(failure).endswith(".") for failure in found)


def test_any_byte_of_the_rest(sound: Path, copied: Callable[[Path], Path]) -> None:
    found = []
    for seed in range(16):
        path = copied(sound)
        found += ask_all(path, flip(path, seed))
    assert all(str(failure).endswith(".") for failure in found)


@pytest.mark.parametrize("beside", [log_of, maps_beside])
def test_any_byte_of_what_lies_beside(
    killed: Path, copied: Callable[[Path], Path], beside: Callable[[Path], Path]
) -> None:
    for seed in range(5):
        path = copied(killed)
        found = ask_all(path, flip(beside(path), seed))
        if beside is maps_beside:
            assert found == []


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.9])
def test_one_cut_short(sound: Path, copied: Callable[[Path], Path], share: float) -> None:
    path = copied(sound)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert any(isinstance(failure, DamagedDatabase) for failure in ask_all(path, f"{share}"))


def changed(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA ignore_check_constraints=ON")
            connection.execute("PRAGMA writable_schema=ON")
            assert connection.execute(statement).rowcount

    return change


SENSELESS = [
    "DELETE FROM alembic_version",
    "UPDATE alembic_version SET version_num = x'00ff'",
    "INSERT INTO alembic_version VALUES ('0001')",
    "DELETE FROM sqlite_master WHERE name = 'photo'",
    "DELETE FROM sqlite_master WHERE name = 'edit'",
    "DELETE FROM sqlite_master",
    "UPDATE decision SET kind = 'acceptee'",
    "UPDATE decision SET created_at = 'yesterday'",
    "UPDATE decision SET seconds = 'long'",
    "UPDATE decision SET seconds = 9e999",
    "UPDATE decision SET note = x'ff'",
    "UPDATE decision SET reviewer = CAST(x'ff' AS TEXT)",
    "UPDATE standing SET decision_id = 999",
    "UPDATE standing SET revision_id = 999",
    "UPDATE revision SET prediction_id = 999",
    "UPDATE revision SET origin = 'pencil'",
    "UPDATE photo SET width = 'wide'",
    "UPDATE photo SET width = 0",
    "UPDATE photo SET width = 9223372036854775807",
    "UPDATE mask SET counts = x'30'",
    "UPDATE mask SET counts = x'ff'",
    "UPDATE mask SET counts = counts || 'P'",
    "UPDATE mask SET counts = 5",
    "UPDATE mask SET width = 41",
    "UPDATE measurement SET value = 'half'",
    "UPDATE measurement SET value = 0.5 WHERE name = 'area_pixels'",
    "UPDATE measurement SET name = 'area' WHERE name = 'area_pixels'",
    "UPDATE edit SET tool = 'pencil'",
    "UPDATE edit SET settings = 'wide'",
    "UPDATE edit SET settings = '[1]'",
    'UPDATE edit SET settings = \'{"radius": "wide"}\'',
    "UPDATE edit SET settings = '{\"radius\": NaN}'",
    "UPDATE aside SET cause = 'chance'",
    "UPDATE decision SET reason = x'ff'",
    "UPDATE prediction SET framing = 'oval'",
    "UPDATE file SET path = x'37'",
    "DELETE FROM file",
    "DELETE FROM mask",
    "DELETE FROM measurement",
]


@pytest.mark.parametrize("statement", SENSELESS)
def test_what_nevus_can_t_have_written_is_said_to_be_damage(
    sound: Path, copied: Callable[[Path], Path], statement: str
) -> None:
    path = copied(sound)
    changed(statement)(path)
    found = ask_all(path, statement)
    if statement != "DELETE FROM file":
        assert any(isinstance(failure, DamagedDatabase) for failure in found)
    assert not any(isinstance(failure, ForeignFile) for failure in found)


@pytest.mark.parametrize("statement", [s for s in SENSELESS if "decision" in s or "mask SET" in s])
def test_an_export_never_leaves_out_what_is_damaged(
    sound: Path, copied: Callable[[Path], Path], statement: str
) -> None:
    path = copied(sound)
    changed(statement)(path)
    before = path.read_bytes()
    with pytest.raises(DamagedDatabase, match="Put back a copy"):
        Store.read(path, lambda store: list(store.reviewed(list(DecisionKind), FOLDER)))
    assert path.read_bytes() == before


def test_one_that_only_looks_empty_is_not_filled_anew(
    sound: Path, copied: Callable[[Path], Path]
) -> None:
    path = copied(sound)
    changed("DELETE FROM sqlite_master")(path)
    before = path.read_bytes()
    with pytest.raises(DamagedDatabase, match="list of tables is gone"):
        Store.open(path)
    assert path.read_bytes() == before
    assert not index_of(path).exists()
