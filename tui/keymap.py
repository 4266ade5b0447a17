"""The keys that hold: those of the table, and what a person chose instead."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from tui.key_table import COMMANDS, Command, Group

KEY = re.compile(r"\S|ctrl\+[abdefgklnopqrstuvwxyz]|f([1-9]|1[0-2])")
"""Keys that are free to be chosen: ctrl with the others is a key of its own in a terminal."""


class UnfitKeys(ValueError):
    """Keys that can't be chosen so; the message says which, and what to do."""


class Keymap:
    """The table with the keys that a person chose, by the ids of their commands.

    Raises UnfitKeys.
    """

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self.chosen = dict(chosen or {})
        _refuse_unknown(self.chosen)
        self.commands = tuple(
            replace(item, key=self.chosen.get(item.id, item.key)) for item in COMMANDS
        )
        self._by_id = {item.id: item for item in self.commands}
        _refuse_two_of_a_key(self.commands)

    def command(self, name: str) -> Command:
        """The command with an id."""
        return self._by_id[name]

    def key(self, name: str) -> str:
        """The key of the command with an id, as a person knows it."""
        return self.command(name).key_name

    def key_or(self, name: str) -> str:
        """The key of the command with an id; where there is none, the name itself."""
        return self.key(name) if name in self._by_id else name

    def typed(self, text: str) -> tuple[str, ...]:
        """The keys of the table that wrote a text, one a character; others are left out."""
        keys = {item.key_name: item.key for item in self.commands}
        return tuple(keys[character] for character in text if character in keys)

    def lines(self, *groups: Group) -> Iterator[tuple[tuple[Command, ...], str]]:
        """The lines of the help: whose keys stand there, and what they do."""
        line: tuple[Command, ...] = ()
        for item in (each for each in self.commands if each.group in groups):
            if item.help and line:
                yield line, line[0].help
                line = ()
            line = (*line, item)
        if line:
            yield line, line[0].help

    def keys_beside(self, item: Command) -> str:
        """The keys of all commands on a command's line of the help."""
        line = next(line for line, _ in self.lines(item.group) if item in line)
        return spelt([each.key_name for each in line])


def spelt(keys: Collection[str]) -> str:
    """Keys beside each other; a run of digits by its first and last."""
    run = "".join(keys)
    if len(keys) > 2 and run.isdecimal() and run in "0123456789":
        return f"{run[0]}–{run[-1]}"
    return " ".join(keys)


def _refuse_unknown(chosen: Mapping[str, str]) -> None:
    known = {item.id for item in COMMANDS}
    for name, key in chosen.items():
        if name not in known:
            raise UnfitKeys(
                f"there is no command {name!r}; nevus settings --keys lists those that are there."
            )
        if not KEY.fullmatch(key) or not key.isprintable():
            raise UnfitKeys(
                f"{key!r} can't be the key of {name}. A key is one character, f1 to f12, or ctrl+ "
                "with a letter other than c, h, i, j and m."
            )


def _refuse_two_of_a_key(commands: Collection[Command]) -> None:
    taken: dict[str, Command] = {}
    for item in commands:
        other = taken.setdefault(item.key_name, item)
        if other is not item:
            raise UnfitKeys(
                f"{item.key_name} is the key of {other.id} and of {item.id}. Choose another for "
                "one of them."
            )
