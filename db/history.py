"""What happened to a photo, in order."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from db.measured import AREA, measured
from db.tables import DecisionRow, MeasurementRow, RemarkRow, RetractionRow, RevisionRow
from db.values import HistoryEntry, Origin


def history_of(
    session: Session, photo_id: int, remarks: Sequence[RemarkRow]
) -> tuple[HistoryEntry, ...]:
    """Outlines, decisions, decisions taken back and these remarks, the first first."""
    outlines = session.execute(
        select(RevisionRow, col(MeasurementRow.value))
        .join(MeasurementRow, measured(AREA, col(RevisionRow.id)))
        .where(
            col(RevisionRow.photo_id) == photo_id,
            col(RevisionRow.origin).in_([Origin.MODEL, Origin.IMPORTED]),
        )
    )
    entries = [_came(revision, area) for revision, area in outlines]
    for decision in session.scalars(
        select(DecisionRow).where(col(DecisionRow.photo_id) == photo_id)
    ):
        entries.append(HistoryEntry(decision.created_at, decision.reviewer, _said(decision)))
        taken = session.get(RetractionRow, decision.id)
        if taken is not None:
            entries.append(HistoryEntry(taken.created_at, taken.reviewer, "taken back"))
    entries += [
        HistoryEntry(remark.said_at, remark.reviewer, ", ".join(said))
        for remark in remarks
        if (said := _beside(remark))
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


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
