"""What the store says of its own soundness; nothing is changed by asking."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from db.sessions import Sessions
from db.sqlite.engine import driver_in
from db.sqlite.integrity import complaints
from db.sqlite.map_check import MapKey
from db.tables import FileRow, PhotoRow, PredictionRow, Table
from imaging.values import FileStat


@dataclass(frozen=True)
class LyingFile:
    """A file that is said to lie somewhere still, and the content hash of its photo."""

    stat: FileStat
    file_hash: str
    content_hash: str


class Checking(Sessions):
    """Sentences on what contradicts itself, and what the world outside can be compared with."""

    def complaints(self) -> Iterator[str]:
        """What SQLite finds wrong with its pages, and rows whose neighbours are missing."""
        with self._reading() as session:
            yield from complaints(driver_in(session.connection()))

    def contradictions(self) -> Iterator[str]:
        """Rows that make no sense, or contradict others: pointers, masks, edits."""
        # Not before: their statements take a while to be put together.
        from db.soundness.edits import broken_drafts
        from db.soundness.pixels import contradicting_masks
        from db.soundness.pointers import broken_rules
        from db.soundness.rows import senseless_rows

        for look in (senseless_rows, broken_rules, contradicting_masks, broken_drafts):
            with self._reading() as session:
                yield from look(session)

    def row_counts(self) -> dict[str, int]:
        """How many rows each table has."""
        with self._reading() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Table.metadata.sorted_tables
            }

    def map_keys(self) -> set[MapKey]:
        """The maps that predictions were made with, kept or lost since."""
        rows = select(
            col(PhotoRow.content_hash), col(PredictionRow.model_hash), col(PredictionRow.framing)
        ).join(PhotoRow, col(PhotoRow.id) == col(PredictionRow.photo_id))
        with self._reading() as session:
            return {(content, model, framing) for content, model, framing in session.execute(rows)}

    def lying_files(self) -> list[LyingFile]:
        """The files that are said to lie somewhere still, by path."""
        rows = (
            select(FileRow, col(PhotoRow.content_hash))
            .join(PhotoRow, col(PhotoRow.id) == col(FileRow.photo_id))
            .where(col(FileRow.gone_at).is_(None))
            .order_by(col(FileRow.path))
        )
        with self._reading() as session:
            return [
                LyingFile(
                    FileStat(row.path, row.inode, row.bytes, row.modified_ns), row.sha256, content
                )
                for row, content in session.execute(rows)
            ]
