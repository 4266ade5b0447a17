"""Indexes along which the queue is read: from how sure a model is to the photo."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

THERE = sa.text("revision_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_prediction_predicted_jaccard", "prediction", ["predicted_jaccard"])
    op.create_index("ix_revision_prediction_id", "revision", ["prediction_id"])
    op.create_index(
        "ix_standing_revision_id",
        "standing",
        ["revision_id"],
        sqlite_where=THERE,
        postgresql_where=THERE,
    )
