"""A database with all that reviewers do, and everything that is asked of one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from db.queue import Among
from db.sqlite.engine import MIGRATING, open_engine
from db.sqlite.inspection import inspect
from db.sqlite.migrating import bring_to
from db.store import Store
from db.values import DecisionKind, DraftEdit, NewMask, Origin, QueueItem, Remarks, Tool
from imaging.values import FileStat, Patch
from tests.db.conftest import FOLDER, new_photo, outline, verdict
from tests.support.databases import new_store

PHOTOS = 5


def fill(path: Path) -> None:
    """Photos with every decision, drafts, a correction, one taken back, one set aside."""
    kinds = list(DecisionKind)
    with closing(new_store(path)) as store:
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
        store.remark(1, "ada", Remarks(4, "hair", flag=True))
        store.keep_shape(1, "ada", Tool.LASSO, [(1.5, 2.0), (3.0, 4.5)])
        store.set_aside(FileStat(f"{FOLDER}/broken.jpg", 1, 2, 3), "it broke")


def _edit(number: int) -> DraftEdit:
    return DraftEdit(Patch(number, 0, 1, 1, b"x", "before", "after"), Tool.BRUSH)


def asked(path: Path) -> Iterator[Callable[[], object]]:
    """Everything that can be asked of the database at `path`, one by one."""
    yield from asked_to_read(path)
    with closing(Store.open(path)) as store:
        yield from _read(store)
        yield from _written(store)


def asked_to_read(path: Path) -> Iterator[Callable[[], object]]:
    """What is asked of a database that is not opened to write."""
    yield lambda: inspect(path)
    yield lambda: Store.read(path, lambda store: store.reviewed_places(list(DecisionKind), FOLDER))
    yield lambda: Store.read(path, lambda store: list(store.reviewed(list(DecisionKind), FOLDER)))


def _read(store: Store) -> Iterator[Callable[[], object]]:
    yield lambda: sorted(item.area_fraction or 0.0 for item in store.queue(FOLDER))
    for among in Among:
        yield partial(_lines, store, among)
    yield lambda: [file.reason for file in store.set_aside_files(FOLDER)]
    yield lambda: store.counts(FOLDER)
    yield lambda: store.files_under(FOLDER)
    yield lambda: store.look_up(new_photo("3.jpg").stat, "m" * 64)
    yield lambda: store.look_up(new_photo("3.jpg").stat)
    stats = [new_photo(f"{number}.jpg").stat for number in range(1, PHOTOS + 1)]
    yield lambda: store.unchanged(stats, "m" * 64)
    yield lambda: store.find_photo("content-3.jpg")
    for photo_id in range(1, PHOTOS + 1):
        yield partial(store.photo, photo_id, "ada")
        yield partial(store.prediction, photo_id)
        yield partial(store.mask, photo_id)
        yield partial(store.begun_shapes, photo_id, "ada")
        yield partial(store.draft, "ada", photo_id, photo_id)
        yield partial(store.to_open, photo_id, "ada")


def _lines(store: Store, among: Among) -> list[QueueItem]:
    return list(store.queue(FOLDER, "ada", among))


def _written(store: Store) -> Iterator[Callable[[], object]]:
    yield lambda: outline(store, "new.jpg")
    yield lambda: outline(store, "1.jpg", model="n" * 64)
    yield lambda: store.decide(verdict(store, 1, DecisionKind.ACCEPTED, "bob"))
    yield lambda: store.add_edit("bob", 2, 2, 0, _edit(1))
    yield lambda: store.take_back("bob")
    yield lambda: store.remark(2, "bob", Remarks(note="hair"))
    yield lambda: store.keep_shape(2, "bob", Tool.BOX, [(1.0, 2.0)])
    yield lambda: store.set_aside(FileStat(f"{FOLDER}/2.jpg", 1, 2, 3), "it broke")
    yield lambda: store.mark_gone(f"{FOLDER}/1.jpg")


def to_first_form(path: Path) -> None:
    """Turn a closed database into one of the first form, with all of its rows that fit there."""
    first = path.with_name("first-form.db")
    first.touch()
    engine = open_engine(first, MIGRATING)
    with engine.begin() as made:
        bring_to(made, "0001")
    engine.dispose()
    with closing(sqlite3.connect(first, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("ATTACH ? AS new", (str(path),))
        connection.execute("BEGIN")
        for table in ("photo", "file", "aside", "prediction", "revision", "mask", "draft", "edit",
                      "decision", "retraction", "standing"):  # fmt: skip
            both = ", ".join(_columns_in_both(connection, table))
            connection.execute(f"INSERT INTO {table} ({both}) SELECT {both} FROM new.{table}")
        connection.execute(_TWO_COLUMNS)
        connection.execute("COMMIT")
    first.replace(path)


_TWO_COLUMNS = """
INSERT INTO measurement SELECT area.revision_id, area.value, fraction.value
FROM new.measurement area JOIN new.measurement fraction USING (revision_id)
WHERE area.name = 'area_pixels' AND fraction.name = 'area_fraction'
"""


def _columns_in_both(connection: sqlite3.Connection, table: str) -> list[str]:
    here, there = (
        {f'"{row[1]}"' for row in connection.execute(f"PRAGMA {schema}.table_info({table})")}
        for schema in ("main", "new")
    )
    return sorted(here & there)
