"""What reviewers say of photos before they decide, and the shapes that they have begun."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "remark",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("flag", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_remark_photo_id"),
        sa.PrimaryKeyConstraint("photo_id", "reviewer", name="pk_remark"),
    )
    op.create_table(
        "shape",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("points", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_shape_photo_id"),
        sa.PrimaryKeyConstraint("photo_id", "reviewer", "tool", name="pk_shape"),
    )
