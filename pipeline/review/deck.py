"""The photos that are open: the one on the screen, the next ones and the last ones."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")

KEPT = 6
"""Photos kept open: a 12 MP photo's mask and picture are about 15 MB."""
AHEAD = 2
"""Waiting photos opened before they are asked for, so that moving on shows them at once."""


class Deck(Generic[T]):
    """Opens each photo once and keeps the last few. For one thread; `begin` returns at once."""

    def __init__(self, begin: Callable[[int], Future[T]]) -> None:
        self._begin = begin
        self._photos: dict[int, Future[T]] = {}

    def ready(self, photo_id: int) -> T | None:
        """The photo if it is open already."""
        photo = self._photos.get(photo_id)
        if photo is None or not photo.done() or _has_failed(photo):
            return None
        return photo.result()

    def held(self) -> list[int]:
        """The photos that it holds, open or not yet."""
        return list(self._photos)

    def open(self, photo_id: int) -> Future[T]:
        """The photo, opened now if it is not; one that failed is tried again."""
        photo = self._photos.pop(photo_id, None)
        if photo is None or _has_failed(photo):
            photo = self._begin(photo_id)
        self._photos[photo_id] = photo
        for oldest in list(self._photos)[:-KEPT]:
            del self._photos[oldest]
        return photo

    def drop(self, photo_id: int) -> None:
        """Open this photo anew next time: what is known of it has changed."""
        self._photos.pop(photo_id, None)


def _has_failed(photo: Future[T]) -> bool:
    return photo.cancelled() or (photo.done() and photo.exception() is not None)
