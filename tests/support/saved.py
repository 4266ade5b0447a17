"""A draft that is saved in memory, for editors without a store."""

from collections.abc import Callable

from db.values import DraftEdit


class Saved:
    """A draft kept in memory: the live line and its cursor, as a store keeps them."""

    def __init__(self) -> None:
        self.line: list[DraftEdit] = []
        self.cursor = 0

    def add(self, cursor: int, edit: DraftEdit) -> None:
        self.line[cursor:] = [edit]
        self.cursor = cursor + 1

    def draw(self, cursor: int, edit: Callable[[], DraftEdit]) -> None:
        self.add(cursor, edit())

    def move(self, cursor: int) -> None:
        self.cursor = cursor
