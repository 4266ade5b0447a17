"""Whatever a sentence holds, it is printed on one line and moves no cursor."""

from pathlib import Path

import pytest
import typer

from db.errors import UnsafePlace
from imaging.photo import PhotoError
from models.package.package import ModelError
from pipeline.doctor.findings import Section, examined, note, ok
from pipeline.errors import ExportError
from tests.support.commands import run
from tui.commands.findings import print_findings
from tui.commands.output import fail, failures, print_table, remark

HOSTILE = "mo\n\x1b[31mle\u202e\x9b\udcff.jpg"
SHOWN = r"mo\x0a\x1b[31mle\u202e\x9b\udcff.jpg"


@pytest.mark.parametrize("kind", [UnsafePlace, PhotoError, ModelError, ExportError])
def test_a_failure_names_its_file_on_one_line(
    kind: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit), failures():
        raise kind(f"{HOSTILE} is damaged.")
    assert capsys.readouterr().err == f"nevus: {SHOWN} is damaged.\n"


def test_what_a_command_says_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    remark(f"{HOSTILE} was set aside.")
    fail(f"[bold]{HOSTILE}[/bold]")
    print_table({"folder": HOSTILE})
    said = capsys.readouterr()
    assert said.err == f"{SHOWN} was set aside.\nnevus: [bold]{SHOWN}[/bold]\n"
    assert said.out == f"folder  {SHOWN}\n"


def test_findings_are_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    findings = ok("Place", f"{HOSTILE} is good."), note(HOSTILE, "Noted.", f"Rename {HOSTILE}.")
    print_findings(examined(Section("Database", findings)))
    said = capsys.readouterr().out
    assert f"{SHOWN} is good." in said
    assert f"→ Rename {SHOWN}." in said
    assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "command", ["segment", "status", "export", "doctor", "selftest", "evaluate"]
)
def test_a_hostile_name_on_the_command_line_comes_back_escaped(
    tmp_path: Path, command: str
) -> None:
    named = tmp_path / "mo\n\x1b[31mle\u202e"
    named.mkdir()
    (named / "a\x1b[2J.jpg").write_text("no photo")
    arguments: dict[str, tuple[object, ...]] = {
        "segment": ("segment", named, "--db", tmp_path / "a.db"),
        "status": ("status", named, "--db", tmp_path / "\x1b[2J.db"),
        "export": ("export", named / "set", named, "--db", tmp_path / "\x1b[2J.db"),
        "doctor": ("doctor", "--db", named / "\x1b[2J.db"),
        "selftest": ("doctor", "--selftest", "--model", named),
        "evaluate": ("evaluate", named, "--model", named),
    }
    done = run(*arguments[command])
    said = done.stdout + done.stderr
    assert r"\x1b[" in said
    assert said.replace("\n", "").isprintable()
