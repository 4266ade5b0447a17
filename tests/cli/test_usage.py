"""A wrong value on the command line is said without a word of the libraries that found it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tui.commands.app import app

COMMANDS = [each.name for each in app.registered_commands if each.name]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["watch", "--workers", "0"], "0 is too little; it is 1 at least."),
        (["watch", "--workers", "1.5"], "1.5 is no whole number."),
        (["watch", "--memory", "1e9"], "1e9 is too much; it is 1024 at most."),
        (["watch", "--memory", "x\x1b"], r"x\x1b is no number."),
        (["retry", "--cause", "bad"], "'bad' is not one of 'file', 'machine'."),
    ],
)
def test_a_wrong_value_is_said_plainly(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert f"Invalid value for '{arguments[1]}': {words}" in done.output


def test_a_wrong_decision_is_named_as_it_was_given() -> None:
    arguments = ["export", "/nowhere/out", ".", "--decision", "skipped", "--decision", "liked"]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert done.output.endswith("skipped; not “liked”.\n")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--split", "80", "“80” is no split"),
        ("--where", "score=9", "“score” is one of: 1, 2, 3, 4, 5, no score; not “9”."),
        ("--where", "colour=red", "“colour=red” is none of decision=…"),
        ("--format", "gif", "'gif' is none of coco"),
        ("--since", "2026-13-01", "“2026-13-01” is no day; say one as in 2026-05-31."),
        ("--grouped-by", "folder", "--grouped-by says what --split must not divide"),
    ],
)
def test_what_no_dataset_can_be_is_said_plainly(
    option: str, value: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    arguments = ["export", str(tmp_path / "out"), str(tmp_path / "photos"), option, value]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "400"})
    assert done.exit_code == 2
    assert words in done.output


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_no_help_says_of_a_switch_that_it_takes_a_value(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert "--help" in done.output
    assert "<bool>" not in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["backup", ""],
        ["export", ""],
        ["import", ""],
        ["verify", ""],
        ["segment", ""],
        ["evaluate", ""],
        ["model", "add", ""],
        ["segment", ".", "--db", ""],
        ["train", "--name", "x", "--from", ""],
    ],
    ids=" ".join,
)
def test_an_empty_path_is_no_path(arguments: list[str]) -> None:
    """A variable that a script forgot to set must not mean the folder where it runs."""
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert "it is empty." in done.output
