"""Rows that contradict other rows: each rule is a statement that finds them, and a sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Executable, func, or_, select
from sqlalchemy import Table as Columns
from sqlmodel import Session, col

from db.measured import AREA, FRACTION, measured
from db.tables import (
    AsideRow,
    DecisionRow,
    DisagreementRow,
    DraftRow,
    EditRow,
    FileRow,
    MaskRow,
    PhotoRow,
    PredictionRow,
    RetractionRow,
    RevisionRow,
    StandingRow,
    Table,
    TombstoneRow,
)
from db.values import Cause, DecisionKind, Origin, Tool
from imaging.framing import FRAMINGS


@dataclass(frozen=True)
class Rule:
    """What must not be: a statement that finds it, and the sentence for what its columns hold."""

    sentence: str
    found: Executable


def broken_rules(session: Session) -> Iterator[str]:
    """A sentence for each row that breaks a rule."""
    for rule in (*_each_of_one_photo(), *_each_named(), *_RULES):
        for row in session.execute(rule.found):
            yield rule.sentence.format(*("none" if value is None else value for value in row))


def _each_of_one_photo() -> Iterator[Rule]:
    """What a row of a photo points at is the same photo's.

    But for files: one may hold another photo by now.
    """
    of_photos = [table for table in Table.metadata.sorted_tables if "photo_id" in table.c]
    for table in of_photos:
        for column in table.c:
            for key in column.foreign_keys:
                pointed = key.column.table
                if pointed in of_photos and pointed.name != FileRow.__tablename__:
                    yield _of_one_photo(table, column, key.column)


def _of_one_photo(table: Columns, column: Column[Any], key: Column[Any]) -> Rule:
    other = key.table.alias()
    (first, *_) = table.primary_key.columns
    return Rule(
        f"{table.name} {{0}} of photo #{{1}} points with {column.name} at {key.table.name} {{2}}, "
        "which is photo #{3}'s.",
        select(first, table.c.photo_id, column, other.c.photo_id)
        .select_from(table.join(other, column == other.c[key.name]))
        .where(table.c.photo_id != other.c.photo_id),
    )


def _each_named() -> Iterator[Rule]:
    """What is one of a few names is none else."""
    named: tuple[tuple[Any, Any, Iterable[str]], ...] = (
        (DecisionRow.id, DecisionRow.kind, DecisionKind),
        (RevisionRow.id, RevisionRow.origin, Origin),
        (EditRow.id, EditRow.tool, Tool),
        (AsideRow.path, AsideRow.cause, Cause),
        (PredictionRow.id, PredictionRow.framing, FRAMINGS),
    )
    for key, column, names in named:
        yield Rule(
            f"{column.class_.__tablename__} {{0}} has {column.key} {{1!r}}, which is none.",
            select(key, column).where(column.not_in([str(name) for name in names])),
        )


_NEWEST = (
    select(func.max(col(DecisionRow.id)))
    .outerjoin(RetractionRow, col(RetractionRow.decision_id) == col(DecisionRow.id))
    .where(
        col(DecisionRow.photo_id) == col(StandingRow.photo_id),
        col(RetractionRow.decision_id).is_(None),
    )
    .correlate(StandingRow)
    .scalar_subquery()
)
_STANDING = select(
    col(StandingRow.photo_id), col(StandingRow.revision_id), col(DecisionRow.revision_id)
).join(DecisionRow, col(DecisionRow.id) == col(StandingRow.decision_id))
_LINE = (
    select(
        col(EditRow.draft_id).label("draft_id"),
        func.count().label("edits"),
        func.max(col(EditRow.sequence)).label("last"),
        func.min(col(EditRow.sequence)).label("first"),
    )
    .group_by(col(EditRow.draft_id))
    .subquery()
)
_LIVE = (
    select(
        col(EditRow.draft_id).label("draft_id"),
        func.count().label("edits"),
        func.count(col(EditRow.position).distinct()).label("places"),
        func.max(col(EditRow.position)).label("last"),
        func.min(col(EditRow.position)).label("first"),
    )
    .where(col(EditRow.abandoned_by_id).is_(None))
    .group_by(col(EditRow.draft_id))
    .subquery()
)
_BRANCH = EditRow.__table__.alias()  # type: ignore[attr-defined]

_RULES = (
    Rule(
        "Photo #{0} stands nowhere: its row in standing is missing.",
        select(col(PhotoRow.id))
        .outerjoin(StandingRow, col(StandingRow.photo_id) == col(PhotoRow.id))
        .where(col(StandingRow.photo_id).is_(None)),
    ),
    Rule(
        "Photo #{0} never lay anywhere: it has no file.",
        select(col(PhotoRow.id))
        .outerjoin(FileRow, col(FileRow.photo_id) == col(PhotoRow.id))
        .where(col(FileRow.id).is_(None)),
    ),
    Rule(
        "{0} holds two photos at once: more than one of its files is said to lie there still.",
        select(col(FileRow.path))
        .where(col(FileRow.gone_at).is_(None))
        .group_by(col(FileRow.path))
        .having(func.count() > 1),
    ),
    Rule(
        "Photo #{0} stands on decision {1}, and the newest that was not taken back is {2}.",
        select(col(StandingRow.photo_id), col(StandingRow.decision_id), _NEWEST).where(
            col(StandingRow.decision_id).is_distinct_from(_NEWEST)
        ),
    ),
    Rule(
        "Photo #{0} stands on mask {1}, and its decision is for mask {2}.",
        _STANDING.where(col(DecisionRow.revision_id) != col(StandingRow.revision_id)),
    ),
    Rule(
        "Photo #{0} stands on no mask, and its decision is for mask {2}.",
        _STANDING.where(
            col(StandingRow.revision_id).is_(None), col(DecisionRow.revision_id).is_not(None)
        ),
    ),
    Rule(
        "Mask {0} was drawn on mask {1}, which is no earlier one.",
        select(col(RevisionRow.id), col(RevisionRow.parent_id)).where(
            col(RevisionRow.parent_id) >= col(RevisionRow.id)
        ),
    ),
    Rule(
        "Mask {0} of photo #{1} has no pixels: its row in mask is missing.",
        select(col(RevisionRow.id), col(RevisionRow.photo_id))
        .outerjoin(MaskRow, col(MaskRow.revision_id) == col(RevisionRow.id))
        .where(col(MaskRow.revision_id).is_(None)),
    ),
    *(
        Rule(
            f"Mask {{0}} of photo #{{1}} was not measured: its {name} is missing.",
            select(col(RevisionRow.id), col(RevisionRow.photo_id)).where(
                ~select(1).where(measured(name, col(RevisionRow.id))).exists()
            ),
        )
        for name in (AREA, FRACTION)
    ),
    Rule(
        "Draft {0} has {1} live edits, and its cursor is at {2}.",
        select(col(DraftRow.id), func.coalesce(_LIVE.c.edits, 0), col(DraftRow.cursor))
        .outerjoin(_LIVE, _LIVE.c.draft_id == col(DraftRow.id))
        .where(
            or_(
                col(DraftRow.cursor) < 0,
                col(DraftRow.cursor) > func.coalesce(_LIVE.c.edits, 0),
            )
        ),
    ),
    Rule(
        "Draft {0} has {1} edits, numbered from {2} to {3}: some are missing.",
        select(_LINE.c.draft_id, _LINE.c.edits, _LINE.c.first, _LINE.c.last).where(
            or_(_LINE.c.first != 0, _LINE.c.last != _LINE.c.edits - 1)
        ),
    ),
    Rule(
        "Draft {0} has {1} live edits in {2} places, from {3} to {4}: some are missing.",
        select(_LIVE.c.draft_id, _LIVE.c.edits, _LIVE.c.places, _LIVE.c.first, _LIVE.c.last).where(
            or_(
                _LIVE.c.first != 0,
                _LIVE.c.last != _LIVE.c.edits - 1,
                _LIVE.c.places != _LIVE.c.edits,
            )
        ),
    ),
    Rule(
        "Edit {0} was abandoned by edit {1}, which did not branch off before it.",
        select(col(EditRow.id), _BRANCH.c.id)
        .join(_BRANCH, _BRANCH.c.id == col(EditRow.abandoned_by_id))
        .where(
            or_(
                _BRANCH.c.draft_id != col(EditRow.draft_id),
                _BRANCH.c.sequence <= col(EditRow.sequence),
                _BRANCH.c.position > col(EditRow.position),
            )
        ),
    ),
    Rule(
        "Disagreement {0} is {1}, which no 1 - Jaccard is.",
        select(col(DisagreementRow.id), col(DisagreementRow.value)).where(
            or_(col(DisagreementRow.value) < 0, col(DisagreementRow.value) > 1)
        ),
    ),
    Rule(
        "Disagreement {0} is with mask {1}, which is not what its model drew.",
        select(col(DisagreementRow.id), col(DisagreementRow.outline_id))
        .join(RevisionRow, col(RevisionRow.id) == col(DisagreementRow.outline_id))
        .outerjoin(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
        .where(
            or_(
                col(RevisionRow.origin) != Origin.MODEL,
                col(PredictionRow.model_hash).is_distinct_from(col(DisagreementRow.model_hash)),
            )
        ),
    ),
    Rule(
        "Photo #{0} was forgotten, and is there all the same: {1}.",
        select(col(PhotoRow.id), col(PhotoRow.content_hash)).join(
            TombstoneRow, col(TombstoneRow.content_hash) == col(PhotoRow.content_hash)
        ),
    ),
)
