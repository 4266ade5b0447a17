"""What is known of files that were not read yet: of one file all, of many whether they changed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, col

from db.arrivals import LookUp, Unchanged
from db.photos import is_same
from db.sessions import Sessions
from db.tables import AsideRow, FileRow, PhotoRow, PredictionRow, StandingRow
from db.values import Cause
from imaging.values import FileStat

OF_FILE = frozenset({Cause.FILE, Cause.FORGOTTEN})
"""Why a file is set aside for good, while it stays as it is."""


class LookingUp(Sessions):
    """Files before they are read."""

    def look_up(self, stat: FileStat, model_hash: str | None = None) -> LookUp:
        """What is known of a file, and of what the model, where there is one, made of it."""
        asked = {**vars(stat), "model_hash": model_hash}
        with self._reading() as session:
            found = session.execute(_look_up(), asked).all()
            there = [
                (file.photo_id, made)
                for file, _, _, made in found
                if file is not None and _is_still(file, stat)
            ]
            (_, aside, *_), *_ = found
            return LookUp(
                known=bool(there) or (aside is not None and _is_faulty(aside, stat)),
                photo_id=there[0][0] if there else None,
                outlined=any(made is not None for _, made in there),
                contents=frozenset(content for _, _, content, made in found if made is not None),
            )

    def unchanged(
        self, stats: Sequence[FileStat], model_hash: str | None = None
    ) -> list[Unchanged | None]:
        """What is known of each of these files, where it is as it was when it was last read.

        None of one that is new, was changed or renamed, or that the machine was in the way of:
        `look_up` says more of it. Two statements; for some hundreds of files at once.
        """
        asked = {"paths": [stat.path for stat in stats], "model_hash": model_hash}
        with self._reading() as session:
            known = dict(_faulty(session, asked))
            for *stat, photo_id, made, decision in session.execute(_lying(), asked):
                path, inode, size, modified = stat
                seen = (path, inode, size, modified)
                outlined = made is not None or known.get(seen, _NOTHING).outlined
                known[seen] = Unchanged(photo_id, outlined, decision is not None)
            return [known.get((s.path, s.inode, s.bytes, s.modified_ns)) for s in stats]

    def never_heard_of(self, stats: Sequence[FileStat]) -> set[FileStat]:
        """Those of these files of which `look_up` knows nothing.

        Nothing ever lay at their paths, and the same files lay nowhere else. Two statements; for
        some hundreds of files at once.
        """
        asked = {"paths": [stat.path for stat in stats], "inodes": [stat.inode for stat in stats]}
        with self._reading() as session:
            paths = set(session.scalars(_paths(), asked))
            elsewhere = {tuple(seen) for seen in session.execute(_elsewhere(), asked)}
        return {
            stat
            for stat in stats
            if stat.path not in paths
            and (stat.inode, stat.bytes, stat.modified_ns) not in elsewhere
        }


_NOTHING = Unchanged(None, outlined=False)
_Seen = tuple[str, int, int, int]
"""A file's path, inode, bytes and when it was modified."""


def _faulty(session: Session, asked: Mapping[str, Any]) -> Iterator[tuple[_Seen, Unchanged]]:
    """The files that were set aside for their own fault."""
    for path, inode, size, modified, cause in session.execute(_aside(), asked):
        if Cause(cause) in OF_FILE:
            yield (path, inode, size, modified), _NOTHING


@cache
def _lying() -> "Select[str, int, int, int, int, int, int | None]":
    file = FileRow
    by_model = col(PredictionRow.model_hash) == bindparam("model_hash", type_=String)
    # Columns: a row's object costs more than all else of a file that nothing happened to.
    seen = (col(file.path), col(file.inode), col(file.bytes), col(file.modified_ns))
    return (
        select(*seen, col(file.photo_id), col(PredictionRow.id), col(StandingRow.decision_id))
        .outerjoin(PredictionRow, and_(col(PredictionRow.photo_id) == col(file.photo_id), by_model))
        .outerjoin(StandingRow, col(StandingRow.photo_id) == col(file.photo_id))
        .where(col(file.path).in_(bindparam("paths", expanding=True)), col(file.gone_at).is_(None))
    )


@cache
def _aside() -> "Select[str, int, int, int, str]":
    row = AsideRow
    return select(
        col(row.path), col(row.inode), col(row.bytes), col(row.modified_ns), col(row.cause)
    ).where(col(row.path).in_(bindparam("paths", expanding=True)))


@cache
def _paths() -> "CompoundSelect[str]":
    asked: BindParameter[str] = bindparam("paths", expanding=True)
    return union_all(
        *(select(col(row.path)).where(col(row.path).in_(asked)) for row in (FileRow, AsideRow))
    )


@cache
def _elsewhere() -> "Select[int, int, int]":
    row = FileRow
    return select(col(row.inode), col(row.bytes), col(row.modified_ns)).where(
        col(row.inode).in_(bindparam("inodes", expanding=True))
    )


@cache
def _look_up() -> "Select[FileRow, AsideRow, str, int]":
    """One statement, not four, and made once: it is asked for every file at each start."""
    asked = select(bindparam("path", type_=String).label("path")).subquery()
    # The same file, though it lay elsewhere.
    renamed = (
        col(getattr(FileRow, name)) == bindparam(name) for name in ("inode", "bytes", "modified_ns")
    )
    by_model = col(PredictionRow.model_hash) == bindparam("model_hash", type_=String)
    return (
        select(FileRow, AsideRow, col(PhotoRow.content_hash), col(PredictionRow.id))
        .select_from(asked)
        .outerjoin(AsideRow, col(AsideRow.path) == asked.c.path)
        .outerjoin(FileRow, or_(col(FileRow.path) == asked.c.path, and_(*renamed)))
        .outerjoin(PhotoRow, col(PhotoRow.id) == col(FileRow.photo_id))
        .outerjoin(PredictionRow, and_(col(PredictionRow.photo_id) == col(PhotoRow.id), by_model))
    )


def _is_still(file: FileRow, stat: FileStat) -> bool:
    return file.path == stat.path and file.gone_at is None and is_same(file, stat)


def _is_faulty(aside: AsideRow, stat: FileStat) -> bool:
    """Whether a file was set aside as it is, and not for the machine's fault."""
    return Cause(aside.cause) in OF_FILE and is_same(aside, stat)
