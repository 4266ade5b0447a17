"""Files are taken in whole: photos, and what a model made of them, in one transaction."""

from collections.abc import Sequence

from sqlmodel import Session

from db.arrivals import Arrival, NewOutline, NewPhoto, TakenIn
from db.arriving import add_new, unheard_of
from db.forgetting import Forgetting
from db.looking_up import LookingUp
from db.masks import Masks, add_outline, is_outlined
from db.photos import Photos, find_content, path_of, remember_file
from db.sessions import standing_of
from db.tables import PhotoRow, StandingRow


class TakingIn(LookingUp, Photos, Masks, Forgetting):
    """Photos as they come in."""

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


def _is_outlined(session: Session, known: PhotoRow | None, model_hash: str | None) -> bool:
    if known is None or model_hash is None:
        return False
    return is_outlined(session, known.id, model_hash)
