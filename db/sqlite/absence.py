"""What is said where there is no database."""

from pathlib import Path

from db.errors import NoDatabase


def no_database(path: Path) -> NoDatabase:
    """The error for a path at which nothing was ever stored."""
    return NoDatabase(
        f"There is no database at {path}: nothing was reviewed there. "
        "Run nevus review first, or name the database with --db."
    )
