"""A package's ML Program, read back by coremltools."""

from pathlib import Path
from typing import Any

from models.package.interface import NotTaken, check_kind
from models.package.package import ModelError, read_spec, weights_folder


def main_function(path: Path) -> Any:
    """The package's `main` function as coremltools reads it back, weights included."""
    from coremltools.converters.mil.frontend.milproto.load import load

    spec = read_spec(path)
    try:
        check_kind(spec)
    except NotTaken as reason:
        raise ModelError(f"{path} {reason}") from reason
    try:
        program = load(spec, spec.specificationVersion, str(weights_folder(path)))
        return program.functions["main"]
    except Exception as error:  # coremltools raises plain exceptions of many kinds.
        raise ModelError(f"{path} can't be read back ({error}). Copy it again.") from error
