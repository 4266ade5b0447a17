"""What a Mac's system does to a program that works alone: privacy, sleep, FileVault.

Not yet run on a Mac: the tests hold the reading of outputs of pmset and fdesetup that were written
down as their formats are known, not captured on one.
"""

import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.counted import counted
from pipeline.doctor.findings import Finding, note, ok

GUARDED = (
    "Desktop", "Documents", "Downloads", "Pictures", "Library/Mobile Documents",
    "Library/CloudStorage",
)  # fmt: skip
"""Folders of a home that macOS keeps programs out of until someone allows them."""
UNLOCKS_OVER_SSH = 26
"""From this macOS on, a password over SSH unlocks the disk: apple_ssh_and_filevault(7)."""
LEAST_MACOS = 14


@dataclass(frozen=True)
class Power:
    """Of `pmset -g`: minutes to sleep (0 is never), and whether it starts after a power cut.

    None where it isn't said.
    """

    sleep_minutes: int | None
    restarts: bool | None


@dataclass(frozen=True)
class MacState:
    """What was asked of a Mac; None where it gave no answer."""

    release: str
    machine: str
    power: Power | None
    file_vault: bool | None


def read_power(text: str) -> Power:
    """Read what `pmset -g` prints. Not yet run on a Mac."""
    sleep = re.search(r"^\s*sleep\s+(\d+)", text, re.MULTILINE)
    restart = re.search(r"^\s*autorestart\s+(\d+)", text, re.MULTILINE)
    return Power(
        int(sleep.group(1)) if sleep else None,
        bool(int(restart.group(1))) if restart else None,
    )


def read_file_vault(text: str) -> bool | None:
    """Read what `fdesetup status` prints: whether FileVault is on. Not yet run on a Mac."""
    found = re.search(r"FileVault is (On|Off)", text)
    return None if found is None else found.group(1) == "On"


def read_mac() -> MacState:
    """Ask this Mac. Not yet run on one."""
    power, vault = _asked("/usr/bin/pmset", "-g"), _asked("/usr/bin/fdesetup", "status")
    return MacState(
        release=platform.mac_ver()[0],
        machine=platform.machine(),
        power=None if power is None else read_power(power),
        file_vault=None if vault is None else read_file_vault(vault),
    )


def _asked(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def mac_findings(state: MacState, places: Mapping[str, Path], home: Path) -> tuple[Finding, ...]:
    """What a Mac's answers mean for work in `places`, each with the subject of its finding."""
    return (
        _hardware(state),
        *(privacy_finding(subject, place, home) for subject, place in places.items()),
        _sleep(state.power),
        _restart(state.power),
        _file_vault(state),
    )


def _hardware(state: MacState) -> Finding:
    release = state.release
    if state.machine != "arm64":
        return note(
            "Hardware",
            f"This Python was built for {state.machine}, so there is no Neural Engine: "
            "ONNX Runtime runs the model on the CPU.",
            "On Apple silicon, install nevus with a Python built for arm64.",
        )
    if _major(state.release) < LEAST_MACOS:
        return note(
            "Hardware",
            f"Apple silicon, but macOS {release} is older than the shipped model needs.",
            f"Update to macOS {LEAST_MACOS} or later, or use --backend onnxruntime.",
        )
    return ok("Hardware", f"Apple silicon with macOS {release}: Core ML can use its Neural Engine.")


def privacy_finding(subject: str, place: Path, home: Path) -> Finding:
    """Whether macOS guards `place` against programs that nobody allowed."""
    guarded = _guarded(place, home)
    if not guarded:
        return ok(subject, f"{place} is nothing that macOS keeps SSH and daemons out of.")
    return note(
        subject,
        f"macOS guards {guarded}: an SSH session or a daemon is refused there ('Operation not "
        "permitted') until someone allows it, whatever the permissions of the files say.",
        "For SSH: System Settings, General, Sharing, Remote Login, (i), allow full disk access for "
        "remote users. For a terminal on the Mac: Privacy & Security, Full Disk Access. Or keep "
        "what nevus needs in a folder of your own, such as ~/captures.",
    )


def _guarded(place: Path, home: Path) -> str:
    # A Mac's file system mostly takes capitals and small letters for the same.
    above = {str(path).casefold() for path in (place, *place.parents)}
    for name in GUARDED:
        if str(home / name).casefold() in above:
            return f"~/{name}"
    return "removable and network volumes" if "/volumes" in above - {str(place).casefold()} else ""


def _sleep(power: Power | None) -> Finding:
    if power is None or power.sleep_minutes is None:
        return note(
            "Sleep",
            "pmset did not say whether this Mac goes to sleep.",
            "Look into System Settings, Energy.",
        )
    if power.sleep_minutes:
        return note(
            "Sleep",
            f"This Mac goes to sleep after {counted(power.sleep_minutes, 'idle minute')}: "
            "segmenting stops, "
            "and SSH sessions hang until it wakes.",
            "For a batch, run it under caffeinate -i; for a server, sudo pmset -a sleep 0.",
        )
    return ok("Sleep", "This Mac does not go to sleep by itself.")


def _restart(power: Power | None) -> Finding:
    if power is None or power.restarts is None:
        return note(
            "Power cut",
            "pmset did not say whether this Mac starts by itself after a power cut.",
            "Look into System Settings, Energy.",
        )
    if power.restarts:
        return ok("Power cut", "This Mac starts by itself after a power cut.")
    return note(
        "Power cut",
        "This Mac does not start by itself after a power cut.",
        "If nobody is near it: sudo pmset -a autorestart 1.",
    )


def _file_vault(state: MacState) -> Finding:
    if state.file_vault is None:
        return note(
            "FileVault",
            "fdesetup did not say whether FileVault is on.",
            "Look into System Settings, Privacy & Security, FileVault.",
        )
    if not state.file_vault:
        return note(
            "FileVault",
            "FileVault is off: SSH is there right after a start, but whoever takes the disk can "
            "read the photos.",
            "Patients' photos belong on an encrypted disk: System Settings, Privacy & Security.",
        )
    return _locked_after_start(_major(state.release))


def _locked_after_start(major: int) -> Finding:
    if major >= UNLOCKS_OVER_SSH:
        return note(
            "FileVault",
            "FileVault is on: after a power cut the disk stays locked until someone unlocks it.",
            "With Remote Login on, ssh with your password (no key) unlocks it; it then hangs up, "
            "and a second ssh gets in.",
        )
    return note(
        "FileVault",
        "FileVault is on: after a power cut there is no SSH until someone logs in at the Mac.",
        "Before a planned restart: sudo fdesetup authrestart. From macOS 26 on, SSH can unlock it.",
    )


def _major(release: str) -> int:
    first = release.partition(".")[0]
    return int(first) if first.isdigit() else 0
