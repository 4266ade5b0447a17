"""Names that may be read, and hashes that nobody can try names against."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from imaging.text import printable
from pipeline.unattended.names import Names, key_of, key_to_read

FOLDER = Path("/photos")
PHOTO = FOLDER / "Smith, John" / "born\n1970.jpg"


def test_without_a_key_a_photo_is_called_by_its_path_in_the_folder() -> None:
    names = Names(FOLDER)
    assert names.of(PHOTO) == "Smith, John/born\n1970.jpg"
    assert names.in_sentence(f"{PHOTO.name} is cut.", PHOTO) == f"{PHOTO.name} is cut."


def test_with_a_key_the_same_photo_has_the_same_hash_and_another_key_another() -> None:
    names = Names(FOLDER, b"1" * 32)
    assert names.of(PHOTO) == Names(FOLDER, b"1" * 32).of(PHOTO)
    others = {names.of(PHOTO), names.of(FOLDER / "b.jpg"), Names(FOLDER, b"2" * 32).of(PHOTO)}
    assert len(others) == 3
    assert all(other.startswith("#") and other.isascii() for other in others)


@pytest.mark.parametrize("escaped", [str, printable, lambda text: repr(text)[1:-1]])
@pytest.mark.parametrize("said", [PHOTO.name, "Smith, John/born\n1970.jpg", PHOTO, PHOTO.parent])
def test_with_a_key_nothing_of_a_name_is_left_in_a_sentence(
    escaped: Callable[[str], str], said: object
) -> None:
    names = Names(FOLDER, b"1" * 32)
    sentence = names.in_sentence(f"{escaped(str(said))} is cut ({escaped(str(said))}).", PHOTO)
    assert sentence == f"{names.of(PHOTO)} is cut ({names.of(PHOTO)})."


def test_the_key_stays_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = tmp_path / "new" / "a.db"
    assert key_to_read(database) != key_to_read(database)
    assert list(tmp_path.iterdir()) == []
    key = key_of(database)
    assert (key_of(database), key_to_read(database), len(key)) == (key, key, 32)
    [file] = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key_of(tmp_path / "b.db") != key
