"""Shapes that reviewers have begun and not closed: the points of each tool so far."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite

from sqlalchemy import Integer, Select, String, bindparam, select
from sqlmodel import Session, col

from db.columns import now
from db.sessions import Sessions
from db.tables import ShapeRow
from db.values import Tool
from imaging.mask.shape import Point


class Shapes(Sessions):
    """One of each tool, reviewer and photo; whatever mask it is going to change."""

    def begun_shapes(self, photo_id: int, reviewer: str) -> Mapping[Tool, tuple[Point, ...]]:
        """The points of what a reviewer has begun on a photo, by the tool."""
        with self._reading() as session:
            return begun_on(session, photo_id, reviewer)

    def keep_shape(self, photo_id: int, reviewer: str, tool: Tool, points: Sequence[Point]) -> None:
        """Keep the points of what is begun, in place of those before; none where nothing is."""
        row = ShapeRow(
            photo_id=photo_id,
            reviewer=reviewer,
            tool=str(tool),
            points=json.dumps([*points], allow_nan=False),
            drawn_at=now(),
        )
        with self._writing() as session:
            kept = session.merge(row)
            if not points:
                session.flush()
                session.delete(kept)


def begun_on(session: Session, photo_id: int, reviewer: str) -> Mapping[Tool, tuple[Point, ...]]:
    """The points of what a reviewer has begun on a photo, by the tool."""
    asked = {"photo_id": photo_id, "reviewer": reviewer}
    begun = session.connection().execute(_begun(), asked)
    return {Tool(tool): _points(points) for tool, points in begun}


@cache
def _begun() -> "Select[str, str]":
    return select(col(ShapeRow.tool), col(ShapeRow.points)).where(
        col(ShapeRow.photo_id) == bindparam("photo_id", type_=Integer),
        col(ShapeRow.reviewer) == bindparam("reviewer", type_=String),
    )


def _points(text: str) -> tuple[Point, ...]:
    """Points of photo pixels. Raises ValueError where a text is none."""
    points = tuple((0.0 + x, 0.0 + y) for x, y in json.loads(text))
    if not all(isfinite(number) for point in points for number in point):
        raise ValueError(f"a shape through {text!r}")
    return points
