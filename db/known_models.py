"""The models that have outlined photos here, by the hash of what they are."""

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, literal, select
from sqlmodel import Session, col

from db.columns import Moment, now
from db.tables import DisagreementRow, ModelRow, ModelUseRow, StandingRow
from imaging.values import Receipt


def know_model(session: Session, receipt: Receipt) -> None:
    """Remember a receipt's model under its name, if it is not known under any."""
    known = exists().where(col(ModelRow.hash) == receipt.model_hash)
    columns = (literal(receipt.model_hash), literal(receipt.model_name), literal(now(), Moment()))
    # One statement, not two: it is asked for every photo, and nearly always nothing is new.
    new = select(*columns).where(~known)
    session.execute(insert(ModelRow).from_select(["hash", "name", "first_seen_at"], new))


def last_use() -> Select[str]:
    """The hash of the model whose outlines stand."""
    newest = select(func.max(col(ModelUseRow.id))).scalar_subquery()
    return select(col(ModelUseRow.model_hash)).where(col(ModelUseRow.id) == newest)


def disagreed() -> ColumnElement[bool]:
    """Whether a row is how far a photo's decision is from the outline of the model in use."""
    return and_(
        col(DisagreementRow.decision_id) == col(StandingRow.decision_id),
        col(DisagreementRow.model_hash) == last_use().scalar_subquery(),
    )
