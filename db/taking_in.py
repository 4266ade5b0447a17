"""A file is taken in whole: its photo, and what a model made of it, in one transaction."""

from sqlmodel import Session

from db.masks import Masks, add_outline, is_outlined
from db.photos import Photos, find_content, path_of, remember_file
from db.tables import Photo
from db.values import NewOutline, NewPhoto, TakenIn


class TakingIn(Photos, Masks):
    """Photos as they come in."""

    def take_in(
        self, new: NewPhoto, outline: NewOutline | None = None, model_hash: str | None = None
    ) -> TakenIn:
        """Remember a file, its photo, and an outline of it unless the model has made one before.

        `model_hash` says which model; by default it is the outline's own. All or nothing.
        """
        if outline is not None:
            model_hash = model_hash or outline.prediction.receipt.model_hash
            # Before the row that points at it, which would promise what is not there.
            self._keep(new.fingerprint.content_hash, outline.prediction)
        with self._writing() as session:
            known = find_content(session, new.fingerprint.content_hash)
            before = None if known is None else path_of(session, known.id)
            outlined = _is_outlined(session, known, model_hash)
            file = remember_file(session, new, known)
            if outline is not None and not outlined:
                add_outline(session, file, outline)
            return TakenIn(file.photo_id, before, outlined)


def _is_outlined(session: Session, known: Photo | None, model_hash: str | None) -> bool:
    if known is None or model_hash is None:
        return False
    return is_outlined(session, known.id, model_hash)
