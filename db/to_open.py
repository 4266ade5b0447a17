"""All that opening a photo takes, as it is at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from db.details import Details, details_of
from db.drafts import draft_on, drafts_of, kept_beside, strokes_on
from db.masks import MadeOf, instances_of, made_of, rle_of
from db.sessions import known
from db.shapes import begun_on
from db.standing import Stands, stands_of
from db.tables import MaskRow
from db.values import DraftEdit, DraftState, KeptEdits, PhotoDetails, Tool
from imaging.mask.shape import Point
from imaging.values import Rle


@dataclass(frozen=True)
class Drawn:
    """The outline that stands: its pixels, those of its lesions if several, and by what strokes."""

    rle: Rle
    instances: tuple[Rle, ...]
    strokes: tuple[DraftEdit, ...]


@dataclass(frozen=True)
class ToOpen:
    """A photo, what is drawn on it, and what a reviewer has begun; None where there is none.

    `draft` is on what stands, `kept` are edits on what stood before.
    """

    details: PhotoDetails
    drawn: Drawn | None
    made: MadeOf | None
    draft: DraftState | None
    kept: tuple[KeptEdits, ...]
    begun: Mapping[Tool, tuple[Point, ...]]


class Opening(Details):
    """A photo as it is put on a reviewer's table."""

    def to_open(self, photo_id: int, reviewer: str) -> ToOpen:
        """All that it takes to open a photo, but for the map. Raises Unknown."""
        with self._reading() as session:
            stands = stands_of(session, photo_id)
            details = details_of(session, stands, reviewer)
            base = stands.standing.revision_id
            drafts = drafts_of(session, reviewer, photo_id)
            return ToOpen(
                details=details,
                drawn=_drawn(session, stands),
                made=made_of(stands),
                draft=draft_on(session, drafts, base),
                kept=kept_beside(session, drafts, base),
                begun=begun_on(session, photo_id, reviewer),
            )


def _drawn(session: Session, stands: Stands) -> Drawn | None:
    revision = stands.revision
    if revision is None:
        return None
    mask = known(stands.mask, MaskRow, revision.id)
    instances = instances_of(session, [mask])[revision.id]
    return Drawn(rle_of(mask), instances, strokes_on(session, revision))
