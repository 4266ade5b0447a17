"""What happened to a photo, in order."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.measured import AREA, measured
from db.tables import Decision, Measurement, Retraction, Revision
from db.values import HistoryEntry, Origin


def history_of(session: Session, photo_id: int) -> tuple[HistoryEntry, ...]:
    """Outlines, decisions and decisions taken back, the first first."""
    outlines = session.execute(
        select(col(Revision.created_at), col(Revision.author), col(Measurement.value))
        .join(Measurement, measured(AREA, col(Revision.id)))
        .where(col(Revision.photo_id) == photo_id, col(Revision.origin) == Origin.MODEL)
    )
    entries = [HistoryEntry(at, "", _outlined(model, area)) for at, model, area in outlines]
    for decision in session.scalars(select(Decision).where(col(Decision.photo_id) == photo_id)):
        score = "" if decision.score is None else f", score {decision.score}"
        said = f"{decision.kind}{score}"
        entries.append(HistoryEntry(decision.created_at, decision.reviewer, said))
        taken = session.get(Retraction, decision.id)
        if taken is not None:
            entries.append(HistoryEntry(taken.created_at, taken.reviewer, "taken back"))
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _outlined(model: str, area: float) -> str:
    return f"outlined by model {model}" if area else f"model {model}: nothing drawn"
