"""Room for what is to come: tools, batches, instances, scales, groups, claims, models, tombstones.

What an edit, a decision, a prediction and a file set aside say grows; measurements are rows.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NOTHING_BELOW = sa.text("base_revision_id IS NULL")


def upgrade() -> None:
    _know_models()
    _say_causes()
    _let_drafts_begin_with_nothing()
    _name_tools()
    _widen_decisions()
    _measure_by_name()
    _create_instances()
    _create_what_is_said_of_photos()


def _know_models() -> None:
    """A model is known by the name that its first receipt here has."""
    op.create_table(
        "model",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_model"),
    )
    op.execute(
        "INSERT INTO model (hash, name, first_seen_at) "
        "SELECT model_hash, model_name, made_at FROM prediction "
        "WHERE id IN (SELECT min(id) FROM prediction GROUP BY model_hash) ORDER BY id"
    )
    with op.batch_alter_table("prediction") as table:
        table.add_column(sa.Column("lesion_probability", sa.Float(), nullable=True))
        table.create_foreign_key("fk_prediction_model_hash", "model", ["model_hash"], ["hash"])
        table.create_index("ix_prediction_model_hash", ["model_hash"], unique=False)


def _say_causes() -> None:
    """What the machine was to blame for was stored as no file is: without inode and time."""
    op.add_column("aside", sa.Column("cause", sa.String(), nullable=True))
    op.execute(
        "UPDATE aside SET cause = "
        "CASE WHEN inode = 0 AND modified_ns = 0 THEN 'machine' ELSE 'file' END"
    )
    with op.batch_alter_table("aside") as table:
        table.alter_column("cause", existing_type=sa.String(), nullable=False)


def _let_drafts_begin_with_nothing() -> None:
    with op.batch_alter_table("draft") as table:
        table.alter_column("base_revision_id", existing_type=sa.Integer(), nullable=True)
        table.drop_constraint("uq_draft_base_revision_id_reviewer", type_="unique")
        table.create_unique_constraint(
            "uq_draft_photo_id_base_revision_id_reviewer",
            ["photo_id", "base_revision_id", "reviewer"],
        )
        table.create_index("ix_draft_base_revision_id", ["base_revision_id"], unique=False)
    op.create_index(
        "uq_draft_photo_id_reviewer",
        "draft",
        ["photo_id", "reviewer"],
        unique=True,
        sqlite_where=NOTHING_BELOW,
        postgresql_where=NOTHING_BELOW,
    )


def _name_tools() -> None:
    op.add_column("edit", sa.Column("tool", sa.String(), nullable=True))
    op.add_column("edit", sa.Column("settings", sa.String(), nullable=True))
    op.execute("UPDATE edit SET tool = 'brush', settings = '{}'")
    _move_thresholds()
    with op.batch_alter_table("edit") as table:
        table.alter_column("tool", existing_type=sa.String(), nullable=False)
        table.alter_column("settings", existing_type=sa.String(), nullable=False)
        table.drop_column("threshold")


def _move_thresholds() -> None:
    # Not in SQL: SQLite writes a number with 15 digits, and not all are the same number again.
    edit = sa.table("edit", *(sa.column(name) for name in ("id", "threshold", "tool", "settings")))
    drawn = sa.select(edit.c.id, edit.c.threshold).where(edit.c.threshold.is_not(None))
    moved = [
        {"key": key, "set": json.dumps({"threshold": float(threshold)})}
        for key, threshold in op.get_bind().execute(drawn)
    ]
    if moved:
        move = sa.update(edit).values(tool="threshold", settings=sa.bindparam("set"))
        op.get_bind().execute(move.where(edit.c.id == sa.bindparam("key")), moved)


def _widen_decisions() -> None:
    op.add_column("decision", sa.Column("batch", sa.String(), nullable=True))
    op.add_column("decision", sa.Column("flag", sa.Boolean(), nullable=True))
    op.add_column("decision", sa.Column("reason", sa.String(), nullable=True))
    decision = sa.table(
        "decision", sa.column("flag", sa.Boolean()), sa.column("reason", sa.String())
    )
    op.execute(sa.update(decision).values(flag=sa.false(), reason=""))
    with op.batch_alter_table("decision") as table:
        table.alter_column("flag", existing_type=sa.Boolean(), nullable=False)
        table.alter_column("reason", existing_type=sa.String(), nullable=False)
        table.create_index("ix_decision_batch", ["batch"], unique=False)


def _measure_by_name() -> None:
    # A table made by a query has no constraints, so no name stands in the way of the new one's.
    op.execute("CREATE TABLE measured AS SELECT * FROM measurement")
    op.drop_table("measurement")
    op.create_table(
        "measurement",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name="fk_measurement_revision_id"
        ),
        sa.PrimaryKeyConstraint("revision_id", "name", name="pk_measurement"),
    )
    for name, unit in (("area_pixels", "px"), ("area_fraction", "1")):
        op.execute(
            "INSERT INTO measurement (revision_id, name, value, unit) "
            f"SELECT revision_id, '{name}', {name}, '{unit}' FROM measured"
        )
    op.drop_table("measured")


def _create_instances() -> None:
    op.create_table(
        "instance",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_instance_revision_id"),
        sa.PrimaryKeyConstraint("revision_id", "number", name="pk_instance"),
    )


def _create_what_is_said_of_photos() -> None:
    op.create_table(
        "scale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("mm_per_pixel", sa.Float(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_scale_photo_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scale"),
    )
    op.create_index("ix_scale_photo_id", "scale", ["photo_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_membership_photo_id"),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
    )
    op.create_index("ix_membership_photo_id", "membership", ["photo_id"], unique=False)
    op.create_index("ix_membership_kind_name", "membership", ["kind", "name"], unique=False)
    op.create_table(
        "claim",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_claim_photo_id"),
        sa.PrimaryKeyConstraint("photo_id", name="pk_claim"),
    )
    op.create_index("ix_claim_reviewer", "claim", ["reviewer"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="pk_tombstone"),
    )
