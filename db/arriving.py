"""Photos that are new: a statement for all rows of a kind, however many come at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db.arrivals import Arrival, NewOutline
from db.columns import NextId
from db.known_models import know_model
from db.masks import mask_row, prediction_row, revision_row
from db.measured import rows_of
from db.photos import file_row, photo_row
from db.tables import AsideRow, FileRow, PhotoRow, PredictionRow, RevisionRow, StandingRow

NUMBERED = (PhotoRow, FileRow, PredictionRow, RevisionRow)
"""The tables whose rows others point at by their ids."""
NextIds: TypeAlias = Mapping[type[Any], int]


def unheard_of(session: Session, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Those whose picture and whose path are both unknown; of the same picture the first."""
    contents = _known(session, PhotoRow.content_hash, (_content(each) for each in arrivals))
    paths = _known(session, FileRow.path, (each.photo.stat.path for each in arrivals))
    new: dict[str, Arrival] = {}
    for each in arrivals:
        if _content(each) not in contents and each.photo.stat.path not in paths:
            new.setdefault(_content(each), each)
    return list(new.values())


def add_new(session: Session, arrivals: Sequence[Arrival]) -> list[int]:
    """Store photos that are unheard of, with their files and outlines; gives back their ids."""
    next_ids = _next_ids(session)
    news = [each.photo for each in arrivals]
    photos = _added(session, next_ids, [photo_row(new.fingerprint) for new in news])
    pairs = zip(news, photos, strict=True)
    files = _added(session, next_ids, [file_row(new, photo.id) for new, photo in pairs])
    paths = [file.path for file in files]
    session.execute(delete(AsideRow).where(col(AsideRow.path).in_(paths)))
    made = [each.outline for each in arrivals]
    outlined = [(one, file) for one, file in zip(made, files, strict=True) if one is not None]
    drawn = _add_outlines(session, next_ids, outlined) if outlined else {}
    for photo in photos:
        session.add(StandingRow(photo_id=photo.id, revision_id=drawn.get(photo.id)))
    return [photo.id for photo in photos]


def _add_outlines(
    session: Session, next_ids: NextIds, outlined: Sequence[tuple[NewOutline, FileRow]]
) -> dict[int, int]:
    """Store outlines of new photos; the revision of each photo."""
    receipts = {made.prediction.receipt.model_hash: made.prediction.receipt for made, _ in outlined}
    for receipt in receipts.values():
        know_model(session, receipt)
    predictions = _added(
        session, next_ids, [prediction_row(file, made.prediction) for made, file in outlined]
    )
    made = [made for made, _ in outlined]
    revisions: list[RevisionRow] = _added(
        session,
        next_ids,
        [revision_row(one, stored) for one, stored in zip(made, predictions, strict=True)],
    )
    for one, revision in zip(made, revisions, strict=True):
        session.add(mask_row(one.rle, revision.id))
        session.add_all(rows_of(one.measurements, revision.id))
    return {revision.photo_id: revision.id for revision in revisions}


def _next_ids(session: Session) -> NextIds:
    """Ids of the rows that come next: to ask for each one's would take a statement a row."""
    names = [str(table.__tablename__) for table in NUMBERED]
    row = session.execute(select(*(NextId(name).label(name) for name in names))).one()
    return dict(zip(NUMBERED, row, strict=True))


def _added(session: Session, next_ids: NextIds, rows: list[Any]) -> list[Any]:
    """Store rows, some at least, of one table."""
    for number, row in enumerate(rows, next_ids[type(rows[0])]):
        row.id = number
    session.add_all(rows)
    session.flush()
    return rows


def _known(session: Session, column: str, values: Iterable[str]) -> set[str]:
    return set(session.scalars(select(col(column)).where(col(column).in_(list(values)))))


def _content(arrival: Arrival) -> str:
    return arrival.photo.fingerprint.content_hash
