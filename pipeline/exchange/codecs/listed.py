"""A JSON file that holds one list, read item by item: none is kept when the next one comes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

PIECE = 2**20
"""Characters read at once."""
_SPACE = " \t\n\r"


def begins_a_list(path: Path) -> bool:
    """Whether a JSON file holds a list. Raises OSError and ValueError."""
    with path.open(encoding="utf-8") as file:
        return file.read(PIECE).lstrip(_SPACE).startswith("[")


def items(path: Path) -> Iterator[Any]:
    """The items of the list that a file holds; raises OSError and ValueError where it isn't one."""
    with path.open(encoding="utf-8") as file:
        text = file.read(PIECE).lstrip(_SPACE)
        if not text.startswith("["):
            raise ValueError("it doesn't begin with a list")
        text = text[1:]
        while True:
            text = _filled(file, text.lstrip(_SPACE))
            if text.startswith("]"):
                return
            item, text = _item(file, text)
            yield item
            text = _filled(file, text.lstrip(_SPACE))
            if text.startswith(","):
                text = text[1:]
            elif not text.startswith("]"):
                raise ValueError("there is no comma between two items of the list")


def _filled(file: IO[str], text: str) -> str:
    """What is left, and more of the file where nothing is. Raises ValueError at its end."""
    while not text:
        more = file.read(PIECE)
        if not more:
            raise ValueError("the list doesn't end")
        text = more.lstrip(_SPACE)
    return text


def _item(file: IO[str], text: str) -> tuple[Any, str]:
    """The next item, and what has been read behind it."""
    decoder = json.JSONDecoder()
    while True:
        try:
            item, end = decoder.raw_decode(text)
        except json.JSONDecodeError:
            # Cut off by the piece's end, or wrong, which the file's end will show.
            more = file.read(max(PIECE, len(text)))
            if not more:
                raise
            text += more
        else:
            if end < len(text):
                return item, text[end:]
            # A number may go on.
            more = file.read(PIECE)
            if not more:
                raise ValueError("the list doesn't end")
            text += more
