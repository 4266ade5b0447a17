"""The machine: its system, its Python, and the packages that nevus stands on."""

import os
import platform
import sys

from db.sqlite.engine import VERSION
from pipeline.doctor.findings import Finding, ok, problem
from pipeline.machine import PACKAGES as OF_PREDICTION
from pipeline.machine import installed, system_name

PYTHONS = ((3, 11), (3, 12), (3, 13))
PACKAGES = ("nevus", *OF_PREDICTION, "textual", "rich")


def machine_findings() -> tuple[Finding, ...]:
    """System, Python and packages."""
    return (_system(), python_finding(sys.version_info[:2]), packages_finding(PACKAGES))


def _system() -> Finding:
    cores = os.cpu_count() or 1
    return ok("System", f"{system_name()}, {cores} cores.")


def python_finding(found: tuple[int, int]) -> Finding:
    """Whether nevus is made for this Python, major and minor."""
    shown = f"Python {platform.python_version()}" if found == sys.version_info[:2] else "Python"
    if found in PYTHONS:
        return ok("Python", f"{shown}, with SQLite {VERSION}.")
    return problem(
        "Python",
        f"Python {found[0]}.{found[1]} is none that nevus is made for.",
        "Install nevus with Python 3.11, 3.12 or 3.13; coremltools has no build for others.",
    )


def packages_finding(names: tuple[str, ...]) -> Finding:
    """The versions of installed packages, as a bug report needs them."""
    found = {name: installed(name) for name in names}
    missing = [name for name, number in found.items() if not number]
    if missing:
        return problem("Packages", f"{', '.join(missing)} can't be found.", "Install nevus again.")
    return ok("Packages", ", ".join(f"{name} {number}" for name, number in found.items()) + ".")
