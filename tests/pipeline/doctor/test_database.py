"""What is found at a database's path, by real databases and real permissions."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.sqlite.files import lock_of, maps_beside
from db.sqlite.inspection import inspect
from db.store import Store
from pipeline.doctor.database import (
    ENOUGH_PHOTOS,
    database_findings,
    folder_finding,
    form_finding,
    room_finding,
)
from pipeline.doctor.findings import Finding, Grade
from tests.support.logins import own_group
from tests.support.rights import reachable, without_rights


def found(path: Path, group: str | None = None) -> dict[str, Finding]:
    return {finding.subject: finding for finding in database_findings(path, group)}


def everything(folder: Path) -> dict[Path, tuple[int, int]]:
    return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in (folder, *folder.rglob("*"))}


@pytest.fixture
def filled(
    store: Store, folder: Path, draw: Callable[..., Path], remember: Callable[..., int]
) -> Path:
    """A closed database with enough outlined photos."""
    for number in range(ENOUGH_PHOTOS):
        remember(store, draw(folder / f"{number}.png", (64 + number, 64)))
    store.close()
    (path,) = (p for p in folder.parent.rglob("nevus.db"))
    return path


@pytest.fixture
def place() -> Iterator[Path]:
    with reachable() as folder:
        yield folder


def test_what_keeps_a_group_from_sharing_one_is_said_with_what_to_do(tmp_path: Path) -> None:
    path, group = tmp_path / "shared" / "nevus.db", own_group()
    assert "Sharing" not in found(path)
    Store.open(path, group).close()
    # Also where nobody asks: it says itself that it is shared.
    for findings in (found(path), found(path, group)):
        assert findings["Sharing"].state is Grade.OK
        assert f"All of the group {group}" in findings["Sharing"].sentence
    path.parent.chmod(0o755)
    lock_of(path).chmod(0o600)
    sentences = [
        each.sentence for each in database_findings(path, group) if each.subject == "Sharing"
    ]
    assert [each.state for each in database_findings(path)].count(Grade.PROBLEM) == 2
    assert "chmod 2770" in sentences[0]
    assert f"chmod 660 '{lock_of(path)}'" in sentences[1]
    assert "no group nobody-has-this" in found(path, "nobody-has-this")["Sharing"].sentence


def test_where_there_is_none_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "not" / "there" / "nevus.db"
    findings = found(path)
    assert findings["State"].state is Grade.OK
    assert "no database yet" in findings["State"].sentence
    assert "A thousand photos need about 103 MB, as others did" in findings["Room"].sentence
    assert list(tmp_path.iterdir()) == []


def test_a_sound_one_is_described_and_left_as_it_was(filled: Path) -> None:
    before = everything(filled.parent)
    findings = found(filled)
    assert {finding.state for finding in findings.values()} == {Grade.OK}
    assert f"{ENOUGH_PHOTOS} photos" in findings["Content"].sentence
    assert "journal_mode=WAL" in findings["Durability"].sentence
    assert "synchronous=FULL" in findings["Durability"].sentence
    assert everything(filled.parent) == before


def test_the_need_of_a_thousand_photos_is_measured_on_those_there(filled: Path) -> None:
    each = (filled.stat().st_size + maps_beside(filled).stat().st_size) / ENOUGH_PHOTOS
    expected = f"A thousand photos need about {1000 * each / 1e6:.1f} MB"
    assert expected in found(filled)["Room"].sentence


def test_little_room_is_noted_and_none_is_a_problem() -> None:
    states = [room_finding(free, None).state for free in (10**12, 10**9, 10**7)]
    assert states == [Grade.OK, Grade.NOTE, Grade.PROBLEM]
    assert "1.0 GB free" in room_finding(10**9, None).sentence


def test_a_database_that_may_only_be_read_is_a_problem(filled: Path, place: Path) -> None:
    shutil.copy(filled, place)
    (place / filled.name).chmod(0o444)
    with without_rights(place):
        findings = found(place / filled.name)
    assert findings["Soundness"].state is Grade.OK
    assert findings["Permission"].state is Grade.PROBLEM
    assert "permissions" in findings["Permission"].advice


def test_where_none_can_be_made_is_a_problem(place: Path) -> None:
    with without_rights(place):
        finding = found(place / "new" / "nevus.db")["State"]
    assert finding.state is Grade.PROBLEM
    assert "--db" in finding.advice


def test_a_file_in_the_way_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = found(tmp_path / "file" / "nevus.db")["State"]
    assert finding.state is Grade.PROBLEM
    assert "none can be made" in finding.sentence


def test_where_nobody_may_look_is_a_problem(place: Path) -> None:
    (place / "locked").mkdir()
    place.joinpath("locked").chmod(0)
    with without_rights(place):
        finding = found(place / "locked" / "nevus.db")["State"]
    place.joinpath("locked").chmod(0o755)
    assert finding.state is Grade.PROBLEM
    assert "can't be looked into" in finding.sentence


@pytest.mark.parametrize("name", ["Dropbox", "Mobile Documents", "OneDrive"])
def test_a_synced_folder_is_a_problem(tmp_path: Path, name: str) -> None:
    finding = found(tmp_path / name / "nevus.db")["Place"]
    assert finding.state is Grade.PROBLEM
    assert name in finding.sentence
    assert "--db" in finding.advice


def test_a_damaged_one_is_a_problem(filled: Path) -> None:
    with filled.open("r+b") as file:
        file.seek(filled.stat().st_size - 4096)
        file.write(b"\xff" * 4096)
    finding = found(filled)["Soundness"]
    assert finding.state is Grade.PROBLEM
    assert "Put back a copy" in finding.advice


def test_another_programs_file_is_a_problem_with_the_sentence_of_opening_it(tmp_path: Path) -> None:
    other = tmp_path / "letter.db"
    other.write_text("Dear all, " * 100)
    finding = found(other)["State"]
    assert finding.state is Grade.PROBLEM
    assert "is no database of nevus" in finding.sentence


def test_an_older_form_is_noted(filled: Path) -> None:
    finding = form_finding(replace(inspect(filled), form="0000"))
    assert finding.state is Grade.NOTE
    assert "copy" in finding.advice


def test_a_folder_is_listed_or_said_why_not(folder: Path, place: Path) -> None:
    (folder / "a.jpg").touch()
    assert folder_finding(folder).state is Grade.OK
    assert "(1 item)" in folder_finding(folder).sentence
    (place / "locked").mkdir()
    place.joinpath("locked").chmod(0)
    with without_rights(place):
        finding = folder_finding(place / "locked")
    place.joinpath("locked").chmod(0o755)
    assert finding.state is Grade.PROBLEM
    assert "Permission denied" in finding.sentence
    assert "Change its permissions" in finding.advice
