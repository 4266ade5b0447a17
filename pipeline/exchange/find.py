"""The formats there are, by their names."""

import importlib
import pkgutil
from typing import cast

from pipeline.errors import ExportError
from pipeline.exchange import formats
from pipeline.exchange.format import Format


def format_names() -> list[str]:
    """The formats there are."""
    found = (module.name for module in pkgutil.iter_modules(formats.__path__))
    return sorted(name.replace("_", "-") for name in found)


def find_format(name: str) -> Format:
    """The format of this name. Raises ExportError where there is none."""
    if name not in format_names():
        raise ExportError(f"There is no format {name!r}; there are: {', '.join(format_names())}.")
    module = f"{formats.__name__}.{name.replace('-', '_')}"
    return cast("Format", importlib.import_module(module))
