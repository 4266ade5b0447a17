"""Units for systemd, which its own checker reads, and for launchd, which is only parsed."""

import os
import plistlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.unattended.units import (
    NoUnit,
    Service,
    how_to_install,
    installed_nevus,
    launchd_plist,
    systemd_unit,
)

ODD = "a b%h \"q\" 'é' \\x #; {} &<>"
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here"
)


def service(folder: Path) -> Service:
    nevus = str(installed_nevus())
    return Service((nevus, "watch", str(folder)), folder, {"NEVUS_X": f"{ODD} $HOME"})


def verify(unit: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    file = folder / "nevus-test.service"
    file.write_text(unit)
    return subprocess.run(
        ["systemd-analyze", "verify", "--user", str(file)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_systemd
def test_systemd_finds_nothing_wrong_with_a_unit_of_odd_paths(tmp_path: Path) -> None:
    done = verify(systemd_unit(service(tmp_path / f"{ODD} $HOME\n\u202e")), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_reads_an_odd_path_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / f"{ODD}\u202e"
    unit = systemd_unit(service(folder))
    # Taken for a program it is refused, and named in the refusal as systemd has read it.
    as_program = re.sub(r'ExecStart="[^"]+" "watch" ', "ExecStart=", unit)
    assert f"special characters: {folder}\n" in verify(as_program, tmp_path).stderr


def test_a_dollar_is_no_variable_and_every_sign_is_plain(tmp_path: Path) -> None:
    unit = systemd_unit(service(tmp_path / "$HOME\n\x9b\u202e"))
    assert r'/$$HOME\x0a\U0000009b\U0000202e"' in unit
    assert "$HOME" in unit.split("Environment=")[1].splitlines()[0]
    assert unit.replace("\n", "").isprintable()


def test_what_keeps_it_running_is_in_it(tmp_path: Path) -> None:
    unit = systemd_unit(service(tmp_path)).splitlines()
    assert {"Restart=always", "Nice=10", "StartLimitIntervalSec=0"} <= {*unit}


def test_a_program_that_systemd_would_not_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoUnit, match="Install nevus elsewhere"):
        systemd_unit(Service(("/it's/nevus", "watch"), tmp_path))


def test_a_plist_holds_the_paths_as_they_are(tmp_path: Path) -> None:
    made = service(tmp_path / f"{ODD}\u202e")
    text = launchd_plist(made)
    found = plistlib.loads(text.encode())
    assert found["ProgramArguments"] == list(made.command)
    assert found["EnvironmentVariables"] == dict(made.variables)
    assert (found["KeepAlive"], found["RunAtLoad"], found["Label"]) == (True, True, made.name)
    assert text.replace("\n", "").replace("\t", "").isprintable()


@pytest.mark.parametrize("name", ["a\nb", "a\x1bb", "a\udcffb"])
def test_what_a_plist_can_not_hold_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(NoUnit, match="Rename it"):
        launchd_plist(service(tmp_path / name))


def test_a_name_that_is_no_text_is_refused_by_both(tmp_path: Path) -> None:
    with pytest.raises(NoUnit, match="Rename it"):
        systemd_unit(service(tmp_path / "a\udcffb"))


@pytest.mark.parametrize("kind", ["launchd", "systemd"])
def test_how_to_install_names_the_unit_plainly(kind: str, tmp_path: Path) -> None:
    made = service(tmp_path / ODD)
    assert re.fullmatch(r"[A-Za-z0-9-]+", made.name)
    assert made.name in how_to_install(kind, made)
    assert made.name != service(tmp_path / "other" / ODD).name
