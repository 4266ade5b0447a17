"""`nevus doctor` as a person runs it: a real terminal, exit codes, both streams."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.shipped import shipped_model
from models.registry import Registry
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.commands import NEVUS, run, start
from tests.support.databases import new_store
from tests.support.programs import darkness
from tests.support.ready import InTerminal, completed
from tests.support.terminals import (
    APPLE,
    CURSOR,
    KITTY,
    MUTE,
    Player,
    Script,
    without_hints,
)

MAP = {OUTPUT_KEY: PROBABILITY}


@pytest.fixture(scope="module", autouse=True)
def _a_small_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The model in use: it is tried a dozen times in each run, and most tests are not about it."""
    from tests.models.conftest import build_package

    folder = tmp_path_factory.mktemp("models")
    package = build_package(folder / "small.mlpackage", darkness, (64, 64), **MAP)
    models = Registry(folder / "known")
    models.add(package, "small")
    models.use("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEVUS_MODELS", str(folder / "known"))
        yield


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in (folder, *folder.rglob("*"))
    }


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return draw_photo(tmp_path / "photos" / "mole.jpg").parent


@pytest.fixture
def database(tmp_path: Path, photos: Path) -> Path:
    path = tmp_path / "memory" / "nevus.db"
    with closing(new_store(path)) as store:
        remember_photo(store, photos / "mole.jpg")
    return path


def subjects(done: Any) -> dict[str, dict[str, str]]:
    """The findings of a `--json` answer by subject."""
    sections = json.loads(done.stdout)["sections"]
    return {f["subject"]: f for section in sections for f in section["findings"]}


def test_it_finds_its_way_and_changes_nothing(photos: Path, database: Path, tmp_path: Path) -> None:
    before = everything(tmp_path)
    command = [*NEVUS, "doctor", str(photos), "--db", str(database), "--json"]
    # By the model that ships.
    done = completed(command, {**os.environ, "NEVUS_MODELS": str(tmp_path / "none")})
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert json.loads(done.stdout)["works"] is True
    titles = [section["title"] for section in json.loads(done.stdout)["sections"]]
    assert titles[:5] == ["Terminal", "Photos", "Database", "Model", "Machine"]
    found = subjects(done)
    assert str(shipped_model()) in found["Package"]["sentence"]
    assert "1 photo" in found["Content"]["sentence"]
    assert str(database) in found["Place"]["sentence"]
    assert everything(tmp_path) == before


def test_where_there_is_no_database_none_is_made(photos: Path, tmp_path: Path) -> None:
    before = everything(tmp_path)
    done = run("doctor", photos, XDG_DATA_HOME=str(tmp_path / "home"), NEVUS_DB="")
    assert done.returncode == 0, done.stderr
    assert "There is no database yet" in " ".join(done.stdout.split())
    assert everything(tmp_path) == before


def test_a_problem_makes_the_status_one(photos: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("Dear all, " * 100)
    done = run("doctor", photos, "--db", letter, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["works"] is False
    assert subjects(done)["State"]["state"] == "problem"
    assert letter.read_text() == "Dear all, " * 100


def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(
    photos: Path, database: Path
) -> None:
    told = subjects(run("doctor", photos, "--db", database, "--json"))
    for columns in (60, 80, 120):
        done = run("doctor", photos, "--db", database, COLUMNS=str(columns))
        assert max(cell_len(line) for line in done.stdout.splitlines()) <= columns
        letters = "".join(done.stdout.split())
        for finding in told.values():
            if finding["subject"] not in {"Speed", "Room"}:  # These differ from run to run.
                assert "".join(finding["sentence"].split()) in letters
                assert "".join(finding["advice"].split()) in letters


def terminal(arguments: list[str], size: tuple[int, int], **environment: str) -> tuple[int, str]:
    """Exit status and all that is shown of a command in a terminal of (rows, columns)."""
    child: Any = InTerminal(
        NEVUS[0],
        arguments,
        dimensions=size,
        env={**os.environ, **environment},
        encoding="utf-8",
        timeout=120,
    )
    shown = child.read()
    child.close()
    return child.exitstatus, shown


def test_a_terminal_that_is_too_small_is_a_problem(photos: Path, tmp_path: Path) -> None:
    arguments = ["doctor", str(photos), "--db", str(tmp_path / "a.db")]
    settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}
    status, shown = terminal(arguments, (15, 80), **settings)
    assert status == 1
    assert "80×15 cells are too few" in shown
    assert "1 problem stops work here" in shown


@pytest.mark.parametrize(
    ("terminal", "words"),
    [
        (KITTY, "24-bit colours, as the terminal said when it was asked"),
        (APPLE, "256 colours, as nothing said more: skin looks banded."),
    ],
    ids=["kitty", "apple"],
)
def test_the_terminal_is_asked_for_its_colours(
    photos: Path, tmp_path: Path, terminal: Script, words: str
) -> None:
    command = [NEVUS[0], "doctor", str(photos), "--db", str(tmp_path / "a.db")]
    player = Player(terminal, command, without_hints(), dimensions=(16, 80))
    with closing(player.child):
        said = player.play().decode()
        assert player.child.wait() == 0
    plain = " ".join(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said).split())
    assert words in plain
    assert "80×16 cells; nevus review needs 60×16" in plain


LEGACY = Path("/proc/sys/dev/tty/legacy_tiocsti")


@pytest.mark.skipif(
    LEGACY.exists() and LEGACY.read_text().strip() == "0",
    reason="this Linux lets nobody give keys back (dev.tty.legacy_tiocsti is 0)",
)
def test_what_was_typed_meanwhile_goes_to_whoever_reads_next(photos: Path, tmp_path: Path) -> None:
    doctor = f"{NEVUS[0]} doctor {photos} --db {tmp_path}/a.db"
    shell = ["/bin/sh", "-c", f'{doctor}; read line; echo "next: <$line>"']
    player = Player(MUTE, shell, without_hints(), dimensions=(24, 100))
    with closing(player.child):
        player.play(lambda sent: CURSOR in sent)
        player.type(b"ls -l\r\x1b[5;1R")
        player.play(lambda sent: sent.count(CURSOR) == 2)
        player.type(b"\x1b[5;1R")
        assert b"next: <ls -l>" in player.play()


def test_an_option_says_the_colours(photos: Path, tmp_path: Path) -> None:
    done = run("doctor", photos, "--db", tmp_path / "a.db", "--json", "--color", "256")
    assert "256 colours, as --color says" in subjects(done)["Colours"]["sentence"]


def test_a_terminal_without_utf_8_gets_question_marks_and_no_crash(
    photos: Path, tmp_path: Path
) -> None:
    done = start("doctor", photos, "--db", tmp_path / "a.db", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert "The locale doesn't say UTF-8" in " ".join(done.stdout.split())


def test_the_shipped_model_is_looked_into() -> None:
    done = run("doctor", "--model", shipped_model(), "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["inspection"]["multiply_accumulates"] == 927_676_736
    assert report["inspection"]["specification"] == 8
    assert report["works"] is True
    assert all(timing["failure"] == "" for timing in report["timings"])
    shown = run("doctor", "--model", shipped_model(), COLUMNS="80")
    assert shown.returncode == 0
    assert max(map(cell_len, shown.stdout.splitlines())) <= 80
    assert "927,676,736 multiply-accumulates" in shown.stdout


@pytest.fixture
def odd() -> Callable[[Path], Path]:
    """Builds a package with operations that nevus has no translation for."""
    from coremltools.converters.mil import Builder as mb  # noqa: N813

    from tests.models.conftest import build_package

    def build(path: Path) -> Path:
        return build_package(path, lambda x: mb.cos(x=mb.erf(x=x)))

    return build


def test_a_package_with_an_odd_operation_is_refused_by_name(
    tmp_path: Path, odd: Callable[[Path], Path]
) -> None:
    path = odd(tmp_path / "odd.mlpackage")
    done = run("doctor", "--model", path)
    words = " ".join(done.stdout.split())
    assert "erf" in words
    if sys.platform != "darwin":
        assert done.returncode == 1
        assert "nevus can't translate cos" in words


def test_what_is_no_package_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter.mlpackage").mkdir()
    done = run("doctor", "--model", tmp_path / "letter.mlpackage", "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "is not an .mlpackage" in done.stderr
    assert "Traceback" not in done.stderr
    missing = run("doctor", "--model", tmp_path / "none.mlpackage")
    assert missing.returncode == 2
    assert missing.stdout == ""
    assert "doesnotexist" in "".join(missing.stderr.split()).replace("│", "")


def test_a_damaged_package_is_said_in_a_sentence(tmp_path: Path) -> None:
    copy = tmp_path / "damaged.mlpackage"
    shutil.copytree(shipped_model(), copy)
    (copy / "Data" / "com.apple.CoreML" / "model.mlmodel").write_bytes(b"\xff" * 100)
    done = run("doctor", "--model", copy)
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_manifest_that_can_t_be_read_is_damage(tmp_path: Path) -> None:
    copy = tmp_path / "damaged.mlpackage"
    shutil.copytree(shipped_model(), copy)
    for text in ("{", "[]", "{}", "3"):
        (copy / "Manifest.json").write_text(text)
        done = run("doctor", "--model", copy)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Manifest.json can't be read" in done.stderr


def test_odd_places_for_the_database_are_findings(photos: Path, tmp_path: Path) -> None:
    circle, pipe = tmp_path / "circle", tmp_path / "pipe.db"
    circle.symlink_to(circle)
    os.mkfifo(pipe)
    for place, words in (
        (pipe, "is no ordinary file"),
        (Path("/dev/null"), "is no ordinary file"),
        (tmp_path / ("long" * 80), "File name too long"),
    ):
        done = run("doctor", photos, "--db", place, "--json")
        assert done.returncode == 1, done.stderr
        assert words in subjects(done)["Place"]["sentence"]
        assert subjects(done)["Place"]["advice"]
    for command in ("doctor", "segment"):
        done = run(command, photos, "--db", circle)
        assert (done.returncode, done.stdout) == (2, "")
        assert "in a circle" in done.stderr


@pytest.mark.parametrize("command", ["doctor", "segment"])
def test_a_folder_whose_name_is_no_text_is_refused(tmp_path: Path, command: str) -> None:
    folder = tmp_path / os.fsdecode(b"bad\xff")
    folder.mkdir()
    done = run(command, folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad\\udcff: its name is not valid text. Rename the folder." in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_stdout_is_said_in_a_sentence(photos: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*NEVUS, "doctor", str(photos)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_without_utf_8_gets_the_selftest_all_the_same() -> None:
    given = ("doctor", "--selftest", "--model", shipped_model(), "--backend", "coreml")
    done = start(*given, PYTHONIOENCODING="ascii")
    if sys.platform != "darwin":
        assert done.returncode == 1
        assert "verdict" in done.stdout
    assert "Traceback" not in done.stderr


def test_what_is_asked_for_runs_it(photos: Path) -> None:
    done = run("doctor", photos, "--backend", "onnxruntime", "--compute-units", "CPU_ONLY")
    assert done.returncode == 0
    done = run("doctor", "--model", shipped_model(), "--backend", "onnxruntime")
    assert (done.returncode, done.stdout) == (2, "")


def test_help_shows_examples() -> None:
    done = run("doctor", "--help", NO_COLOR="1", COLUMNS="120")
    assert done.returncode == 0
    assert "Examples" in done.stdout
    assert "nevus doctor --model" in done.stdout


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = run("doctor", tmp_path / "nowhere")
    assert done.returncode == 2
    assert done.stdout == ""
