"""What a row holds comes back as it was, or is refused: SQLite itself minds no types."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from db.columns import now
from db.store import Store
from db.tables import (
    ClaimRow,
    DraftRow,
    FileRow,
    InstanceRow,
    MeasurementRow,
    MembershipRow,
    ModelRow,
    ModelUseRow,
    RemarkRow,
    ScaleRow,
    ShapeRow,
    Table,
    TombstoneRow,
)
from imaging.values import FileStat
from tests.db.conftest import new_photo, outline, revision_of
from tests.support.tries import tries

MOMENT = datetime(2026, 11, 26, 1, 2, 3, 4, tzinfo=UTC)
Make = Callable[[int, int], Table]
SAID: dict[str, Make] = {
    "scale": lambda photo, _: ScaleRow(
        photo_id=photo, mm_per_pixel=1 / 30, reviewer="ada", how="a ruler", said_at=MOMENT
    ),
    "membership": lambda photo, _: MembershipRow(
        photo_id=photo,
        kind="patient",
        name="P-7",
        reviewer="ada",
        source="its folder",
        said_at=MOMENT,
    ),
    "claim": lambda photo, _: ClaimRow(
        photo_id=photo, reviewer="ada", made_at=MOMENT, until=MOMENT + timedelta(minutes=5)
    ),
    "instance": lambda _, revision: InstanceRow(revision_id=revision, number=2, counts=b"0123"),
    "measurement": lambda _, revision: MeasurementRow(
        revision_id=revision, name="longest axis", value=4.25, unit="mm"
    ),
    "remark": lambda photo, _: RemarkRow(
        photo_id=photo, reviewer="ada", score=None, note="hair", flag=True, said_at=MOMENT
    ),
    "shape": lambda photo, _: ShapeRow(
        photo_id=photo, reviewer="ada", tool="lasso", points="[]", drawn_at=MOMENT
    ),
    "tombstone": lambda *_: TombstoneRow(content_hash="c" * 64, reviewer="ada", made_at=MOMENT),
    "model_use": lambda *_: ModelUseRow(model_hash="h" * 64, photos=3, begun_at=MOMENT),
    "model": lambda *_: ModelRow(hash="h" * 64, name="lesion", first_seen_at=MOMENT),
    "draft": lambda photo, _: DraftRow(
        reviewer="ada", photo_id=photo, base_revision_id=None, cursor=0, created_at=MOMENT
    ),
}
POINTING = sorted(SAID.keys() - {"tombstone", "model", "model_use"})
ONCE = sorted(SAID.keys() - {"scale", "membership", "model_use"})
"""What can be said once; of a scale, a patient and a model's use the last one said holds."""


@pytest.fixture
def outlined(store: Store) -> tuple[int, int]:
    """A photo and its revision."""
    photo_id = outline(store, "a.jpg")
    return photo_id, revision_of(store, photo_id)


def add(store: Store, row: Table) -> None:
    with Session(store._engine) as session:
        session.add(row)
        session.commit()


@pytest.mark.parametrize("table", sorted(SAID))
def test_what_is_said_comes_back(store: Store, outlined: tuple[int, int], table: str) -> None:
    row = SAID[table](*outlined)
    said = {key: value for key, value in row.model_dump().items() if key != "id"}
    add(store, row)
    with Session(store._engine) as session:
        found = [each.model_dump(exclude={"id"}) for each in session.exec(select(type(row)))]
    assert said in found
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (len(found),)


@pytest.mark.parametrize("table", POINTING)
def test_nothing_is_said_of_what_is_not_there(store: Store, table: str) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        add(store, SAID[table](99, 99))


@pytest.mark.parametrize("table", ONCE)
def test_what_can_be_so_only_once_is_refused_twice(
    store: Store, outlined: tuple[int, int], table: str
) -> None:
    add(store, SAID[table](*outlined))
    with pytest.raises(IntegrityError, match="UNIQUE"):
        add(store, SAID[table](*outlined))


@pytest.mark.parametrize("table", sorted(SAID.keys() - set(ONCE)))
def test_what_is_said_anew_stands_beside_what_was_said(
    store: Store, outlined: tuple[int, int], table: str
) -> None:
    for _ in range(2):
        add(store, SAID[table](*outlined))
    with Session(store._engine) as session:
        found = session.exec(select(type(SAID[table](*outlined)))).all()
    assert len(found) == 2


def test_a_draft_on_a_base_is_one_for_each_reviewer_too(
    store: Store, outlined: tuple[int, int]
) -> None:
    def draft(reviewer: str, base: int | None) -> DraftRow:
        photo_id, _ = outlined
        return DraftRow(
            reviewer=reviewer,
            photo_id=photo_id,
            base_revision_id=base,
            cursor=0,
            created_at=now(),
        )

    _, base = outlined
    for reviewer in ("ada", "bob"):
        add(store, draft(reviewer, base))
        add(store, draft(reviewer, None))
    for again in (base, None):
        with pytest.raises(IntegrityError, match="UNIQUE"):
            add(store, draft("ada", again))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("scale", "mm_per_pixel", "'wide'"),
        ("scale", "mm_per_pixel", "9e999"),
        ("membership", "kind", "x'ff'"),
        ("claim", "reviewer", "x'00'"),
        ("shape", "points", "x'00'"),
        ("remark", "note", "x'00'"),
        ("remark", "score", "'five'"),
        ("instance", "counts", "'text'"),
        ("measurement", "value", "'big'"),
        ("measurement", "unit", "x'00'"),
        ("tombstone", "reviewer", "x'00'"),
        ("model", "name", "x'00'"),
    ],
)
def test_a_value_of_another_kind_is_refused_on_load(
    store: Store, outlined: tuple[int, int], table: str, column: str, value: str
) -> None:
    row = SAID[table](*outlined)
    add(store, row)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = {value}")
    with (
        Session(store._engine) as session,
        pytest.raises((ValueError, TypeError), match=rf"{table}\.{column}|convert"),
    ):
        session.exec(select(type(row))).all()


@settings(
    max_examples=tries(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moment=st.datetimes(
        min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)
    ),
    hours=st.integers(-12, 14),
    inode=st.integers(0, 2**64 - 1),
)
def test_moments_and_inodes_come_back_whatever_they_are(
    store: Store, moment: datetime, hours: int, inode: int
) -> None:
    stat = FileStat(f"/photos/{inode}.jpg", inode, 2**62, 2**62)
    new = new_photo("a.jpg")
    store.take_in(type(new)(stat, new.fingerprint))
    assert store.look_up(stat).known
    here = moment.astimezone(timezone(timedelta(hours=hours)))
    with Session(store._engine) as session:
        file = session.exec(select(FileRow).where(FileRow.path == stat.path)).one()
        file.seen_at = here
        session.commit()
        session.expire_all()
        assert (file.seen_at, file.inode) == (moment, inode)
        assert file.seen_at.utcoffset() == timedelta(0)


def test_every_table_has_been_made(store: Store, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert {name for (name,) in found} == {*Table.metadata.tables, "alembic_version"}
