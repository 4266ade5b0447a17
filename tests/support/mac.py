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

from tests.support.coreml_record import recorded
from tests.support.mac_platform import NATIVE, VERSION, StandInFinder, of_apple

ROOT = Path(__file__).parents[2]


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

    def install(self, macos: str) -> None:
        """Have processes that ask from now on be told of this version of macOS."""
        (self.programs / "sw_vers").write_text(f"#!/bin/sh\necho {macos}\n")
        (self.programs / "sw_vers").chmod(0o755)

    @property
    def programs(self) -> Path:
        """Where a Mac's own programs are found."""
        return self.folder / "bin"

    @property
    def journal(self) -> list[str]:
        """`compile`, `load UNITS`, `predict UNITS` and `plan UNITS` in the order they came."""
        file = self.folder / "journal"
        return file.read_text().splitlines() if file.exists() else []

    def count(self, what: str) -> int:
        """How often something was asked."""
        return sum(line.startswith(what) for line in self.journal)


@contextmanager
def in_workers(folder: Path) -> Iterator[Mac]:
    """A Mac in the worker processes that this process or its children start."""
    mac = Mac(folder)
    mac.programs.mkdir(parents=True)
    mac.install(VERSION)
    site = ROOT / "tests" / "support" / "mac_site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COREML_STAND_IN", str(folder))
        patch.setenv("PATH", str(mac.programs), prepend=os.pathsep)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(ROOT)]))
        yield mac


@contextmanager
def reported(folder: Path) -> Iterator[Mac]:
    """A Mac in this process as well, with its files in `folder`."""
    import coremltools
    from coremltools.models.utils import _macos_version

    # Read once and kept: those of a Mac's Python are not here.
    sysconfig.get_config_vars()
    with in_workers(folder) as mac, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "meta_path", [StandInFinder(), *sys.meta_path])
        patch.delitem(sys.modules, NATIVE, raising=False)
        patch.setattr(coremltools, "libcoremlpython", None, raising=False)
        _give_to_the_imported(patch)
        patch.setattr(sys, "platform", "darwin")
        patch.setattr(platform, "machine", of_apple)
        _macos_version.cache_clear()
        try:
            yield mac
        finally:
            _macos_version.cache_clear()
            sys.modules.pop(NATIVE, None)


def _give_to_the_imported(patch: pytest.MonkeyPatch) -> None:
    # coremltools may have looked for its module before, and remembers that it was not there.
    native = import_module(NATIVE)
    for name, module in list(sys.modules.items()):
        if name.startswith("coremltools.models"):
            for proxy in recorded().classes:
                if hasattr(module, proxy):
                    patch.setattr(module, proxy, getattr(native, proxy))
