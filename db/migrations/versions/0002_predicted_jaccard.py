"""A prediction says how good it expects to be, and how much of the photo it did not see."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("prediction", sa.Column("unseen_fraction", sa.Float(), nullable=True))
    op.add_column("prediction", sa.Column("predicted_jaccard", sa.Float(), nullable=True))
