"""The models that have outlined photos here, by the hash of what they are."""

from functools import cache

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
)
from sqlmodel import Session, col

from db.columns import Moment, now
from db.tables import DisagreementRow, ModelRow, ModelUseRow, StandingRow
from imaging.values import Receipt


def know_model(session: Session, receipt: Receipt) -> None:
    """Remember a receipt's model under its name, if it is not known under any."""
    said = {"hash": receipt.model_hash, "name": receipt.model_name, "now": now()}
    session.connection().execute(_new_model(), said)


@cache
def _new_model() -> Insert:
    """One statement, not two: it is asked for every photo, and nearly always nothing is new."""
    model_hash, name = bindparam("hash", type_=String), bindparam("name", type_=String)
    known = exists().where(col(ModelRow.hash) == model_hash)
    new = select(model_hash, name, bindparam("now", type_=Moment())).where(~known)
    return insert(ModelRow).from_select(["hash", "name", "first_seen_at"], new)


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
