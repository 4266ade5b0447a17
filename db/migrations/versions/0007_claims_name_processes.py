"""A claim says which process made it, so that one that was killed holds nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("claim", sa.Column("process", sa.String(), nullable=False, server_default=""))
