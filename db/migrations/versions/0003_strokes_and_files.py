"""An edit says what a brush passed; files are found by inode; a file lock is the lease now."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("edit", sa.Column("covered", sa.LargeBinary(), nullable=True))
    op.create_index("ix_file_inode", "file", ["inode"], unique=False)
    op.drop_table("lease")
