"""What a process must be told to take itself for one on an Apple silicon Mac."""

from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

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


def machine() -> str:
    """What `platform.machine` answers on an Apple silicon Mac."""
    return "arm64"
