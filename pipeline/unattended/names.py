"""What photos are called where nobody may read their names: patients may stand in them."""

import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from db.sqlite.rights import make_beside
from imaging.text import printable
from pipeline.errors import PipelineError

DIGITS = 12


class NoKey(PipelineError):
    """Names were to be hashed, and there is no key to do it with."""


@dataclass(frozen=True)
class Names:
    """What the photos of `folder` are called: by their path in it, or with a key by a hash of it.

    Without the key, which stays on this machine, nobody can try which name has a hash.
    """

    folder: Path
    key: bytes | None = None

    def of(self, path: Path) -> str:
        """What to call what lies at a path."""
        name = _below(self.folder, path)
        if self.key is None:
            return name
        digest = hmac.new(self.key, os.fsencode(name), "sha256").hexdigest()
        return f"#{digest[:DIGITS]}"

    def in_sentence(self, sentence: str, about: Path | None) -> str:
        """A sentence about a path, with what that is to be called in it."""
        if self.key is None or about is None:
            return sentence
        for part in sorted(set(self._parts(about)), key=len, reverse=True):
            sentence = sentence.replace(part, self.of(about))
        return sentence

    def _parts(self, path: Path) -> Iterator[str]:
        """All in which a name may stand in a sentence, as it is and as it is escaped."""
        between = [each for each in path.parents if self.folder in each.parents]
        for part in (str(path), _below(self.folder, path), path.name, *map(str, between)):
            yield from (part, printable(part), repr(part)[1:-1])


def _below(folder: Path, path: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def key_of(database: Path) -> bytes:
    """The key of a database's hashes, made when it is first asked for. Raises NoKey."""
    try:
        return _key_of(database)
    except OSError as error:
        raise NoKey(
            f"No key for hashes of names can be had beside {database} "
            f"({error.strerror or error}). Look at the permissions and the room of its folder."
        ) from error


def key_to_read(database: Path) -> bytes:
    """The same where nothing is to be changed; where none was made, one that is good for now."""
    try:
        return _file_of(database).read_bytes()
    except OSError:
        return secrets.token_bytes(32)


def _file_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.names-key")


def _key_of(database: Path) -> bytes:
    path = _file_of(database)
    part = database.with_name(f"{database.name}.names-key.{os.getpid()}")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_beside(database, part)
        part.write_bytes(secrets.token_bytes(32))
        # Whole or not at all, and the first one's: two may begin at once.
        with suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
    return path.read_bytes()
