"""What a bug report has to say of the machine: model, chip, memory, system, versions; no names."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "coremltools", "onnx", "onnxruntime", "numpy", "pillow", "pi-heif", "opencv-python-headless",
)  # fmt: skip
"""What takes part in a prediction."""
EXTRAS = ("coreai-core",)
"""What does where it is installed."""
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Machine:
    """A machine and what is installed on it; `memory_gib` in GiB, 0 where it can't be told."""

    model: str
    chip: str
    memory_gib: float
    system: str
    python: str
    packages: Mapping[str, str]


def this_machine() -> Machine:
    """Look at this machine. Neither its network name nor its user's name is asked for."""
    mac = sys.platform == "darwin"
    return Machine(
        model=_sysctl("hw.model") if mac else _product(),
        chip=_sysctl("machdep.cpu.brand_string") if mac else _processor(),
        memory_gib=_memory(),
        system=system_name(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages={
            **{name: installed(name) or UNKNOWN for name in PACKAGES},
            **{name: found for name in EXTRAS if (found := installed(name))},
        },
    )


def system_name() -> str:
    """Operating system, its release and the processor's architecture."""
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]} {platform.machine()}"
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release()} {platform.machine()}"


def installed(package: str) -> str | None:
    """The version of an installed package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def anonymous(text: str, *places: Path) -> str:
    """A text for a report that others read: of each place its name alone, and `~` for the home."""
    for place in places:
        for path in (place, place.absolute(), place.resolve()):
            text = text.replace(str(path), path.name)
    for home in sorted({str(Path.home()), str(Path.home().resolve())}, key=len, reverse=True):
        if len(home) > 1:
            text = text.replace(home, "~")
    return text


def _sysctl(name: str) -> str:
    try:
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, check=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return asked.stdout.strip() or UNKNOWN


def _product() -> str:
    lines = _lines(Path("/sys/devices/virtual/dmi/id/product_name"))
    return (lines[0].strip() if lines else "") or UNKNOWN


def _processor() -> str:
    lines = _lines(Path("/proc/cpuinfo"))
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.machine() or UNKNOWN


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _memory() -> float:
    try:
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0.0
    return round(found / 2**30, 1)
