"""The models that have outlined photos here, by the hash of what they are."""

from sqlalchemy import exists, insert, literal, select
from sqlmodel import Session, col

from db.columns import Moment, now
from db.tables import ModelRow
from imaging.values import Receipt


def know_model(session: Session, receipt: Receipt) -> None:
    """Remember a receipt's model under its name, if it is not known under any."""
    known = exists().where(col(ModelRow.hash) == receipt.model_hash)
    columns = (literal(receipt.model_hash), literal(receipt.model_name), literal(now(), Moment()))
    # One statement, not two: it is asked for every photo, and nearly always nothing is new.
    new = select(*columns).where(~known)
    session.execute(insert(ModelRow).from_select(["hash", "name", "first_seen_at"], new))
