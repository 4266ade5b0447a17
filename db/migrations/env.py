"""Run by Alembic: bring the connection that `db.sqlite.opening` hands over to the present form."""

from alembic import context

from db.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    # SQLite can't alter a constraint: the table is made anew, and all in one transaction.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
