"""Make a database, its maps and its copies forget a photo; the photo's own file is left alone.

The copies are those that nevus laid beside the database, the backups whose places it noted, and
whatever a person names.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from db.errors import ForeignFile, NoDatabase, StoreError
from db.forgetting import KnownPhoto
from db.photos import is_called
from db.sqlite.files import beside
from db.sqlite.forgetting import Gone, forget, would_go
from db.sqlite.inspection import form_in
from db.sqlite.maps import Maps
from db.store import Store
from pipeline.errors import UpkeepError
from pipeline.exchange.teaching import stopped_with
from pipeline.intake.scan import stored_path
from pipeline.intake.signature import signature_of
from pipeline.upkeep.places import places

_BESIDE = (".before-*", ".replaced-*")
"""What nevus lays beside a database before it changes its form, or puts a backup in its place."""
_NO_COPY = ("-wal", "-shm", "-journal", ".lock", ".part", ".maps.db")


@dataclass(frozen=True)
class Plan:
    """What would go: the photo, how many rows of each table, and the copies that hold it too.

    Of the photo's paths the one that was named comes first; `there` are those at which a file
    lies. `unreached` are backups that can't be looked at now, each with the reason. `trainings`,
    which aren't done, learn from the photo: they are dropped.
    """

    photo: KnownPhoto
    there: tuple[str, ...]
    rows: dict[str, int]
    copies: tuple[Path, ...]
    unreached: tuple[str, ...]
    trainings: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Forgotten:
    """What went: how many rows, and from which copies. `left` are sentences on what did not.

    Of the `paths` at which the photo lay, a file still lies at those that are `there`.
    """

    content_hash: str
    paths: tuple[str, ...]
    there: tuple[str, ...]
    rows: dict[str, int]
    copies: tuple[Path, ...]
    left: tuple[str, ...]


def plan(store: Store, name: str, named: Sequence[Path] = ()) -> Plan:
    """What would be forgotten if the photo called `name` were; nothing is changed.

    `named` are backups, or folders with some, that nevus does not know of. Raises StoreError, and
    UpkeepError where no photo or more than one is called so.
    """
    photo = _named_first(name, _only(name, _called(store, name)))
    copies, unreached = [], []
    for copy in _copies(store.path, named):
        try:
            if would_go(copy, [photo.content_hash]).found:
                copies.append(copy)
        except ForeignFile:
            unreached.append(f"{copy} is no database of nevus, so nothing is forgotten in it.")
        except StoreError as error:
            unreached.append(str(error))
    rows = would_go(store.path, [photo.content_hash]).rows
    there = tuple(path for path in photo.paths if signature_of(Path(path)) is not None)
    trainings = tuple(stopped_with(photo.content_hash))
    return Plan(photo, there, rows, tuple(copies), tuple(unreached), trainings)


def carry_out(store: Store, made: Plan, reviewer: str) -> Forgotten:
    """Forget what a plan says, in the database first. Raises StoreError and UpkeepError.

    Whatever nevus looks at later and finds to be the same picture is not taken in again.
    """
    content_hash = made.photo.content_hash
    left = list(made.unreached)
    with ExitStack() as stack:
        try:
            # So that no backup is made between a copy that is cleaned and the next.
            stack.enter_context(places(store.path))
        except OSError as error:
            raise UpkeepError(
                f"{store.path}: its backups' places can't be read: {error}."
            ) from error
        for half in store.path.parent.glob(f"{_literal(store.path)}.before-*.part"):
            half.unlink(missing_ok=True)
        gone = store.forget_photo(made.photo, reviewer)
        left += _unwiped(store.path, gone)
        for copy in made.copies:
            left += _forget_in(copy, content_hash, reviewer)
        for training in made.trainings:
            left += _drop(training)
    photo = made.photo
    return Forgotten(content_hash, photo.paths, made.there, gone.rows, made.copies, tuple(left))


def _drop(training: Path) -> Iterator[str]:
    """Remove what a training that isn't done has laid down; a sentence where that can't be."""
    try:
        shutil.rmtree(training)
    except OSError as error:
        reason = error.strerror or str(error)
        yield f"{training} can't be removed ({reason}). It holds a copy of the photo: delete it."


def _named_first(name: str, photo: KnownPhoto) -> KnownPhoto:
    """The photo, the file by which a person called it before the others that hold it."""
    named = (_here(name), name.removeprefix("./"))
    paths = sorted(photo.paths, key=lambda path: not any(is_called(path, each) for each in named))
    return replace(photo, paths=tuple(paths))


def _here(name: str) -> str:
    """A name as a path from here."""
    path = Path(name)
    return stored_path(path.parent.resolve() / path.name)


def _called(store: Store, name: str) -> list[KnownPhoto]:
    """The photos of this name; where it is a path from here, those that lie there."""
    found = store.photos_called(_here(name)) or store.photos_called(name.removeprefix("./"))
    if not found and name in store.tombstones_of([name]):
        # Once more, for a backup that was out of reach the first time.
        return [KnownPhoto(0, name, ())]
    return found


def _only(name: str, found: list[KnownPhoto]) -> KnownPhoto:
    if not found:
        raise UpkeepError(
            f"No photo is called {name!r} here. Name it by its path, its file's name, its hash, or "
            "its number as in #12. One that was forgotten is known by its hash alone."
        )
    if len(found) > 1:
        listed = ", ".join(f"#{photo.photo_id} in {photo.paths[0]}" for photo in found[:10])
        raise UpkeepError(f"{len(found)} photos are called {name!r}: {listed}. Name one by number.")
    return found[0]


def _copies(database: Path, named: Sequence[Path]) -> list[Path]:
    """Every copy of a database that is known of, or named."""
    laid = [path for end in _BESIDE for path in database.parent.glob(f"{_literal(database)}{end}")]
    with places(database) as noted:
        known = [each.path for each in noted.read()]
    found = [*laid, *known, *(each for path in named for each in _in(path))]
    return [path for path in dict.fromkeys(found) if not path.name.endswith(_NO_COPY)]


def _literal(path: Path) -> str:
    return "".join(f"[{each}]" if each in "*?[" else each for each in path.name)


def _in(path: Path) -> Iterator[Path]:
    """A backup that was named, or those in a folder that was, which may hold other files too."""
    if not path.is_dir():
        yield path
        return
    for found in sorted(path.iterdir()):
        with suppress(ForeignFile, NoDatabase):
            form_in(found)
            yield found


def _forget_in(copy: Path, content_hash: str, reviewer: str) -> Iterator[str]:
    """Forget a photo in a copy; sentences on what is left."""
    try:
        gone = forget(copy, [content_hash], reviewer)
        with closing(Maps(copy)) as maps:
            maps.forget(content_hash)
    except StoreError as error:
        yield str(error)
        return
    yield from _unwiped(copy, gone)


def _unwiped(path: Path, gone: Gone) -> Iterator[str]:
    if not gone.wiped:
        yield (
            f"{path} and {beside(path, '-wal').name} could not be written anew: another program "
            "reads them, or there is no room. Nobody sees the photo any more, but traces of it are "
            "left in the file. Close what has it open, then forget it again by its hash."
        )
