"""What a process must be told to take itself for one on an Apple silicon Mac."""

import platform
import sys
import sysconfig
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

KEPT = "COREML_STAND_IN_KEPT"
"""Names the folder where the stand-in for Core ML keeps what it has translated."""
NATIVE = "coremltools.libcoremlpython"
VERSION = "14.4"


class StandInFinder(MetaPathFinder):
    """Finds the stand-in under the native module's name."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The stand-in's place, None for every other name."""
        if fullname != NATIVE:
            return None
        return spec_from_file_location(fullname, Path(__file__).parent / "coreml_native.py")


def mac_version(
    release: str = "", versioninfo: tuple[str, str, str] = ("", "", ""), machine: str = ""
) -> tuple[str, tuple[str, str, str], str]:
    """What `platform.mac_ver` answers on an Apple silicon Mac."""
    return VERSION, versioninfo, "arm64"


def of_apple() -> str:
    """What `platform.machine` answers on an Apple silicon Mac."""
    return "arm64"


def become_a_mac() -> None:
    """Make this process one on a Mac, with the stand-in for Core ML's module, to its end."""
    # Both are read once and kept; a Mac's proxies and a Mac's build are not here.
    import urllib.request  # noqa: F401

    sysconfig.get_config_vars()
    # Whom nevus is installed for has no PyTorch; coremltools would load it, for seconds.
    sys.modules["torch"] = None  # type: ignore[assignment]
    sys.meta_path.insert(0, StandInFinder())
    sys.platform = "darwin"
    platform.machine = of_apple
    platform.mac_ver = mac_version
