"""Which model's outlines stand, and how far a decided mask is from what another model draws."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "model_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_hash", sa.String(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_use"),
    )
    op.create_table(
        "disagreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("model_hash", sa.String(), nullable=False),
        sa.Column("outline_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_disagreement_photo_id"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name="fk_disagreement_decision_id"
        ),
        sa.ForeignKeyConstraint(["model_hash"], ["model.hash"], name="fk_disagreement_model_hash"),
        sa.ForeignKeyConstraint(["outline_id"], ["revision.id"], name="fk_disagreement_outline_id"),
        sa.PrimaryKeyConstraint("id", name="pk_disagreement"),
        sa.UniqueConstraint(
            "decision_id", "model_hash", name="uq_disagreement_decision_id_model_hash"
        ),
    )
    op.create_index("ix_disagreement_photo_id", "disagreement", ["photo_id"])
