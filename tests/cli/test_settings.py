"""`nevus settings`, and commands that a settings file decides."""

import json
from pathlib import Path

from tests.support.commands import run

SAMPLES = Path(__file__).parents[2] / "sample_images"


def test_what_holds_is_printed_with_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# mine\nreviewer = "ada"\ncolor = "256"\n')
    done = run("settings", NEVUS_SETTINGS=str(file), NEVUS_COLOR="truecolor")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["reviewer", "ada", f"{file}:2"] in rows
    assert ["color", "truecolor", "NEVUS_COLOR"] in rows
    assert ["backend", "auto", "default"] in rows


def test_the_file_decides_what_a_command_does(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    file = tmp_path / "settings.toml"
    file.write_text('db = "mine.db"\nbackend = "onnxruntime"\n')
    done = run("segment", tmp_path / "photos", "--json", NEVUS_SETTINGS=str(file))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["segmented"] == 0
    assert (tmp_path / "mine.db").is_file()


def test_a_bad_file_is_wrong_usage_in_every_command(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("time_limit = 0\n")
    for command in (("settings",), ("segment", tmp_path), ("export", tmp_path / "new", tmp_path)):
        done = run(*command, NEVUS_SETTINGS=str(file))
        assert done.returncode == 2
        assert f"{file}:1: time_limit must be" in done.stderr


def test_keys_are_listed_with_their_names_and_refused_before_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[keys]\naccept = "f2"\n')
    done = run("settings", "--keys", NEVUS_SETTINGS=str(file))
    rows = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert ["f2", "accept", "Accept the outline"] in rows
    assert ["^r", "redo", "Redo the undone edit"] in rows
    file.write_text('[keys]\naccept = "r"\n')
    done = run("settings", NEVUS_SETTINGS=str(file))
    assert done.returncode == 2
    assert f"{file}:1: r is the key of accept and of reject." in done.stderr
