"""Photos that are new: a statement for all rows of a kind, however many come at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TypeAlias

from sqlalchemy import (
    BindParameter,
    Delete,
    Insert,
    Select,
    bindparam,
    delete,
    insert,
    inspect,
    select,
)
from sqlmodel import Session, col

from db.arrivals import Arrival, NewOutline
from db.columns import NextId, Values
from db.known_models import know_model
from db.masks import mask_values, prediction_values, revision_values
from db.measured import measured_values
from db.photos import file_values, photo_values
from db.tables import (
    AsideRow,
    FileRow,
    MaskRow,
    MeasurementRow,
    PhotoRow,
    PredictionRow,
    RevisionRow,
    StandingRow,
    Table,
)

NUMBERED = (PhotoRow, FileRow, PredictionRow, RevisionRow)
"""The tables whose rows others point at by their ids."""
_VALUES: BindParameter[str] = bindparam("values", expanding=True)
NextIds: TypeAlias = Mapping[type[Table], int]


@dataclass(frozen=True)
class Outlined:
    """An outline, and the ids of its photo and of the file that it was made of."""

    made: NewOutline
    photo: int
    file: int


def unheard_of(session: Session, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Those whose picture and whose path are both unknown; of the same picture the first."""
    contents = _known(session, _contents(), (_content(each) for each in arrivals))
    paths = _known(session, _paths(), (each.photo.stat.path for each in arrivals))
    new: dict[str, Arrival] = {}
    for each in arrivals:
        if _content(each) not in contents and each.photo.stat.path not in paths:
            new.setdefault(_content(each), each)
    return list(new.values())


def add_new(session: Session, arrivals: Sequence[Arrival]) -> list[int]:
    """Store photos that are unheard of, with their files and outlines; gives back their ids."""
    next_ids = _next_ids(session)
    news = [each.photo for each in arrivals]
    photos = _added(session, next_ids, PhotoRow, [photo_values(new.fingerprint) for new in news])
    files = _added(
        session, next_ids, FileRow, [file_values(*each) for each in zip(news, photos, strict=True)]
    )
    session.connection().execute(_no_longer_aside(), {"values": [new.stat.path for new in news]})
    made = zip((each.outline for each in arrivals), photos, files, strict=True)
    outlined = [Outlined(one, photo, file) for one, photo, file in made if one is not None]
    drawn = _add_outlines(session, next_ids, outlined) if outlined else {}
    _insert(
        session,
        StandingRow,
        [{"photo_id": photo, "revision_id": drawn.get(photo)} for photo in photos],
    )
    return photos


def _add_outlines(
    session: Session, next_ids: NextIds, outlined: Sequence[Outlined]
) -> dict[int, int]:
    """Store outlines of new photos; the revision of each photo."""
    receipts = [each.made.prediction.receipt for each in outlined]
    for receipt in {receipt.model_hash: receipt for receipt in receipts}.values():
        know_model(session, receipt)
    predictions = _added(
        session,
        next_ids,
        PredictionRow,
        [prediction_values(each.made.prediction, each.photo, each.file) for each in outlined],
    )
    revisions = _added(
        session,
        next_ids,
        RevisionRow,
        [
            revision_values(each.made, each.photo, prediction)
            for each, prediction in zip(outlined, predictions, strict=True)
        ],
    )
    made = [(each.made, revision) for each, revision in zip(outlined, revisions, strict=True)]
    _insert(session, MaskRow, [mask_values(one.rle, revision) for one, revision in made])
    measured = (measured_values(one.measurements, revision) for one, revision in made)
    _insert(session, MeasurementRow, list(chain.from_iterable(measured)))
    return {each.photo: revision for each, revision in zip(outlined, revisions, strict=True)}


def _next_ids(session: Session) -> NextIds:
    """Ids of the rows that come next: to ask for each one's would take a statement a row."""
    return dict(zip(NUMBERED, session.connection().execute(_numbers()).one(), strict=True))


def _added(
    session: Session, next_ids: NextIds, table: type[Table], rows: Sequence[Values]
) -> list[int]:
    """Store rows of one table; the ids that they get."""
    ids = [next_ids[table] + number for number in range(len(rows))]
    _insert(session, table, [{"id": id_, **row} for id_, row in zip(ids, rows, strict=True)])
    return ids


@cache
def _numbers() -> "Select[*tuple[int, ...]]":
    names = [str(table.__tablename__) for table in NUMBERED]
    return select(*(NextId(name).label(name) for name in names))


def _insert(session: Session, table: type[Table], rows: Sequence[Values]) -> None:
    # By the table itself: to make an object of a row, or to look at it as one, takes longer than to
    # store it.
    session.connection().execute(_into(table), rows)


@cache
def _into(table: type[Table]) -> Insert:
    return insert(inspect(table).local_table)


def _known(session: Session, asked: "Select[str]", values: Iterable[str]) -> set[str]:
    return set(session.connection().scalars(asked, {"values": list(values)}))


@cache
def _contents() -> "Select[str]":
    column = col(PhotoRow.content_hash)
    return select(column).where(column.in_(_VALUES))


@cache
def _paths() -> "Select[str]":
    column = col(FileRow.path)
    return select(column).where(column.in_(_VALUES))


@cache
def _no_longer_aside() -> Delete:
    return delete(AsideRow).where(col(AsideRow.path).in_(_VALUES))


def _content(arrival: Arrival) -> str:
    return arrival.photo.fingerprint.content_hash
