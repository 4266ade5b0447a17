"""Photos and the files that hold them."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Select, String, bindparam, delete, select, update
from sqlmodel import Session, col

from db.arrivals import NewPhoto
from db.columns import Values, now
from db.counting import Counts, FileCounts, count_files, count_photos
from db.sessions import Sessions, below, live_below, places_of
from db.tables import AsideRow, FileRow, PhotoRow
from db.values import Cause, SetAside
from imaging.values import FileStat, Fingerprint


class Photos(Sessions):
    """What lies in a folder, and what could not become a photo."""

    def find_photo(self, content_hash: str) -> int | None:
        """The photo with this content."""
        with self._reading() as session:
            return session.connection().scalar(_photo(), {"content": content_hash})

    def set_aside(self, stat: FileStat, reason: str, cause: Cause = Cause.FILE) -> None:
        """Remember a file that could not become a photo, and why.

        It is known while it stays as it is, unless the machine was to blame.
        """
        with self._writing() as session:
            _mark_gone(session, stat.path)
            session.merge(
                AsideRow(
                    path=stat.path,
                    inode=stat.inode,
                    bytes=stat.bytes,
                    modified_ns=stat.modified_ns,
                    reason=reason,
                    cause=cause,
                    seen_at=now(),
                )
            )

    def mark_gone(self, path: str) -> None:
        """Nothing lies at this path any more; its photo and all that is known of it stays."""
        with self._writing() as session:
            _mark_gone(session, path)

    def lies_at(self, path: str) -> bool:
        """Whether a photo is known to lie at this path."""
        live = (col(FileRow.path) == path, col(FileRow.gone_at).is_(None))
        with self._reading() as session:
            return session.scalar(select(col(FileRow.id)).where(*live)) is not None

    def paths_of(self, photo_id: int) -> list[str]:
        """Where a photo is known to lie now, by path."""
        with self._reading() as session:
            return [each.path for each in places_of(session, photo_id) if not each.gone]

    def files_under(self, folder: str) -> list[str]:
        """The paths below a folder at which something is known to lie."""
        with self._reading() as session:
            paths = session.scalars(select(col(FileRow.path)).where(live_below(folder))).all()
            aside = session.scalars(select(col(AsideRow.path))).all()
        return sorted({path for path in [*paths, *aside] if below(path, folder)})

    def set_aside_files(self, folder: str) -> list[SetAside]:
        """The files below a folder that could not become photos, by path."""
        with self._reading() as session:
            return [
                SetAside(row.path, row.path.rsplit("/", 1)[-1], row.reason, Cause(row.cause))
                for row in session.scalars(select(AsideRow).order_by(col(AsideRow.path)))
                if below(row.path, folder)
            ]

    def ask_again(
        self, folder: str, names: Collection[str] = (), cause: Cause | None = None
    ) -> list[str]:
        """Have files that were set aside below a folder looked at once more; their paths.

        All of them but those that were forgotten, or those of these names and this cause: a name is
        a path, or its end.
        """
        with self._writing() as session:
            rows = session.scalars(select(AsideRow).order_by(col(AsideRow.path))).all()
            asked = [
                row for row in rows if below(row.path, folder) and row.cause != str(Cause.FORGOTTEN)
            ]
            if names:
                asked = [row for row in asked if any(is_called(row.path, each) for each in names)]
            if cause is not None:
                asked = [row for row in asked if row.cause == cause]
            for row in asked:
                row.cause = Cause.ASKED
            return [row.path for row in asked]

    def asked_again(self, folder: str) -> set[str]:
        """The paths below a folder that are to be looked at once more, as somebody asked."""
        asked = select(col(AsideRow.path)).where(col(AsideRow.cause) == str(Cause.ASKED))
        with self._reading() as session:
            return {path for path in session.scalars(asked) if below(path, folder)}

    def counts(self, folder: str | None = None) -> Counts:
        """How the photos below a folder stand, or all that there are."""
        with self._reading() as session:
            return count_photos(session, folder)

    def file_counts(self, folder: str) -> FileCounts:
        """How far the files below a folder are taken in."""
        with self._reading() as session:
            return count_files(session, folder)


@cache
def _photo() -> "Select[int]":
    by_content = col(PhotoRow.content_hash) == bindparam("content", type_=String)
    return select(col(PhotoRow.id)).where(by_content)


def is_called(path: str, name: str) -> bool:
    """Whether a name is a path, or the end of one."""
    return path == name or path.endswith(f"/{name}")


def find_content(session: Session, content_hash: str) -> PhotoRow | None:
    """The photo with this content."""
    return session.scalars(
        select(PhotoRow).where(col(PhotoRow.content_hash) == content_hash)
    ).one_or_none()


def remember_file(session: Session, new: NewPhoto, known: PhotoRow | None) -> FileRow:
    """Remember a file and its photo, which is `known` or new; what its path held is superseded."""
    stat, identity = new.stat, new.fingerprint
    at_path = session.scalars(select(FileRow).where(col(FileRow.path) == stat.path)).all()
    live = [file for file in at_path if file.gone_at is None]
    photo = known or _new_photo(session, identity, next((f.photo_id for f in live), None))
    for file in live:
        file.gone_at = now()
    same = next((file for file in at_path if file.sha256 == identity.file_hash), None)
    session.execute(delete(AsideRow).where(col(AsideRow.path) == stat.path))
    return _remember(session, same, new, photo.id)


def is_same(row: FileRow | AsideRow, stat: FileStat) -> bool:
    """Whether the file system says of a file what it said before."""
    seen = (row.inode, row.bytes, row.modified_ns)
    return seen == (stat.inode, stat.bytes, stat.modified_ns)


def _new_photo(session: Session, identity: Fingerprint, superseded: int | None) -> PhotoRow:
    photo = PhotoRow(**photo_values(identity, superseded))
    session.add(photo)
    session.flush()
    return photo


def photo_values(identity: Fingerprint, superseded: int | None = None) -> Values:
    """The row of a photo that is new, but for its id."""
    return {
        "content_hash": identity.content_hash,
        "format": identity.format,
        "width": identity.size.width,
        "height": identity.size.height,
        "supersedes_id": superseded,
        "added_at": now(),
    }


def file_values(new: NewPhoto, photo_id: int) -> Values:
    """The row of a file that is new, but for its id."""
    stat = new.stat
    return {
        "path": stat.path,
        "sha256": new.fingerprint.file_hash,
        "photo_id": photo_id,
        "inode": stat.inode,
        "bytes": stat.bytes,
        "modified_ns": stat.modified_ns,
        "seen_at": now(),
    }


def _remember(session: Session, same: FileRow | None, new: NewPhoto, photo_id: int) -> FileRow:
    """The file's row: `same` where these bytes lay at this path before."""
    stat = new.stat
    file = same or FileRow(**file_values(new, photo_id))
    file.photo_id, file.inode, file.bytes = photo_id, stat.inode, stat.bytes
    file.modified_ns, file.seen_at, file.gone_at = stat.modified_ns, now(), None
    session.add(file)
    session.flush()
    return file


def _mark_gone(session: Session, path: str) -> None:
    live = (col(FileRow.path) == path, col(FileRow.gone_at).is_(None))
    session.execute(update(FileRow).where(*live).values(gone_at=now()))
    session.execute(delete(AsideRow).where(col(AsideRow.path) == path))


def path_of(session: Session, photo_id: int) -> str:
    """Where a photo lies, or where it last lay. Raises LookupError where it never did."""
    return places_of(session, photo_id)[0].path
