"""What a command says: results on stdout, everything else on stderr, failures as a sentence.

Sentences hold names as they are; here, where they are printed, nothing in them reaches the terminal
unescaped. JSON escapes in its own way.
"""

import json
import logging
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from imaging.text import printable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FAILED = 1
WRONG_USAGE = 2


def stderr() -> Console:
    """A console on stderr, where progress and remarks go."""
    return Console(stderr=True, highlight=False)


def safe_text(text: str, style: str = "") -> Text:
    """Any text as it may be printed: no markup, and its control characters visible."""
    return Text(printable(text), style)


def remark(sentence: str) -> None:
    """A sentence on stderr."""
    stderr().print(safe_text(sentence), soft_wrap=True)


def print_line(sentence: str) -> None:
    """A sentence on stdout."""
    Console(highlight=False).print(safe_text(sentence), soft_wrap=True)


def say_last(sentence: str) -> None:
    """A sentence on stdout, as the last that is done; unheard where the terminal has gone."""
    if sentence:
        line = f"{printable(sentence)}\n".encode(sys.stdout.encoding, "replace")
        # Past the buffer, which would be written once more when Python ends.
        with suppress(OSError):
            os.write(sys.stdout.fileno(), line)


def print_json(result: "DataclassInstance") -> None:
    """One JSON object on stdout; what is no number, which JSON can't hold, is null."""
    print(json.dumps(_numbers(asdict(result)), default=str, allow_nan=False))  # noqa: T201


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_table(rows: dict[str, Any]) -> None:
    """Names and values in two columns on stdout; of a list each on a line of its own."""
    wide = max(len(name) for name in rows)
    console = Console(highlight=False, soft_wrap=True)
    for name, value in rows.items():
        for line, each in enumerate(value if isinstance(value, list) else [value]):
            console.print(safe_text(f"{'' if line else name:<{wide}}  {each}"))


def fail(sentence: str, code: int = FAILED) -> typer.Exit:
    """Say what went wrong on stderr; raise what this returns."""
    stderr().print(safe_text(f"nevus: {sentence}"), soft_wrap=True)
    return typer.Exit(code)


@contextmanager
def failures() -> Iterator[None]:
    """Expected failures inside end the command with their sentence and status 1.

    What is named on the command line and is something else than the command takes, or a place
    where nothing may be written, is wrong usage: status 2.
    """
    # Off a Mac it warns of each part of Apple's that isn't there, which nobody could mend.
    logging.getLogger("coremltools").setLevel(logging.ERROR)
    from db.errors import ForeignFile, StoreError, UnsafePlace
    from imaging.photo import PhotoError
    from models.evaluate.pairs import NoSetOfPairs, PairsError
    from models.package.package import ModelError, NotAPackage
    from pipeline.errors import PipelineError, WrongChoice, WrongDestination
    from pipeline.settings import BadSettings

    try:
        yield
    except (
        BadSettings,
        ForeignFile,
        NoSetOfPairs,
        NotAPackage,
        UnsafePlace,
        WrongChoice,
        WrongDestination,
    ) as error:
        raise fail(str(error), WRONG_USAGE) from error
    except (StoreError, PhotoError, ModelError, PairsError, PipelineError) as error:
        raise fail(str(error)) from error
