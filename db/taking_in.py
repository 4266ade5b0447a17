"""Files are taken in whole: photos, and what a model made of them, in one transaction."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, String, and_, bindparam, or_, select
from sqlmodel import Session, col

from db.arrivals import Arrival, LookUp, NewOutline, NewPhoto, TakenIn
from db.arriving import add_new, unheard_of
from db.forgetting import Forgetting
from db.masks import Masks, add_outline, is_outlined
from db.photos import Photos, find_content, is_same, path_of, remember_file
from db.sessions import standing_of
from db.tables import AsideRow, FileRow, PhotoRow, PredictionRow, StandingRow
from db.values import Cause
from imaging.values import FileStat


class TakingIn(Photos, Masks, Forgetting):
    """Photos as they come in."""

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

    def take_in(
        self, new: NewPhoto, outline: NewOutline | None = None, model_hash: str | None = None
    ) -> TakenIn:
        """One file as `take_in_all` takes several."""
        [taken] = self.take_in_all([Arrival(new, outline)], model_hash)
        return taken

    def take_in_all(
        self, arrivals: Sequence[Arrival], model_hash: str | None = None
    ) -> list[TakenIn]:
        """Remember files, their photos, and outlines unless the model has made one before.

        `model_hash` says which model where there is no outline, whose receipt says it. One
        transaction, and one wait for the disk: all or nothing. Raises ForgottenPhoto where a
        picture was.
        """
        made = {
            each.photo.fingerprint.content_hash: each.outline.prediction
            for each in arrivals
            if each.outline is not None
        }
        # Before the rows that point at them, which would promise what is not there.
        self._keep_all(made)
        with self._writing() as session:
            contents = [each.photo.fingerprint.content_hash for each in arrivals]
            self._check_not_forgotten(session, contents)
            new = unheard_of(session, arrivals)
            ids = dict(zip(map(id, new), add_new(session, new), strict=True)) if new else {}
            taken = [
                TakenIn(ids[id(each)], None, outlined_before=False)
                if id(each) in ids
                else _take_in(session, each.photo, each.outline, model_hash)
                for each in arrivals
            ]
        self._prune_maps()
        return taken


def _take_in(
    session: Session, new: NewPhoto, outline: NewOutline | None, model_hash: str | None
) -> TakenIn:
    if outline is not None:
        model_hash = outline.prediction.receipt.model_hash
    known = find_content(session, new.fingerprint.content_hash)
    before = None if known is None else path_of(session, known.id)
    outlined = _is_outlined(session, known, model_hash)
    file = remember_file(session, new, known)
    if outline is not None and not outlined:
        standing = StandingRow(photo_id=file.photo_id)
        if known is not None:
            standing = standing_of(session, known.id)
        add_outline(session, file, outline, standing)
        session.add(standing)
    elif known is None:
        session.add(StandingRow(photo_id=file.photo_id))
    return TakenIn(file.photo_id, before, outlined)


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
    return Cause(aside.cause) in {Cause.FILE, Cause.FORGOTTEN} and is_same(aside, stat)


def _is_outlined(session: Session, known: PhotoRow | None, model_hash: str | None) -> bool:
    if known is None or model_hash is None:
        return False
    return is_outlined(session, known.id, model_hash)
