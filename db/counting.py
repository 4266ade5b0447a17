"""How many photos there are and how they stand: one rule, whoever asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from db.tables import AsideRow, DecisionRow, FileRow, StandingRow
from db.values import DecisionKind


@dataclass(frozen=True)
class Counts:
    """How the photos of a folder, or of a whole database, stand.

    Of `photos` a file lies there, under however many paths; `outlined` of them have an outline.
    `decided` are those whose decision stands, unless it is to skip; all others are `waiting`, those
    that were `skipped` among them. `gone` are photos no file of which lies there any more; what is
    known of them stays. `set_aside` are files that are no photos.
    """

    photos: int = 0
    outlined: int = 0
    decided: int = 0
    waiting: int = 0
    skipped: int = 0
    gone: int = 0
    set_aside: int = 0


@dataclass(frozen=True)
class FileCounts:
    """Of the files below a folder: how many are known, and how many of them want nothing more."""

    known: int
    done: int


@dataclass(frozen=True)
class _Alike:
    """So many photos that stand alike."""

    lies: bool
    outlined: bool
    kind: DecisionKind | None
    number: int


def is_decided(kind: DecisionKind | None) -> bool:
    """Whether a photo that stands so is done: one that was skipped comes again."""
    return kind is not None and kind is not DecisionKind.SKIPPED


def count_photos(session: Session, folder: str | None) -> Counts:
    """The counts of a database, of whatever form: these tables are as they always were."""
    alike = [
        _Alike(lies, outlined, DecisionKind(kind) if said else None, number)
        for lies, outlined, said, kind, number in session.execute(_standing(folder))
    ]
    there = [each for each in alike if each.lies]
    photos = _sum(there)
    decided = _sum(each for each in there if is_decided(each.kind))
    return Counts(
        photos=photos,
        outlined=_sum(each for each in there if each.outlined),
        decided=decided,
        waiting=photos - decided,
        skipped=_sum(each for each in there if each.kind is DecisionKind.SKIPPED),
        gone=_sum(alike) - photos,
        set_aside=_set_aside(session, folder),
    )


def count_files(session: Session, folder: str) -> FileCounts:
    """How far the files below a folder are taken in."""
    lying = (
        select(func.count(), func.count(col(StandingRow.revision_id)))
        .select_from(FileRow)
        .join(StandingRow, col(StandingRow.photo_id) == col(FileRow.photo_id))
        .where(col(FileRow.gone_at).is_(None), _below(col(FileRow.path), folder))
    )
    known, outlined = session.execute(lying).one()
    aside = _set_aside(session, folder)
    return FileCounts(known + aside, outlined + aside)


def _sum(alike: Iterable[_Alike]) -> int:
    return sum(each.number for each in alike)


def _standing(folder: str | None) -> Select[Any]:
    """Whether photos lie there and are outlined, and what was said of them; how many are alike."""
    lies = func.max(case((col(FileRow.gone_at).is_(None), 1), else_=0)).label("lies")
    photos = (
        select(col(FileRow.photo_id), lies)
        .where(_below(col(FileRow.path), folder))
        .group_by(col(FileRow.photo_id))
        .subquery()
    )
    outlined = col(StandingRow.revision_id).is_not(None)
    said = col(StandingRow.decision_id).is_not(None)
    kind = col(DecisionRow.kind)
    return (
        select(photos.c.lies, outlined, said, kind, func.count())
        .join(StandingRow, col(StandingRow.photo_id) == photos.c.photo_id)
        .outerjoin(DecisionRow, col(DecisionRow.id) == col(StandingRow.decision_id))
        .group_by(photos.c.lies, outlined, said, kind)
    )


def _set_aside(session: Session, folder: str | None) -> int:
    aside = select(func.count()).select_from(AsideRow).where(_below(col(AsideRow.path), folder))
    return session.scalar(aside) or 0


def _below(path: Mapped[str], folder: str | None) -> ColumnElement[bool]:
    if folder is None:
        return path.is_not(None)
    prefix = folder.rstrip("/") + "/"
    return func.substr(path, 1, len(prefix)) == prefix
