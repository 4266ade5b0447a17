"""Core ML's protobuf messages, without the second that it takes to import coremltools."""

import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_NAME = "coremltools_proto"


@cache
def model_messages() -> Any:
    """The module that declares `Model`, as coremltools has it.

    Its folder is imported as a package of its own: coremltools begins with all its converters.
    Protobuf has one class for a message, so what this module reads coremltools takes for its own,
    whichever of them is imported first.
    """
    found = find_spec("coremltools")
    if found is None or found.submodule_search_locations is None:
        raise ModuleNotFoundError("coremltools is not installed", name="coremltools")
    package = ModuleType(_NAME)
    package.__path__ = [f"{folder}/proto" for folder in found.submodule_search_locations]
    sys.modules[_NAME] = package
    return import_module(f"{_NAME}.Model_pb2")
