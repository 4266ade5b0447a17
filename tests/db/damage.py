"""A database with all that reviewers do, and everything that is asked of one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from db.sqlite.inspection import inspect
from db.store import Store
from db.values import DecisionKind, DraftEdit, NewMask, Origin
from imaging.values import FileStat, Patch
from tests.db.conftest import FOLDER, new_photo, outline, verdict

PHOTOS = 5


def fill(path: Path) -> None:
    """Photos with every decision, drafts, a correction, one taken back, one set aside."""
    kinds = list(DecisionKind)
    with closing(Store.open(path)) as store:
        for number in range(PHOTOS):
            photo_id = outline(store, f"{number}.jpg", predicted_jaccard=number / PHOTOS)
            revision = store.photo(photo_id).revision
            assert revision is not None
            draft = store.add_edit("ada", photo_id, revision.id, 0, _edit(number)).draft_id
            made = verdict(store, photo_id, kinds[number % len(kinds)], score=1 + number % 5)
            if made.kind is DecisionKind.CORRECTED:
                mask = NewMask(
                    draft, store.mask(revision.id), revision.measurements, Origin.BRUSH, None
                )
                made = replace(made, mask=mask)
            store.decide(made)
        store.take_back("ada")
        store.set_aside(FileStat(f"{FOLDER}/broken.jpg", 1, 2, 3), "it broke")


def _edit(number: int) -> DraftEdit:
    return DraftEdit(Patch(number, 0, 1, 1, b"x", "before", "after"))


def asked(path: Path) -> Iterator[Callable[[], object]]:
    """Everything that can be asked of the database at `path`, one by one."""
    yield from asked_to_read(path)
    with closing(Store.open(path)) as store:
        yield from _read(store)
        yield from _written(store)


def asked_to_read(path: Path) -> Iterator[Callable[[], object]]:
    """What is asked of a database that is not opened to write."""
    yield lambda: inspect(path)
    yield lambda: Store.read(path, lambda store: store.reviewed(list(DecisionKind), FOLDER))


def _read(store: Store) -> Iterator[Callable[[], object]]:
    yield lambda: sorted(item.area_fraction or 0.0 for item in store.queue(FOLDER))
    yield lambda: [file.reason for file in store.set_aside_files(FOLDER)]
    yield lambda: store.counts(FOLDER)
    yield lambda: store.files_under(FOLDER)
    yield store.photos
    yield lambda: store.known_file(new_photo("3.jpg").stat)
    yield lambda: store.find_photo("content-3.jpg")
    for photo_id in range(1, PHOTOS + 1):
        yield partial(store.photo, photo_id)
        yield partial(store.prediction, photo_id)
        yield partial(store.mask, photo_id)
        yield partial(store.draft, "ada", photo_id, photo_id)


def _written(store: Store) -> Iterator[Callable[[], object]]:
    yield lambda: outline(store, "new.jpg")
    yield lambda: outline(store, "1.jpg", model="n" * 64)
    yield lambda: store.decide(verdict(store, 1, DecisionKind.ACCEPTED, "bob"))
    yield lambda: store.add_edit("bob", 2, 2, 0, _edit(1))
    yield lambda: store.take_back("bob")
    yield lambda: store.set_aside(FileStat(f"{FOLDER}/2.jpg", 1, 2, 3), "it broke")
    yield lambda: store.mark_gone(f"{FOLDER}/1.jpg")


def to_first_form(path: Path) -> None:
    """Take out of a closed database what migrations since the first have put in."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in (
            "ALTER TABLE prediction DROP COLUMN unseen_fraction",
            "ALTER TABLE prediction DROP COLUMN predicted_jaccard",
            "ALTER TABLE edit DROP COLUMN covered",
            "DROP INDEX ix_file_inode",
            "CREATE TABLE lease (name VARCHAR NOT NULL PRIMARY KEY)",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            connection.execute(statement)
