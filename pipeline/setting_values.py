"""How the value of each kind of setting is read: from a file's own type, or from a text.

Each raises ValueError where it can't hold.
"""

import grp
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from imaging.view.overlay import Colour
from models.package.model import SUFFIXES
from models.package.package import ModelError
from models.registry import NAME, registry

LONGEST_NAME = 40
"""Characters of a reviewer's name, which stands in rows and is stored with each decision."""


def read_text(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def read_name(value: object) -> str:
    """However it was typed, one name is one: without spaces around it, its accents composed."""
    name = unicodedata.normalize("NFC", read_text(value).strip())
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError
    return name


def read_path(value: object) -> Path:
    """A path, whose `~` is the home folder."""
    return Path(read_text(value)).expanduser()


def read_group(value: object) -> str:
    """The name of a group of this machine."""
    name = read_text(value)
    try:
        grp.getgrnam(name)
    except KeyError:
        raise ValueError from None
    return name


def read_model(value: object) -> Path:
    """The path of a model that is there, or the name of one of the registry's, as its path."""
    path = read_path(value)
    if path.exists() and not is_model_name(read_text(value)):
        return path
    try:
        return registry().find(read_text(value)).path
    except ModelError as error:
        raise ValueError from error


def is_model_name(text: str) -> bool:
    """Whether a text can only be a model's name: a path to one has an ending or a folder."""
    return NAME.fullmatch(text) is not None and Path(text).suffix not in SUFFIXES


def read_one_of(names: tuple[str, ...]) -> Callable[[object], object]:
    """Reads one of these names."""

    def read(value: object) -> object:
        if value not in names:
            raise ValueError
        return value

    return read


def read_number(least: float, most: float) -> Callable[[object], object]:
    """Reads a number, also from a text, from `least` to `most`."""

    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError
        number = float(value)
        if not math.isfinite(number) or not least <= number <= most:
            raise ValueError
        return number

    return read


def read_colour(value: object) -> Colour:
    """A colour, from #rrggbb."""
    found = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", read_text(value))
    if found is None:
        raise ValueError
    red, green, blue = (int(each, 16) for each in found.groups())
    return Colour(red, green, blue)


def read_whole(least: int, most: int) -> Callable[[object], object]:
    """Reads a whole number, also from a text, from `least` to `most`."""

    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError
        number = int(value)
        if not least <= number <= most:
            raise ValueError
        return number

    return read


def read_yes_or_no(value: object) -> bool:
    """Whether it is, from a truth or a word."""
    if isinstance(value, bool):
        return value
    if value not in {"yes", "no"}:
        raise ValueError
    return value == "yes"


def read_texts(least: int, most: int, longest: int) -> Callable[[object], object]:
    """From a list, or from a text with semicolons between them."""

    def read(value: object) -> object:
        given = value.split(";") if isinstance(value, str) else value
        if not isinstance(given, list | tuple):
            raise ValueError
        texts = tuple(read_text(each).strip() for each in given)
        fit = all(len(text) <= longest and text.isprintable() for text in texts)
        if not (fit and least <= len(texts) == len(set(texts)) <= most):
            raise ValueError
        return texts

    return read


def read_keys(value: object) -> Mapping[str, str]:
    """From a table, or from a text such as `accept=f2; undo=z`."""
    given = value
    if isinstance(value, str):
        pairs = [pair.partition("=") for pair in value.split(";")]
        given = {name.strip(): key.strip() for name, _, key in pairs}
    if not isinstance(given, dict):
        raise ValueError
    return {name: read_text(key) for name, key in given.items()}
