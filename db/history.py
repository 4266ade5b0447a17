"""What happened to a photo, in order."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.tables import Decision, Retraction, Revision
from db.values import HistoryEntry, Origin


def history_of(session: Session, photo_id: int) -> tuple[HistoryEntry, ...]:
    """Outlines, decisions and decisions taken back, the first first."""
    outlines = session.scalars(
        select(Revision).where(
            col(Revision.photo_id) == photo_id, col(Revision.origin) == Origin.MODEL
        )
    )
    entries = [HistoryEntry(row.created_at, row.author, "outlined") for row in outlines]
    for decision in session.scalars(select(Decision).where(col(Decision.photo_id) == photo_id)):
        score = "" if decision.score is None else f", score {decision.score}"
        said = f"{decision.kind}{score}"
        entries.append(HistoryEntry(decision.created_at, decision.reviewer, said))
        taken = session.get(Retraction, decision.id)
        if taken is not None:
            entries.append(HistoryEntry(taken.created_at, taken.reviewer, "taken back"))
    return tuple(sorted(entries, key=lambda entry: entry.at))
