"""A photo with all that is known of it."""

from sqlmodel import Session

from db.history import decisions_on, history_of
from db.masks import described, receipt_of
from db.measured import measurements_of
from db.photos import path_of
from db.remarks import remarks_on
from db.sessions import Sessions, present, size_of
from db.standing import Stands, stands_of
from db.tables import DecisionRow
from db.values import DecisionKind, PhotoDetails


class Details(Sessions):
    """One photo at a time."""

    def photo(self, photo_id: int, reviewer: str | None = None) -> PhotoDetails:
        """A photo with all that is known of it; what others remark is history. Raises Unknown."""
        with self._reading() as session:
            return details_of(session, stands_of(session, photo_id), reviewer)


def details_of(session: Session, stands: Stands, reviewer: str | None) -> PhotoDetails:
    """All that is known of a photo that stands so. Raises LookupError, ValueError."""
    photo, revision, made = stands.photo, stands.revision, stands.prediction
    path, decisions = path_of(session, photo.id), decisions_on(session, photo.id)
    decided = stands.standing.decision_id
    standing = next((each for each, _ in decisions if each.id == decided), None)
    decision = None if decided is None else present(standing, DecisionRow, decided)
    remarks = remarks_on(session, photo.id)
    said = next((each for each in remarks if each.reviewer == reviewer), decision)
    beside = [each for each in remarks if each is not said]
    return PhotoDetails(
        photo_id=photo.id,
        path=path,
        name=path.rsplit("/", 1)[-1],
        size=size_of(photo),
        format=photo.format,
        revision=None
        if revision is None
        else described(revision, measurements_of(session, revision.id)),
        receipt=None if made is None else receipt_of(made),
        predicted_jaccard=None if made is None else made.predicted_jaccard,
        lesion_probability=None if made is None else made.lesion_probability,
        unseen_fraction=None if made is None else made.unseen_fraction,
        decision=None if decision is None else DecisionKind(decision.kind),
        decision_id=decided,
        history=history_of(session, photo.id, decisions, beside),
        score=None if said is None else said.score,
        note="" if said is None else said.note,
        flag=said is not None and said.flag,
        reason="" if decision is None else decision.reason,
        disagreement=stands.disagreement,
    )
