"""The points of a shape that is begun come back, to whoever began it, until there are none."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import StoreError
from db.store import Store
from db.values import Tool
from imaging.mask.shape import Point
from tests.db.conftest import outline
from tests.support.tries import tries

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@settings(
    max_examples=tries(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(points=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=9))
def test_points_come_back_as_they_were(store: Store, points: list[Point]) -> None:
    photo_id = outline(store, "a.jpg")
    store.keep_shape(photo_id, "ada", Tool.LASSO, points)
    assert store.begun_shapes(photo_id, "ada") == {Tool.LASSO: tuple(points)}


def test_each_tool_and_reviewer_has_its_own_until_it_is_closed(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.keep_shape(photo_id, "ada", Tool.LASSO, [(1, 2)])
    store.keep_shape(photo_id, "ada", Tool.BOX, [(3, 4)])
    store.keep_shape(photo_id, "bob", Tool.BOX, [(5, 6)])
    store.keep_shape(photo_id, "ada", Tool.LASSO, [])
    store.keep_shape(photo_id, "ada", Tool.POLYGON, [])
    assert store.begun_shapes(photo_id, "ada") == {Tool.BOX: ((3, 4),)}
    assert store.begun_shapes(photo_id, "bob") == {Tool.BOX: ((5, 6),)}


@pytest.mark.parametrize("text", ["[", "[[1]]", '[["a", 2]]', "[[NaN, 1]]", "7"])
def test_points_that_are_none_are_said_to_be_damage(store: Store, text: str) -> None:
    photo_id = outline(store, "a.jpg")
    store.keep_shape(photo_id, "ada", Tool.LASSO, [(1, 2)])
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE shape SET points = ?", (text,))
    with pytest.raises(StoreError, match="damaged"):
        store.begun_shapes(photo_id, "ada")
