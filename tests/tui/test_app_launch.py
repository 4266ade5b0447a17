"""The app in a real terminal: whatever ends it, what was edited is saved."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pexpect
import pytest

from db.store import Store
from tests.pipeline.conftest import wait_until
from tests.support.ready import InTerminal
from tests.tui.driving import Clinic

ROOT = Path(__file__).parents[2]
RUN = """
import sys
from pathlib import Path
from pipeline.settings import read_settings
from tui.commands.output import say_last
from tui.launch import run_app
given = {"db": Path(sys.argv[2]), "model": Path("none.mlpackage"), "reviewer": "ada"}
say_last(run_app(Path(sys.argv[1]), read_settings({**given, "time_limit": 600.0})))
"""
PATIENCE = 120


@contextmanager
def running(
    clinic: Clinic, database: Path, shows: str = "threshold", program: str = RUN
) -> "Iterator[pexpect.spawn[str]]":
    """The app on the clinic's folder, showing its photo."""
    child = InTerminal(
        sys.executable,
        ["-c", program, str(clinic.folder), str(database)],
        dimensions=(24, 80),
        cwd=str(ROOT),
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        timeout=PATIENCE,
        encoding="utf-8",
    )
    try:
        child.expect_exact(shows)
        yield child
    finally:
        # A test may have closed the terminal already.
        with suppress(OSError):
            child.close(force=True)


def saved_threshold(database: Path, photo_id: int) -> float | None:
    """The threshold of the last live edit in the database."""
    with closing(Store.open(database)) as store:
        revision = store.photo(photo_id).revision
        assert revision is not None
        draft = store.draft("ada", photo_id, revision.id)
        assert draft is not None
        return draft.edits[draft.cursor - 1].threshold


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "nevus.db"


def test_quitting_leaves_with_everything_saved(clinic: Clinic, database: Path) -> None:
    photo_id = clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        child.send("ttq")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
    assert saved_threshold(database, photo_id) == 0.40


def test_what_was_decided_is_said_in_one_line_once_the_app_has_gone(
    clinic: Clinic, database: Path
) -> None:
    clinic.outline_all([f"photo{number}.jpg" for number in range(3)])
    with running(clinic, database) as child:
        child.send("r")
        child.expect_exact("1 of 3")
        child.send("q")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
    # What follows the end of the other screen is what stays in the terminal.
    _, left, said = (child.before or "").rpartition("\x1b[?1049l")
    assert left
    line = next(text for text in said.splitlines() if "photos wait" in text)
    assert re.search(r"1 rejected in \d+ (s|min), \d+\.\d s a photo in the median\. ", line)
    assert line.endswith(f"2 photos wait. All is in {database}")


def test_only_what_waits_is_said_where_nothing_was_decided(clinic: Clinic, database: Path) -> None:
    clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        child.send("q")
        child.expect(pexpect.EOF)
    said = (child.before or "").rpartition("\x1b[?1049l")[2]
    assert "1 photo waits." in said
    assert str(database) not in said


def test_a_lost_terminal_ends_it_with_everything_saved(clinic: Clinic, database: Path) -> None:
    photo_id = clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        child.send("t")
        child.expect_exact("0.45")
        os.close(child.fileno())
        wait_until(lambda: not child.isalive(), PATIENCE)
    assert saved_threshold(database, photo_id) == 0.45
