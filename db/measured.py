"""What was measured on a mask: stored by name, each with its unit."""

from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
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

    Raises LookupError where that is not there, TypeError, ValueError or OverflowError where it is
    no number of pixels, or no fraction.
    """
    found: dict[int, dict[str, float]] = {revision_id: {} for revision_id in revision_ids}
    asked = {"revisions": list(revision_ids)}
    for revision_id, name, value in session.connection().execute(_each(), asked):
        found[revision_id][name] = value
    return {revision_id: _measurements(values) for revision_id, values in found.items()}


@cache
def _each() -> "Select[int, str, float]":
    row = MeasurementRow
    columns = (col(row.revision_id), col(row.name), col(row.value))
    return select(*columns).where(col(row.revision_id).in_(bindparam("revisions", expanding=True)))


def _measurements(found: Mapping[str, float]) -> Measurements:
    area, fraction = int(found[AREA]), found[FRACTION]
    if area != found[AREA]:
        raise ValueError(f"an area of {found[AREA]} pixels")
    # A column may hold anything, whatever its type.
    if not isfinite(fraction):
        raise ValueError(f"an area of {fraction} of the photo")
    return Measurements(area, fraction)
