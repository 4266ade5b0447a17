"""An older database is brought up whole or not at all, and every row of it is found again."""

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from db.sqlite.engine import open_engine
from db.sqlite.forms import newest_form
from db.store import Store
from tests.db.rows import Row, Rows, rows_in, schema_in, unpack
from tests.support.ready import completed

FORMS = {"0002": 13, "0003": 13, "0004": 1, "0005": 1, "0007": 1}
"""0002 was made by commit c5d24f3 (see test_old_databases), 0003 by bcf539f: twelve photos of
96×72 with two models' outlines, one of them under two names; every decision, with scores and notes;
corrections by threshold and brush of two reviewers, one on the other's; drafts with undone and
abandoned edits; decisions taken back; a photo superseded, one gone, one without an outline; a file
set aside for its own fault and one for the machine's. 0007 is 0005 brought up by commit 95823c0,
with a remark and a shape."""
EVERY = 13
"""How many statements lie between two kills; together they come to every part of a migration."""
ADDED: dict[str, Row] = {
    "prediction": {"lesion_probability": None},
    "decision": {"batch": None, "flag": 0, "reason": ""},
}
NEW = {"model", "instance", "scale", "membership", "claim", "tombstone", "remark", "shape"}
NEW |= {"model_use", "disagreement"}
KILL = "from tests.support.killed_migration import main; main()"
TOOLS = {True: "threshold", False: "brush"}


@pytest.fixture(params=FORMS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpack(request.param, tmp_path)


def test_every_row_is_found_again(old: Path) -> None:
    before = rows_in(old)
    Store.open(old).close()
    assert_whole(old, before)


def assert_whole(path: Path, before: Rows) -> None:
    """All rows of an older form are in the database at `path`, and nothing else is."""
    after = rows_in(path)
    if "model" in before:
        assert (after.pop("model_use"), after.pop("disagreement")) == ([], [])
        if "remark" not in before:
            assert (after.pop("remark"), after.pop("shape")) == ([], [])
        claims = [{**row, "process": ""} for row in before["claim"]]
        assert after == {
            **before,
            "claim": claims,
            "alembic_version": [{"version_num": newest_form()}],
        }
        return
    assert after.keys() == before.keys() - {"lease"} | NEW
    assert after.pop("alembic_version") == [{"version_num": newest_form()}]
    assert [as_before(row) for row in after.pop("edit")] == [
        {"covered": None, **row} for row in before["edit"]
    ]
    assert [as_before(row) for row in after.pop("aside")] == before["aside"]
    assert measured(after.pop("measurement")) == before["measurement"]
    assert after.pop("model") == models_of(before["prediction"])
    for table, rows in after.items():
        wanted = [{**row, **ADDED.get(table, {})} for row in before.get(table, [])]
        assert rows == wanted, table
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def as_before(row: Row) -> Row:
    """A row as it was before it said its tool, or its cause; that it says the right one."""
    known = {key: value for key, value in row.items() if key not in {"tool", "settings", "cause"}}
    if "tool" in row:
        settings = json.loads(str(row["settings"]))
        known["threshold"] = settings.pop("threshold", None)
        assert (settings, row["tool"]) == ({}, TOOLS[known["threshold"] is not None])
    else:
        assert row["cause"] == ("machine" if row["path"] == "/photos/unlucky.png" else "file")
    return known


def measured(rows: list[Row]) -> list[Row]:
    """What was measured by name, as the two columns that it was."""
    units = {"area_pixels": "px", "area_fraction": "1"}
    assert all(row["unit"] == units[str(row["name"])] for row in rows)
    found: dict[object, Row] = {}
    for row in rows:
        revision = row["revision_id"]
        found.setdefault(revision, {"revision_id": revision})[str(row["name"])] = row["value"]
    return list(found.values())


def models_of(predictions: list[Row]) -> list[Row]:
    """Each model, as its first receipt names it."""
    found: dict[str, Row] = {}
    for row in predictions:
        model = {"name": row["model_name"], "first_seen_at": row["made_at"]}
        found.setdefault(str(row["model_hash"]), {"hash": row["model_hash"], **model})
    return [found[name] for name in sorted(found)]


def test_it_ends_with_the_form_that_a_new_one_has(old: Path, tmp_path: Path) -> None:
    Store.open(old).close()
    Store.open(tmp_path / "new.db").close()
    assert schema_in(old) == schema_in(tmp_path / "new.db")


def test_every_constraint_has_a_name(database: Path, store: Store) -> None:
    engine = open_engine(database)
    looked = inspect(engine)
    tables = [name for name in looked.get_table_names() if name != "alembic_version"]
    names = [
        found["name"]
        for table in tables
        for found in (
            looked.get_pk_constraint(table),
            *looked.get_foreign_keys(table),
            *looked.get_unique_constraints(table),
            *looked.get_indexes(table),
        )
    ]
    engine.dispose()
    assert len(tables) == 22
    assert None not in names
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each form: a database of it, and the copies whose processes were killed."""
    place = tmp_path_factory.mktemp("killed")
    words = []
    for form, every in FORMS.items():
        (place / form).mkdir()
        words += [str(unpack(form, place / form)), str(place / form / "killed"), str(every)]
    done = completed([sys.executable, "-c", KILL, *words], os.environ)
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.parametrize("form", FORMS)
def test_killed_anywhere_it_is_brought_up_whole_by_the_next(form: str, killed: Path) -> None:
    old = killed / form / "old.db"
    before = rows_in(old)
    folders = sorted((old.parent / "killed").iterdir(), key=lambda folder: int(folder.name))
    forms = [form_in(folder / old.name) for folder in folders]
    # None was left between the two forms, and the kills reach from before to behind the change.
    assert set(forms) == {form, newest_form()}
    assert forms == sorted(forms)
    assert forms.count(form) > 10
    for folder in each_left_once(folders):
        Store.open(folder / old.name).close()
        assert_whole(folder / old.name, before)
        copies = [path for path in folder.glob("*.before-*") if path.name[-1].isdecimal()]
        assert copies
        assert [rows_in(copy) for copy in copies] == [before] * len(copies)


def each_left_once(folders: list[Path]) -> list[Path]:
    """Those without the ones that hold the same bytes as another: the same would become of them.

    Until it is committed a change is mostly in memory, so that most kills leave the same.
    """
    return list({what_lies_in(folder): folder for folder in folders}.values())


def what_lies_in(folder: Path) -> frozenset[tuple[str, bytes]]:
    """Its files; but for the index of a log, which whoever comes first makes anew."""
    files = [path for path in folder.iterdir() if not path.name.endswith("-shm")]
    return frozenset((path.name, path.read_bytes()) for path in files)


def form_in(path: Path) -> str:
    (row,) = rows_in(path)["alembic_version"]
    return str(row["version_num"])
