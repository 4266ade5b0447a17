"""What Core ML's Python module in coremltools' macOS wheel is called and takes, read from its file.

pybind11 compiles names and signatures into the module as plain strings: `{%}` stands for a class
of its own, `{str}` and the like for a type that it takes. Run as a program with a wheel's path,
this writes the record anew.
"""

import json
import re
import sys
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from zipfile import ZipFile

RECORD = Path(__file__).parents[1] / "data" / "coreml_native.json"
MODULE = "coremltools/libcoremlpython.so"
PROXY = "_MLModelProxy"
_FIRST, _LAST = b"CoreML.Framework Python bindings", b"Internal error in module_"
_SIGNATURE = re.compile(rb"\((?:\{[a-z%]+\}(?:, )?)*\) -> [A-Za-z%]+")


@dataclass(frozen=True)
class NativeModule:
    """Names and signatures, each in the order in which the module's code first uses them."""

    coremltools: str
    names: tuple[str, ...]
    """Classes start with an underscore; the functions of a class follow it."""
    signatures: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that coremltools can import."""
        return tuple(name for name in self.names if name.startswith("_"))

    def functions(self, owner: str) -> tuple[str, ...]:
        """The functions of a class."""
        after = self.names[self.names.index(owner) + 1 :]
        return tuple(takewhile(lambda name: not name.startswith("_"), after))


def recorded() -> NativeModule:
    """The committed record."""
    values = json.loads(RECORD.read_text())
    return NativeModule(values["coremltools"], tuple(values["names"]), tuple(values["signatures"]))


def read_wheel(wheel: Path) -> NativeModule:
    """What a macOS wheel's module holds."""
    with ZipFile(wheel) as archive:
        data = archive.read(MODULE)
    names = data[data.index(_FIRST) + len(_FIRST) : data.index(_LAST)].split(b"\0")
    signatures = [found.decode() for found in _SIGNATURE.findall(data)]
    return NativeModule(
        wheel.name.split("-")[1],
        tuple(name.decode() for name in names if name),
        tuple(dict.fromkeys(signatures)),
    )


def parameters(signature: str) -> tuple[str, ...]:
    """The types that a signature takes, `%` for a class of the module's own."""
    return tuple(re.findall(r"\{([a-z%]+)\}", signature))


if __name__ == "__main__":
    RECORD.write_text(json.dumps(asdict(read_wheel(Path(sys.argv[1]))), indent=2) + "\n")
