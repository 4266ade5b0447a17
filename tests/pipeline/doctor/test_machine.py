"""The machine's findings, and how the words of a Mac's tools are read."""

import sys
from pathlib import Path

import pytest

from pipeline.counted import counted
from pipeline.doctor.findings import Grade, Section, examined, note, ok, problem
from pipeline.doctor.heic import TINY, heic_finding
from pipeline.doctor.mac import (
    MacState,
    Power,
    mac_findings,
    privacy_finding,
    read_file_vault,
    read_mac,
    read_power,
)
from pipeline.doctor.machine import PYTHONS, machine_findings, packages_finding, python_finding
from pipeline.doctor.sizes import in_bytes

HOME = Path("/Users/ada")
MINI = """System-wide power settings:
Currently in use:
 standby              0
 Sleep On Power Button 1
 womp                 1
 autorestart          1
 hibernatefile        /var/vm/sleepimage
 powernap             1
 networkoversleep     0
 disksleep            10
 sleep                0 (sleep prevented by sharingd, powerd)
 ttyskeepawake        1
 displaysleep         10
 tcpkeepalive         1
"""
LAPTOP = """System-wide power settings:
Currently in use:
 standby              1
 Sleep On Power Button 1
 hibernatefile        /var/vm/sleepimage
 powernap             1
 networkoversleep     0
 disksleep            10
 sleep                1
 hibernatemode        3
 ttyskeepawake        1
 displaysleep         2
 tcpkeepalive         1
 lowpowermode         0
 womp                 0
"""


def test_heic_is_decoded_here() -> None:
    assert heic_finding().state is Grade.OK


@pytest.mark.parametrize("data", [TINY[:-20], TINY[:12], b"", b"not a picture at all"])
def test_a_decoder_that_fails_is_a_problem(data: bytes) -> None:
    finding = heic_finding(data)
    assert finding.state is Grade.PROBLEM
    assert finding.advice


def test_this_machine_is_fit_for_nevus() -> None:
    findings = machine_findings()
    assert {finding.state for finding in findings} == {Grade.OK}
    assert f"Python {sys.version_info[0]}.{sys.version_info[1]}" in findings[1].sentence
    assert "coremltools 9" in findings[2].sentence


def test_a_python_without_coremltools_is_a_problem() -> None:
    assert [python_finding(found).state for found in PYTHONS] == [Grade.OK] * 3
    assert python_finding((3, 14)).state is Grade.PROBLEM
    assert "3.10" in python_finding((3, 10)).sentence


def test_a_missing_package_is_named() -> None:
    finding = packages_finding(("numpy", "no-such-package-anywhere"))
    assert finding.state is Grade.PROBLEM
    assert finding.sentence == "no-such-package-anywhere can't be found."


def test_the_words_of_pmset_are_read() -> None:
    assert read_power(MINI) == Power(0, True)
    assert read_power(LAPTOP) == Power(1, None)
    assert read_power("") == Power(None, None)
    assert read_power(MINI.replace("autorestart          1", "autorestart 0")) == Power(0, False)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("FileVault is On.\n", True),
        ("FileVault is Off.\n", False),
        ("FileVault is On.\nEncryption in progress: Percent completed = 34\n", True),
        ("FileVault is Off.\nDeferred enablement appears to be active for user 'ada'.\n", False),
        ("Error: Unable to determine the state.\n", None),
    ],
)
def test_the_words_of_fdesetup_are_read(text: str, on: bool | None) -> None:
    assert read_file_vault(text) is on


def of(state: MacState, subject: str) -> tuple[Grade, str]:
    """Grade and all words of one finding."""
    places = {"Privacy": HOME / "captures"}
    (finding,) = [f for f in mac_findings(state, places, HOME) if f.subject == subject]
    return finding.state, f"{finding.sentence} {finding.advice}"


def mac(
    release: str = "15.6.1",
    machine: str = "arm64",
    sleep: int | None = 0,
    vault: bool | None = True,
) -> MacState:
    return MacState(release, machine, Power(sleep, True), vault)


def test_a_mac_that_sleeps_is_noted() -> None:
    assert of(mac(sleep=0), "Sleep")[0] is Grade.OK
    state, words = of(mac(sleep=15), "Sleep")
    assert state is Grade.NOTE
    assert "15 idle minutes" in words
    assert "caffeinate" in words
    assert "1 idle minute:" in of(mac(sleep=1), "Sleep")[1]
    assert of(mac(sleep=None), "Sleep")[0] is Grade.NOTE
    assert of(MacState("15.0", "arm64", None, True), "Sleep")[0] is Grade.NOTE


def test_file_vault_is_said_for_the_system_at_hand() -> None:
    assert "no SSH until someone logs in" in of(mac("15.6.1"), "FileVault")[1]
    assert "second ssh gets in" in of(mac("26.1"), "FileVault")[1]
    assert "can read the photos" in of(mac(vault=False), "FileVault")[1]
    assert "did not say" in of(mac(vault=None), "FileVault")[1]


def test_the_neural_engine_needs_apple_silicon_and_macos_14() -> None:
    assert of(mac("14.0"), "Hardware")[0] is Grade.OK
    assert "older" in of(mac("13.7"), "Hardware")[1]
    assert "arm64" in of(mac(machine="x86_64"), "Hardware")[1]


def test_a_mac_that_stays_off_after_a_power_cut_is_noted() -> None:
    assert of(mac(), "Power cut")[0] is Grade.OK
    off, unknown = (
        of(MacState("15.0", "arm64", power, True), "Power cut") for power in (Power(0, False), None)
    )
    assert off[0] is unknown[0] is Grade.NOTE
    assert "does not start" in off[1]
    assert "did not say" in unknown[1]


@pytest.mark.parametrize(
    ("folder", "guarded"),
    [
        ("/Users/ada/Desktop", "~/Desktop"),
        ("/Users/ada/Pictures/may/1", "~/Pictures"),
        ("/Users/ada/Documents/x", "~/Documents"),
        ("/Users/ada/Library/Mobile Documents/x", "~/Library/Mobile Documents"),
        ("/Volumes/card/DCIM", "removable and network volumes"),
        ("/Users/ada/captures", ""),
        ("/Users/ada/Desktop2", ""),
        ("/Users/ada/desktop/x", "~/Desktop"),
        ("/volumes/Card", "removable and network volumes"),
        ("/Volumes", ""),
        ("/Users/Shared/Pictures", ""),
    ],
)
def test_folders_that_macos_guards_are_told_from_others(folder: str, guarded: str) -> None:
    finding = privacy_finding("Privacy", Path(folder), HOME)
    assert (finding.state is Grade.NOTE) == bool(guarded)
    assert guarded in finding.sentence
    assert ("Remote Login" in finding.advice) == bool(guarded)


@pytest.mark.skipif(sys.platform == "darwin", reason="tells what is said where there is no pmset")
def test_tools_that_are_not_there_are_no_crash() -> None:
    state = read_mac()
    assert (state.power, state.file_vault) == (None, None)
    assert {f.state for f in mac_findings(state, {}, HOME)} <= {Grade.OK, Grade.NOTE}


def test_the_database_s_place_is_looked_at_as_well() -> None:
    places = {"Privacy": HOME / "captures", "Privacy (database)": HOME / "Documents" / "a.db"}
    found = {f.subject: f for f in mac_findings(mac(), places, HOME)}
    assert found["Privacy"].state is Grade.OK
    assert found["Privacy (database)"].state is Grade.NOTE
    assert "~/Documents" in found["Privacy (database)"].sentence


def test_a_problem_alone_stops_work() -> None:
    assert examined(Section("A", (ok("a", "."), note("b", ".")))).works
    assert not examined(Section("A", (ok("a", "."),)), Section("B", (problem("b", "."),))).works


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (99_960, "100.0 kB"),
     (123_456, "123 kB"), (2_517_979, "2.5 MB"), (70_800_000_000, "70.8 GB"), (5e15, "5000.0 TB")],
)  # fmt: skip
def test_sizes_are_said_with_a_unit(number: float, text: str) -> None:
    assert in_bytes(number) == text


def test_one_is_no_plural() -> None:
    assert (counted(1, "photo"), counted(3000, "photo")) == ("1 photo", "3,000 photos")
