"""The photos of a folder, read a page at a time, in orders that an index serves."""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain
from operator import index
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    Select,
    String,
    bindparam,
    case,
    func,
    select,
)
from sqlmodel import Session, col

from db.edited import edited_since, last_live_edit
from db.known_models import disagreed
from db.measured import FRACTION, measured
from db.remarks import remarked, said_now
from db.sessions import Sessions
from db.tables import (
    AsideRow,
    DecisionRow,
    DisagreementRow,
    FileRow,
    MeasurementRow,
    ModelUseRow,
    PredictionRow,
    RemarkRow,
    RetractionRow,
    RevisionRow,
    StandingRow,
    Table,
    TombstoneRow,
)
from db.values import DecisionKind, Heard, Lying, QueueItem

PAGE = 500
"""Rows of a page; whoever decides waits for one at most."""


REVIEWERS = 16
"""For how many reviewers what is asked for each is kept."""


class Among(StrEnum):
    """Which photos to list, and by what."""

    ALL = "all, by path"
    GRADED = "outlined, with a prediction of how good the outline is, by that and then by path"
    UNGRADED = "outlined, without one, by path"
    BARE = "not outlined, by path"


class QueuePages(Sessions):
    """Lines of photos, which need no mask and no patch. Which order is whose, `pipeline` knows."""

    def queue(
        self, folder: str, reviewer: str | None = None, among: Among = Among.ALL
    ) -> Iterator[QueueItem]:
        """The lines of the photos below a folder, read as they are asked for.

        A photo has one line, by its first path there. Unfinished edits count only if they are the
        reviewer's, where one is named; what he alone has remarked is told in place of what the
        decision says beside.
        """
        known: set[int] = set()
        with self._reading() as session:
            for page in _pages(session, reviewer, folder, among):
                for item in page:
                    if item.photo_id not in known:
                        known.add(item.photo_id)
                        yield item

    def queue_lines(
        self, folder: str, photo_ids: Collection[int], reviewer: str | None = None
    ) -> list[QueueItem]:
        """The lines that `queue` has of these photos, in no order; none of those not there."""
        first: dict[int, QueueItem] = {}
        with self._reading() as session:
            for part in _parts(sorted(photo_ids)):
                asked = _below(folder) | {"photos": part}
                for row in session.execute(_of_photos(reviewer), asked):
                    first.setdefault(row.photo_id, _item(row))
        return list(first.values())

    def hear(self) -> Heard:
        """How much was said of all photos until now, and how many have come."""
        with self._reading() as session:
            said, latest, taken_back, *newest, aside, last, forgotten = (
                session.connection().execute(_heard()).one()
            )
        arrived = tuple(each or 0 for each in newest)
        return Heard(said or 0, latest, taken_back, arrived, (aside, last), forgotten)

    def lying(self) -> Lying:
        """Which files lie where they were found; what `hear` can't tell, and takes longer."""
        gone = col(FileRow.gone_at)
        ids = func.sum(case((gone.is_not(None), col(FileRow.id)), else_=0))
        with self._reading() as session:
            count, total, last = session.execute(
                select(func.count(gone), ids, func.max(gone))
            ).one()
        return Lying(count, total or 0, last)

    def said_since(self, heard: Heard) -> set[int]:
        """The photos of which more was said since, by whomever, or of which less holds."""
        said = select(col(DecisionRow.photo_id))
        every = said.join(RetractionRow, col(RetractionRow.decision_id) == col(DecisionRow.id))
        unsaid = every
        if heard.taken_back_at is not None:
            unsaid = every.where(col(RetractionRow.created_at) > heard.taken_back_at)
        with self._reading() as session:
            newer = session.scalars(said.where(col(DecisionRow.id) > heard.decision_id)).all()
            later = session.scalars(unsaid).all()
            count = session.scalar(select(func.count()).select_from(RetractionRow)) or 0
            if len(later) < count - heard.taken_back:
                # A clock was put back: the new ones can't be told by when they were made.
                later = session.scalars(every).all()
            return {*newer, *later}


_Lines = Select[*tuple[Any, ...]]


@cache
def _heard() -> _Lines:
    """One statement, and made once: it is asked whenever anything was stored."""
    numbered = (FileRow, PredictionRow, ModelUseRow, DisagreementRow)
    return select(
        *_of_all(DecisionRow, func.max(col(DecisionRow.id))),
        *_of_all(RetractionRow, func.max(col(RetractionRow.created_at)), func.count()),
        *chain.from_iterable(_of_all(row, func.max(col(row.id))) for row in numbered),
        *_of_all(AsideRow, func.count(), func.max(col(AsideRow.seen_at))),
        *_of_all(TombstoneRow, func.count()),
    )


def _of_all(table: type[Table], *asked: ColumnElement[Any]) -> list[ScalarSelect[Any]]:
    """What is asked of all rows of a table."""
    return [select(each).select_from(table).scalar_subquery() for each in asked]


_IS_BELOW: ColumnElement[bool] = func.substr(
    col(FileRow.path), 1, bindparam("length", type_=Integer)
) == bindparam("prefix", type_=String)
_OUTLINED = col(StandingRow.revision_id).is_not(None)
_FILTERS: dict[Among, tuple[ColumnElement[bool], ...]] = {
    Among.ALL: (),
    Among.UNGRADED: (_OUTLINED, col(PredictionRow.predicted_jaccard).is_(None)),
    Among.BARE: (~_OUTLINED,),
}


def _columns(reviewer: str | None) -> _Lines:
    """A line's columns, and what of them hangs on a photo's standing alone."""
    return select(
        col(FileRow.path),
        col(StandingRow.photo_id),
        col(StandingRow.revision_id),
        col(StandingRow.decision_id),
        col(DecisionRow.kind),
        said_now(RemarkRow.flag, DecisionRow.flag),
        col(DecisionRow.reviewer),
        said_now(RemarkRow.score, DecisionRow.score),
        said_now(RemarkRow.note, DecisionRow.note),
        col(MeasurementRow.value),
        col(PredictionRow.predicted_jaccard),
        col(PredictionRow.lesion_probability),
        col(DisagreementRow.value),
        last_live_edit(reviewer).is_not(None),
        edited_since(reviewer),
    ).where(col(FileRow.gone_at).is_(None))


def _of_files(reviewer: str | None) -> _Lines:
    joined = (
        _columns(reviewer)
        .select_from(FileRow)
        .join(StandingRow, col(StandingRow.photo_id) == col(FileRow.photo_id))
        .outerjoin(RevisionRow, col(RevisionRow.id) == col(StandingRow.revision_id))
        .outerjoin(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
    )
    return _with_standing(joined, reviewer)


def _of_predictions(reviewer: str | None) -> _Lines:
    joined = (
        _columns(reviewer)
        .select_from(PredictionRow)
        .join(RevisionRow, col(RevisionRow.prediction_id) == col(PredictionRow.id))
        .join(StandingRow, col(StandingRow.revision_id) == col(RevisionRow.id))
        .join(FileRow, col(FileRow.photo_id) == col(StandingRow.photo_id))
    )
    return _with_standing(joined, reviewer)


def _with_standing(lines: _Lines, reviewer: str | None) -> _Lines:
    return (
        lines.outerjoin(DecisionRow, col(DecisionRow.id) == col(StandingRow.decision_id))
        .outerjoin(RemarkRow, remarked(reviewer))
        .outerjoin(MeasurementRow, measured(FRACTION, col(StandingRow.revision_id)))
        .outerjoin(DisagreementRow, disagreed())
    )


def _pages(
    session: Session, reviewer: str | None, folder: str, among: Among
) -> Iterator[Sequence[QueueItem]]:
    if among is Among.GRADED:
        return _graded(session, _of_grades(reviewer), folder)
    return _by_path(session, _page(reviewer, among), folder)


@lru_cache(REVIEWERS)
def _of_photos(reviewer: str | None) -> _Lines:
    """The lines of photos that are named. Like all statements of lines it is made once.

    To make one takes longer than to have it answered.
    """
    of_photos = col(FileRow.photo_id).in_(bindparam("photos", expanding=True))
    return _of_files(reviewer).where(_IS_BELOW, of_photos).order_by(col(FileRow.path))


@lru_cache(REVIEWERS)
def _of_grades(reviewer: str | None) -> _Lines:
    """The lines of predictions that are named."""
    named = col(PredictionRow.id).in_(bindparam("keys", expanding=True))
    return _of_predictions(reviewer).where(_IS_BELOW, named)


@lru_cache(len(Among) * REVIEWERS)
def _page(reviewer: str | None, among: Among) -> _Lines:
    """The lines of some paths that follow on one another."""
    path = col(FileRow.path)
    between = (path > bindparam("after", type_=String), path < bindparam("end", type_=String))
    lines = _of_files(reviewer).where(*_FILTERS[among], *between)
    return lines.order_by(path).limit(bindparam("most", type_=Integer))


def _by_path(session: Session, lines: _Lines, folder: str) -> Iterator[Sequence[QueueItem]]:
    after = _prefix(folder)
    # What follows all paths that begin with the prefix: "0" comes after "/".
    asked = {"end": after[:-1] + "0", "most": PAGE}
    while after:
        page = [_item(row) for row in session.execute(lines, asked | {"after": after})]
        yield page
        after = page[-1].path if len(page) == PAGE else ""


def _graded(session: Session, lines: _Lines, folder: str) -> Iterator[Sequence[QueueItem]]:
    """Pages of whole grades, however many photos share one, so that none parts what goes by path.

    Those without a line of the folder are empty.
    """
    keys, grade = _next_grades(session, None)
    while keys:
        found = _on(session, lines, folder, keys)
        yield sorted(found, key=lambda item: (item.predicted_jaccard or 0.0, item.path))
        keys, grade = _next_grades(session, grade)


def _next_grades(session: Session, after: float | None) -> tuple[list[int], float | None]:
    """The predictions that come next by their grade, all of the last grade too; and which it is."""
    key, grade = col(PredictionRow.id), col(PredictionRow.predicted_jaccard)
    further = grade.is_not(None) if after is None else grade > after
    rows = session.execute(select(key, grade).where(further).order_by(grade).limit(PAGE)).all()
    if not rows:
        return [], after
    last = rows[-1][1]
    alike = session.scalars(select(key).where(grade == last))
    return [*(key for key, value in rows if value != last), *alike], last


def _on(session: Session, lines: _Lines, folder: str, keys: Sequence[int]) -> list[QueueItem]:
    """The lines of these predictions, which SQLite would come to through all files if not named."""
    return [
        _item(row)
        for part in _parts(keys)
        for row in session.execute(lines, _below(folder) | {"keys": part})
    ]


def _parts(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + PAGE] for start in range(0, len(keys), PAGE)]


def _item(row: Row[*tuple[Any, ...]]) -> QueueItem:
    path, photo_id, revision_id, decision_id, kind, *said, draft, since = row
    flag, reviewer, score, note, area, jaccard, lesion, apart = said
    return QueueItem(
        photo_id=photo_id,
        path=path,
        name=path.rsplit("/", 1)[-1],
        decision=None if decision_id is None else DecisionKind(kind),
        segmented=revision_id is not None,
        has_draft=draft,
        area_fraction=_number(area),
        predicted_jaccard=_number(jaccard),
        lesion_probability=_number(lesion),
        decision_id=decision_id,
        edited_since=bool(since),
        flag=bool(flag),
        reviewer=_text(reviewer),
        score=None if score is None else index(score),
        note=_text(note),
        revision_id=revision_id,
        disagreement=_number(apart),
    )


def _number(value: float | None) -> float | None:
    """What SQLite gave for a number; a column may hold anything, whatever its type."""
    return None if value is None else 0.0 + value


def _text(value: str | None) -> str:
    return "" if value is None else "" + value


def _prefix(folder: str) -> str:
    return folder.rstrip("/") + "/"


def _below(folder: str) -> dict[str, Any]:
    """What `_IS_BELOW` asks for."""
    prefix = _prefix(folder)
    return {"prefix": prefix, "length": len(prefix)}
