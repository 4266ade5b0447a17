"""What the stand-in for Core ML is ordered to do, and what it writes down of what it is asked.

Both in the folder that COREML_STAND_IN names, so that every process has them.
"""

import os
from pathlib import Path
from typing import NoReturn


def note(line: str) -> None:
    """Write down what was asked."""
    folder = os.environ.get("COREML_STAND_IN")
    if folder is not None:
        with (Path(folder) / "journal").open("a") as journal:
            journal.write(f"{line}\n")


def ordered(order: str) -> str | None:
    """What an order says, None where it was not given."""
    folder = os.environ.get("COREML_STAND_IN")
    file = Path(folder) / order if folder is not None else None
    return file.read_text() if file is not None and file.is_file() else None


def fail(reason: str) -> NoReturn:
    """Raise RuntimeError as Apple's errors cross: their dictionary, over several lines."""
    raise RuntimeError(f'{{\n    NSLocalizedDescription = "{reason}";\n}}')
