"""What happened to a photo, in order."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Integer, Select, bindparam, select
from sqlmodel import Session, col

from db.measured import AREA, measured
from db.tables import DecisionRow, MeasurementRow, RemarkRow, RetractionRow, RevisionRow
from db.values import HistoryEntry, Origin

Decided = Sequence[tuple[DecisionRow, RetractionRow | None]]
"""Decisions, each with that it was taken back, if it was."""


def decisions_on(session: Session, photo_id: int) -> Decided:
    """All that was decided on a photo, the first first."""
    return [(said, taken) for said, taken in session.execute(_decided(), {"photo_id": photo_id})]


@cache
def _decided() -> Select[DecisionRow, RetractionRow | None]:
    return (
        select(DecisionRow, RetractionRow)
        .outerjoin(RetractionRow, col(RetractionRow.decision_id) == col(DecisionRow.id))
        .where(col(DecisionRow.photo_id) == bindparam("photo_id", type_=Integer))
        .order_by(col(DecisionRow.id))
    )


def history_of(
    session: Session, photo_id: int, decisions: Decided, remarks: Sequence[RemarkRow]
) -> tuple[HistoryEntry, ...]:
    """Outlines, these decisions, those taken back, and these remarks, the first first."""
    outlines = session.execute(_outlines(), {"photo_id": photo_id})
    entries = [_came(revision, area) for revision, area in outlines]
    for decision, taken in decisions:
        entries.append(HistoryEntry(decision.created_at, decision.reviewer, _said(decision)))
        if taken is not None:
            entries.append(HistoryEntry(taken.created_at, taken.reviewer, "taken back"))
    entries += [
        HistoryEntry(remark.said_at, remark.reviewer, ", ".join(said))
        for remark in remarks
        if (said := _beside(remark))
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


@cache
def _outlines() -> Select[RevisionRow, float]:
    return (
        select(RevisionRow, col(MeasurementRow.value))
        .join(MeasurementRow, measured(AREA, col(RevisionRow.id)))
        .where(
            col(RevisionRow.photo_id) == bindparam("photo_id", type_=Integer),
            col(RevisionRow.origin).in_([Origin.MODEL, Origin.IMPORTED]),
        )
    )


def _said(decision: DecisionRow) -> str:
    kind = f"{decision.kind}: {decision.reason}" if decision.reason else decision.kind
    return ", ".join([kind, *_beside(decision)])


def _beside(said: DecisionRow | RemarkRow) -> list[str]:
    score = [] if said.score is None else [f"score {said.score}"]
    flag = ["flagged"] if said.flag else []
    return [*score, *flag, *([f"“{said.note}”"] if said.note else [])]


def _came(revision: RevisionRow, area: float) -> HistoryEntry:
    """An outline that nobody drew here."""
    if revision.origin == Origin.MODEL:
        return HistoryEntry(revision.created_at, "", _outlined(revision.author, area))
    return HistoryEntry(revision.created_at, revision.author, "imported")


def _outlined(model: str, area: float) -> str:
    return f"outlined by model {model}" if area else f"model {model}: nothing drawn"
