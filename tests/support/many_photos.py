"""Many photos in a database, without the time that it takes to take them in one by one."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from db.store import Store

BARE = "bare"
"""The grade of a photo that no model has outlined."""
Grade = float | str | None
AT = "2026-11-26 01:02:03.000000"


def add_photos(store: Store, folder: str, grades: Iterable[Grade]) -> None:
    """A photo for each of these grades that a model expects of its outline, None where of none.

    Their names are in an order of their own: neither that of the grades nor that of the photos.
    """
    with closing(sqlite3.connect(store.path)) as connection, connection:
        (number,) = connection.execute("SELECT coalesce(max(id), 0) FROM photo").fetchone()
        connection.execute("INSERT OR IGNORE INTO model VALUES ('m', 'lesion', ?)", (AT,))
        for photo_id, grade in enumerate(grades, number + 1):
            _add(connection, photo_id, f"{folder}/{photo_id * 7919 % 1000003:07}.jpg", grade)


def _add(connection: sqlite3.Connection, photo_id: int, path: str, grade: Grade) -> None:
    row = {"id": photo_id, "path": path, "hash": f"{photo_id:064x}", "at": AT, "grade": grade}
    row["revision"] = None if grade == BARE else photo_id
    for statement in _STATEMENTS if row["revision"] else _BARE:
        connection.execute(statement, row)


_BARE = (
    "INSERT INTO photo VALUES (:id, :hash, 'JPEG', 4000, 3000, NULL, :at)",
    "INSERT INTO file VALUES (:id, :id, :path, :hash, :id, 1, 1, :at, NULL)",
    "INSERT INTO standing VALUES (:id, :revision, NULL)",
)
_STATEMENTS = (
    *_BARE,
    "INSERT INTO prediction (id, photo_id, file_id, model_name, model_hash, backend, device, "
    "milliseconds, framing, predicted_jaccard, made_at) "
    "VALUES (:id, :id, :id, 'lesion', 'm', 'x', 'CPU', 1, 'centre', :grade, :at)",
    "INSERT INTO revision VALUES (:id, :id, NULL, :id, 'lesion', 'model', 0.5, :at)",
    "INSERT INTO measurement VALUES (:id, 'area_pixels', 5000, 'px')",
    "INSERT INTO measurement VALUES (:id, 'area_fraction', 0.1, '1')",
)
