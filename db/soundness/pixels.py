"""Masks that are not what is said of them: their size, their runs, their area, their lesions."""

from collections.abc import Iterator, Mapping
from math import isclose
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db.masks import instances_of
from db.measured import AREA, FRACTION
from db.tables import MaskRow, MeasurementRow, PhotoRow, RevisionRow
from imaging.framing import Size
from imaging.mask.rle import area, covers
from imaging.values import Rle

_AT_ONCE = 200
"""Masks that are held in memory together."""


class _Drawn(NamedTuple):
    """A mask, whose photo it is and how large that is."""

    mask: MaskRow
    photo_id: int
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"Mask {self.mask.revision_id} of photo #{self.photo_id}"


def contradicting_masks(session: Session) -> Iterator[str]:
    """A sentence for each thing that is wrong with a mask."""
    after = 0
    while drawn := _next(session, after):
        said = _measured(session, [each.mask.revision_id for each in drawn])
        for each in drawn:
            yield from _contradictions(session, each, said.get(each.mask.revision_id, {}))
        after = drawn[-1].mask.revision_id
        session.expunge_all()


def _next(session: Session, after: int) -> list[_Drawn]:
    rows = (
        select(MaskRow, col(PhotoRow.id), col(PhotoRow.width), col(PhotoRow.height))
        .join(RevisionRow, col(RevisionRow.id) == col(MaskRow.revision_id))
        .join(PhotoRow, col(PhotoRow.id) == col(RevisionRow.photo_id))
        .where(col(MaskRow.revision_id) > after)
        .order_by(col(MaskRow.revision_id))
        .limit(_AT_ONCE)
    )
    return [_Drawn(*row) for row in session.execute(rows)]


def _measured(session: Session, revision_ids: list[int]) -> dict[int, dict[str, float]]:
    rows = select(MeasurementRow).where(col(MeasurementRow.revision_id).in_(revision_ids))
    found: dict[int, dict[str, float]] = {}
    for row in session.scalars(rows):
        found.setdefault(row.revision_id, {})[row.name] = row.value
    return found


def _contradictions(session: Session, drawn: _Drawn, said: Mapping[str, float]) -> Iterator[str]:
    size = Size(drawn.mask.width, drawn.mask.height)
    if size != Size(drawn.width, drawn.height):
        yield (
            f"{drawn.name} is {size.width}×{size.height} pixels, "
            f"and the photo {drawn.width}×{drawn.height}."
        )
    rle = Rle(size, drawn.mask.counts)
    try:
        pixels = area(rle)
    except ValueError as error:
        yield f"{drawn.name} can't be read: {error}."
        return
    yield from _wrong_measures(drawn, said, pixels)
    yield from _loose_lesions(session, drawn, rle)


def _wrong_measures(drawn: _Drawn, said: Mapping[str, float], pixels: int) -> Iterator[str]:
    fraction = pixels / max(1, drawn.mask.width * drawn.mask.height)
    if said.get(AREA, pixels) != pixels:
        yield f"{drawn.name} has {pixels} pixels, and {said[AREA]:g} were measured."
    elif not isclose(said.get(FRACTION, fraction), fraction, rel_tol=1e-9):
        yield f"{drawn.name} covers {fraction:g} of it, and {said[FRACTION]:g} was measured."


def _loose_lesions(session: Session, drawn: _Drawn, rle: Rle) -> Iterator[str]:
    try:
        lesions = instances_of(session, [drawn.mask])[drawn.mask.revision_id]
    except ValueError as error:
        yield f"{drawn.name} has a lesion that can't be read: {error}."
        return
    for number, lesion in enumerate(lesions, 1):
        if not covers(rle, lesion):
            yield f"{drawn.name} does not hold all of its lesion {number}."
