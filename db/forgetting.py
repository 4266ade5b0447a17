"""Photos that are to be forgotten, by whatever they are called, and those that were."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlmodel import Session, col

from db.errors import ForgottenPhoto
from db.sessions import Sessions, places_of
from db.sqlite.forgetting import Gone, forget
from db.tables import FileRow, PhotoRow, TombstoneRow

MOST_DIGITS = 18
"""Of a photo's number: all that have so many are numbers to SQLite."""


@dataclass(frozen=True)
class KnownPhoto:
    """A photo as a person may name it; `paths` are where it lies, or where it last lay."""

    photo_id: int
    content_hash: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Tombstone:
    """A picture that was forgotten: who asked for it, and when."""

    content_hash: str
    reviewer: str
    made_at: datetime


class Forgetting(Sessions):
    """All of a photo goes but its hash, by which it is known when it comes again."""

    def photos_called(self, name: str) -> list[KnownPhoto]:
        """The photos that a person may mean: `#` and a number, a hash, a path, or a file's name.

        A path means what lies there now, if anything does.
        """
        with self._reading() as session:
            rows = select(PhotoRow).where(_is_called(name)).order_by(col(PhotoRow.id))
            found = [_known(session, row) for row in session.scalars(rows)]
            lying = [photo for photo in found if _lies_at(session, photo, name)]
            return lying or found

    def forget_photo(self, photo: KnownPhoto, reviewer: str) -> Gone:
        """Delete all that is known of a photo, its maps too; its hash stays as a tombstone."""
        with self._explaining():
            gone = forget(self._path, [photo.content_hash], reviewer)
            # Behind it: a map that is computed meanwhile finds its photo gone.
            self._maps.forget(photo.content_hash)
        return gone

    def tombstones(self) -> list[Tombstone]:
        """What was forgotten, by hash."""
        rows = select(TombstoneRow).order_by(col(TombstoneRow.content_hash))
        with self._reading() as session:
            return [_tombstone(row) for row in session.scalars(rows)]

    def tombstones_of(self, contents: Collection[str]) -> dict[str, Tombstone]:
        """Which of these pictures were forgotten, by hash."""
        asked = {"contents": list(contents)}
        with self._reading() as session:
            rows = session.connection().execute(_tombstones(), asked)
            return {row.content_hash: Tombstone(*row) for row in rows}

    def _check_not_forgotten(self, session: Session, contents: Iterable[str]) -> None:
        """Raise ForgottenPhoto where a picture was forgotten while it was looked at."""
        asked = {"contents": list(contents)}
        forgotten = session.connection().scalars(_tombstones(), asked).all()
        for content_hash in forgotten:
            # One may have been kept since.
            self._maps.forget(content_hash)
        if forgotten:
            raise ForgottenPhoto(f"The picture {forgotten[0][:12]}… was forgotten meanwhile.")


def _is_called(name: str) -> ColumnElement[bool]:
    number = name.removeprefix("#")
    if name != number and number.isdecimal() and len(number) <= MOST_DIGITS:
        return col(PhotoRow.id) == int(number)
    path = col(FileRow.path)
    at = or_(
        path == name,
        path.endswith(f"/{name}", autoescape=True),
        col(FileRow.sha256) == name.lower(),
    )
    return or_(
        col(PhotoRow.content_hash) == name.lower(),
        col(PhotoRow.id).in_(select(col(FileRow.photo_id)).where(at)),
    )


def _known(session: Session, row: PhotoRow) -> KnownPhoto:
    paths = tuple(dict.fromkeys(place.path for place in places_of(session, row.id)))
    return KnownPhoto(row.id, row.content_hash, paths)


def _lies_at(session: Session, photo: KnownPhoto, path: str) -> bool:
    live = select(col(FileRow.id)).where(
        col(FileRow.photo_id) == photo.photo_id,
        col(FileRow.path) == path,
        col(FileRow.gone_at).is_(None),
    )
    return session.scalars(live).first() is not None


def _tombstone(row: TombstoneRow) -> Tombstone:
    return Tombstone(row.content_hash, row.reviewer, row.made_at)


@cache
def _tombstones() -> "Select[str, str, datetime]":
    row = TombstoneRow
    columns = (col(row.content_hash), col(row.reviewer), col(row.made_at))
    return select(*columns).where(col(row.content_hash).in_(bindparam("contents", expanding=True)))
