"""The commands as a person runs them: real photos, exit codes, both streams."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import NEVUS, run, start
from tests.support.ready import completed

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(
    path
    for path in (ROOT / "sample_images").iterdir()
    if path.suffix in {".jpg", ".png", ".heic", ".HEIC"}
)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    small = sorted(SAMPLES, key=lambda path: path.stat().st_size)
    for path in small[:3]:
        shutil.copy(path, folder)
    return folder


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
    }


def test_segment_counts_everything_and_writes_nothing_beside_the_photos(
    photos: Path, tmp_path: Path
) -> None:
    (photos / "empty.jpg").touch()
    (photos / "text.jpg").write_text("not a photo")
    first = next(path for path in photos.iterdir() if path.stat().st_size > 100)
    shutil.copy(first, photos / f"copy{first.suffix}")
    before = listing(photos)
    command = [*NEVUS, "segment", str(photos), "--db", str(tmp_path / "a.db"), "--json"]
    done = completed(command, os.environ)
    assert done.returncode == 0, done.stderr
    totals = json.loads(done.stdout)
    parts = [totals[name] for name in ("segmented", "known", "duplicates", "set_aside")]
    assert parts == [3, 0, 1, 2]
    assert totals["files"] == sum(parts)
    assert totals["backend"] in {"onnxruntime", "coreml"}
    assert "empty.jpg" in done.stderr
    assert listing(photos) == before
    again = run("segment", photos, "--db", tmp_path / "a.db", "--json")
    totals = json.loads(again.stdout)
    assert (totals["segmented"], totals["known"] + totals["duplicates"]) == (0, 4)
    assert "6/6 all were known already" in again.stderr
    assert "photos/s" not in again.stderr


def test_segment_says_that_a_folder_holds_no_photos(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    assert "no photos here" in run("segment", tmp_path / "photos", "--db", tmp_path / "a.db").stderr


def test_segment_never_imports_textual(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    shutil.copy(min(SAMPLES, key=lambda path: path.stat().st_size), tmp_path / "photos")
    code = (
        "import sys, runpy; sys.argv = ['nevus', 'segment', *sys.argv[1:]]\n"
        "from tui.commands.app import app\n"
        "try: app()\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "bad = sorted(m for m in sys.modules if m.split('.')[0] in ('textual', 'rich_pixels'))\n"
        "assert not bad, bad\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "photos"), "--db", str(tmp_path / "a.db")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_a_process_of_nevus_imports_first_is_no_command_line() -> None:
    code = "import sys, tui.cli; print(sorted({'typer', 'rich', 'numpy'} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "[]\n"


def test_a_process_of_nevus_does_not_look_for_garbage_at_its_end() -> None:
    code = (
        "import atexit, gc, sys; sys.argv = ['nevus', '--version']\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 10_000))\n"
        "from tui.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.splitlines()[-1] == "True"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--version"], 0), (["export", "../out", "."], 1), (["segment", "/nowhere/at/all"], 2)],
    ids=["done", "failed", "wrong usage"],
)
def test_a_process_ends_with_the_status(
    arguments: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path / "photos")
    done = start(*arguments, NEVUS_DB=str(tmp_path / "a.db"))
    assert done.returncode == status
    assert bool(done.stdout) == (status == 0)
    assert bool(done.stderr) == (status != 0)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", ["review", "segment", "watch", "status", "service", "export", "evaluate"]
)
def test_help_shows_examples(command: str) -> None:
    done = run(command, "--help", NO_COLOR="1", COLUMNS="120")
    assert done.returncode == 0
    assert "Examples" in done.stdout
    assert f"nevus {command}" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["segment", "/nowhere/at/all"],
        ["segment", "--nonsense"],
        ["review", "."],
        ["evaluate", ".", "--where", "nonsense"],
        ["export", "out", ".", "--decision", "liked"],
        ["export", "out", ".", "--format", "gif"],
        ["export", "./inside", "."],
        ["segment", ".", "--backend", "abacus"],
        ["segment", ".", "--model", "no.mlpackage"],
        ["segment", ".", "--db", "./inside.db"],
        ["evaluate", "/nowhere/at/all"],
        ["evaluate", "{tmp}/empty"],
        ["evaluate", "{tmp}/pairs", "--where", "split=dev"],
        ["evaluate", "{tmp}/image_only.csv"],
        ["evaluate", "{tmp}/binary.csv"],
        ["evaluate", "{tmp}/pairs.csv", "--where", "colour=red"],
        ["evaluate", "{tmp}/pairs.csv", "--model", "{tmp}/empty"],
        ["segment", "{tmp}/empty", "--model", "{tmp}/letter.db"],
        ["doctor", "--model", "{tmp}/empty"],
        ["segment", "{tmp}/empty", "--db", "{tmp}/letter.db"],
        ["export", "{tmp}/out", "{tmp}/empty", "--db", "{tmp}/letter.db"],
        ["export", "{tmp}/out", "{tmp}/empty", "--db", "{tmp}/empty"],
        ["export", "{tmp}/out", "/nowhere/at/all"],
        ["export", "{tmp}/letter.db", "{tmp}/empty"],
    ],
)
def test_wrong_usage_is_two(arguments: list[str], tmp_path: Path) -> None:
    for name in ("empty", "pairs/images", "pairs/masks"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "image_only.csv").write_text("image\na.png\n")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x81")
    (tmp_path / "pairs.csv").write_text("image,mask\na.png,b.png\n")
    (tmp_path / "letter.db").write_text("Dear all, " * 100)
    filled = [text.format(tmp=tmp_path) for text in arguments]
    done = run(*filled, NEVUS_DB=str(tmp_path / "a.db"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip()) > 10


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "{tmp}/out", "{photos}"], "There is no database at"),
        (["evaluate", "{tmp}/pairs"], "has no pairs"),
        (["evaluate", "{tmp}/pairs.csv", "--where", "split=test"], "no pairs with split=test"),
    ],
)
def test_failed_work_is_one_with_a_sentence(
    arguments: list[str], says: str, photos: Path, tmp_path: Path
) -> None:
    for name in ("images", "masks"):
        (tmp_path / "pairs" / name).mkdir(parents=True)
    (tmp_path / "pairs.csv").write_text("image,mask,split\na.png,b.png,dev\n")
    filled = [text.format(tmp=tmp_path, photos=photos) for text in arguments]
    done = run(*filled, NEVUS_DB=str(tmp_path / "a.db"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert says in done.stderr


def test_an_empty_folder_is_no_failure(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run("segment", empty, "--db", tmp_path / "a.db", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 0


def test_what_is_set_aside_is_said_with_its_folder(tmp_path: Path) -> None:
    for name in ("left", "right"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "IMG_0001.jpg").touch()
    done = run("segment", tmp_path / "photos", "--db", tmp_path / "a.db")
    assert done.returncode == 0, done.stderr
    assert "set aside: left/IMG_0001.jpg is empty" in done.stderr
    assert "set aside: right/IMG_0001.jpg is empty" in done.stderr


def test_what_was_set_aside_before_is_counted_and_named_no_more(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (photos / name).touch()
    run("segment", photos, "--db", tmp_path / "a.db")
    (photos / "c.jpg").touch()
    (photos / "b.jpg").write_bytes(b"no picture")
    again = run("segment", photos, "--db", tmp_path / "a.db")
    assert again.returncode == 0, again.stderr
    assert "a.jpg" not in again.stderr
    assert "set aside: b.jpg" in again.stderr
    assert "set aside: c.jpg is empty" in again.stderr
    assert "set aside before: 1 file. nevus status FOLDER --set-aside names" in again.stderr
    assert (
        "a.jpg is empty" in run("status", photos, "--db", tmp_path / "a.db", "--set-aside").stdout
    )


def copy_pairs(folder: Path, count: int) -> None:
    """The smallest sample photos with their masks."""
    masks = ROOT / "tests" / "data" / "sample_masks"
    for name in ("images", "masks"):
        (folder / name).mkdir()
    for path in sorted(SAMPLES, key=lambda path: path.stat().st_size)[:count]:
        shutil.copy(path, folder / "images")
        shutil.copy(masks / f"{path.stem}.png", folder / "masks")


@pytest.mark.parametrize("how", ["network", "classic"])
def test_evaluate_counts_marks(tmp_path: Path, how: str) -> None:
    copy_pairs(tmp_path, 2)
    done = run("evaluate", tmp_path, "--marks", how, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["own"]["photos"] == found["nothing"]["photos"] == 2
    assert 1 <= found["nothing"]["median_marks"] <= 20


def test_evaluate_says_marks_in_words(tmp_path: Path) -> None:
    copy_pairs(tmp_path, 1)
    done = run("evaluate", tmp_path, "--marks", "classic")
    assert done.returncode == 0, done.stderr
    assert "nothing, median marks " in done.stdout


def test_evaluate_says_its_figures_in_words_and_rounded(tmp_path: Path) -> None:
    copy_pairs(tmp_path, 1)
    done = run("evaluate", tmp_path)
    assert done.returncode == 0, done.stderr
    told = dict(re.split(r" {2,}", line) for line in done.stdout.splitlines())
    assert told["photos"] == "1"
    assert re.fullmatch(r"\d\.\d{3} to \d\.\d{3}", told["Jaccard, 95% interval"])
    assert not any("_" in name for name in told)


def test_evaluate_scores_pairs_of_a_folder(tmp_path: Path) -> None:
    copy_pairs(tmp_path, 3)
    done = run("evaluate", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert scores["pairs"] == 3
    assert 0.7 <= scores["dice"] <= 1
    low, high = scores["jaccard_interval"]
    assert low <= scores["jaccard"] <= high
    assert 0 <= scores["below_065"] <= 1
