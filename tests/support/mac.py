"""A Mac in a test: reported to this process and its children, with a stand-in for Core ML."""

import os
import platform
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.mac_platform import NATIVE, VERSION, StandInFinder, machine

ROOT = Path(__file__).parents[2]
PROXIES = ("_MLModelProxy", "_MLModelAssetProxy", "_MLComputePlanProxy")


@dataclass(frozen=True)
class Mac:
    """What the stand-in was asked, and what it is ordered to do."""

    folder: Path

    def order(self, order: str, text: str = "") -> None:
        """Make the stand-in fail, in every process."""
        (self.folder / order).write_text(text)

    def pardon(self, order: str) -> None:
        """Take an order back."""
        (self.folder / order).unlink()

    @property
    def journal(self) -> list[str]:
        """`compile`, `load UNITS` and `predict UNITS` in the order they came."""
        file = self.folder / "journal"
        return file.read_text().splitlines() if file.exists() else []

    def count(self, what: str) -> int:
        """How often something was asked."""
        return sum(line.startswith(what) for line in self.journal)


def child_environment(folder: Path) -> dict[str, str]:
    """What makes a Python process that is started with it report a Mac."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "sw_vers").write_text(f"#!/bin/sh\necho {VERSION}\n")
    (programs / "sw_vers").chmod(0o755)
    return {
        "COREML_STAND_IN": str(folder),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "support" / "mac_site"), str(ROOT)]),
    }


@contextmanager
def reported(folder: Path) -> Iterator[Mac]:
    """A Mac in this process and in those it starts, with its files in `folder`."""
    import coremltools
    from coremltools.models.utils import _macos_version

    folder.mkdir()
    # Read once and kept: those of a Mac's Python are not here.
    sysconfig.get_config_vars()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in child_environment(folder).items():
            patch.setenv(name, value)
        patch.setattr(sys, "meta_path", [StandInFinder(), *sys.meta_path])
        patch.delitem(sys.modules, NATIVE, raising=False)
        patch.setattr(coremltools, "libcoremlpython", None, raising=False)
        _give_to_the_imported(patch)
        patch.setattr(sys, "platform", "darwin")
        patch.setattr(platform, "machine", machine)
        _macos_version.cache_clear()
        try:
            yield Mac(folder)
        finally:
            _macos_version.cache_clear()
            sys.modules.pop(NATIVE, None)


def _give_to_the_imported(patch: pytest.MonkeyPatch) -> None:
    # coremltools may have looked for its module before, and remembers that it was not there.
    native = import_module(NATIVE)
    for name, module in list(sys.modules.items()):
        if name.startswith("coremltools.models"):
            for proxy in PROXIES:
                if hasattr(module, proxy):
                    patch.setattr(module, proxy, getattr(native, proxy))
