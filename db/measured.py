"""What was measured on a mask: stored by name, each with its unit."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from db.columns import Values
from db.tables import MeasurementRow
from imaging.values import Measurements

AREA = "area_pixels"
"""Pixels of the upright photo."""
FRACTION = "area_fraction"
"""Of the photo, from 0 to 1."""


def measured(name: str, revision_id: Mapped[Any]) -> ColumnElement[bool]:
    """Whether a row is what was measured by this name on a revision."""
    return and_(col(MeasurementRow.revision_id) == revision_id, col(MeasurementRow.name) == name)


def measured_values(found: Measurements, revision_id: int) -> list[Values]:
    """The rows that keep what was measured on a revision's mask."""
    values = ((AREA, found.area_pixels, "px"), (FRACTION, found.area_fraction, "1"))
    return [
        {"revision_id": revision_id, "name": name, "value": value, "unit": unit}
        for name, value, unit in values
    ]


def measurements_of(session: Session, revision_id: int) -> Measurements:
    """What was measured on a revision's mask. Raises as `each_measured` does."""
    return each_measured(session, [revision_id])[revision_id]


def each_measured(session: Session, revision_ids: Sequence[int]) -> dict[int, Measurements]:
    """What was measured on the masks of revisions, in one statement.

    Raises LookupError where that is not there, ValueError where an area is no number of pixels.
    """
    rows = session.scalars(
        select(MeasurementRow).where(col(MeasurementRow.revision_id).in_(revision_ids))
    )
    found: dict[int, dict[str, float]] = {revision_id: {} for revision_id in revision_ids}
    for row in rows:
        found[row.revision_id][row.name] = row.value
    return {revision_id: _measurements(values) for revision_id, values in found.items()}


def _measurements(found: Mapping[str, float]) -> Measurements:
    area = int(found[AREA])
    if area != found[AREA]:
        raise ValueError(f"an area of {found[AREA]} pixels")
    return Measurements(area, found[FRACTION])
