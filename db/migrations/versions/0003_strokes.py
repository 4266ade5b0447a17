"""An edit says which pixels a brush passed: they are the reviewer's at any threshold."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("edit", sa.Column("covered", sa.LargeBinary(), nullable=True))
