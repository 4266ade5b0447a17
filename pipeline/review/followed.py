"""The queue of a folder as it was read, and what has changed in it since."""

from collections.abc import Collection, Generator
from dataclasses import replace

from db.store import Store
from db.values import Heard, Lying, QueueItem
from pipeline.review.order import read_in_order


class FollowedQueue:
    """Reads one reviewer's queue, and tells what reading it again would bring; nothing is cached.

    For one thread at a time, but for `news`, which any thread may ask for. All raise StoreError.
    """

    def __init__(self, store: Store, folder: str, reviewer: str) -> None:
        self._store = store
        self._folder = folder
        self._reviewer = reviewer
        # Set by the thread that reads the queue, read by the one that listens: a whole value.
        self._heard: Heard | None = None
        self._lying: Lying | None = None
        """What lay there as it was read; None where it was not read to its end."""

    def read(self) -> Generator[QueueItem, None, None]:
        """The photos, waiting and decided, in the order to review them, all of now.

        They are read as they are asked for; who doesn't ask for all of them closes it.
        """
        self._lying = None
        self._heard = self._store.hear()
        with self._store.at_one_moment() as seen:
            yield from read_in_order(seen, self._folder, self._reviewer)
            # Last: it goes through all files, and the first page is waited for.
            lying = seen.lying()
        self._lying = lying

    def changed(self, photo_ids: Collection[int]) -> list[QueueItem]:
        """The lines of these photos, and of those of which others said something meanwhile.

        That is since the queue was read, or this was asked for.
        """
        before, heard = self._heard or Heard(), self._store.hear()
        # What has come and what is gone is read with the whole queue alone.
        self._heard = replace(
            before,
            decision_id=heard.decision_id,
            taken_back_at=heard.taken_back_at,
            taken_back=heard.taken_back,
        )
        said = self._store.said_since(before) if _said(heard) != _said(before) else set[int]()
        return self._store.queue_lines(self._folder, {*photo_ids, *said}, self._reviewer)

    def news(self) -> tuple[bool, bool]:
        """Whether `changed` would bring something, and whether the whole queue would besides."""
        heard, before = self._store.hear(), self._heard
        if before is None:
            return False, False
        return _said(heard) != _said(before), _listed(heard) != _listed(before)

    def is_listed(self) -> bool:
        """Whether it was read to its end, and read again would have the same lines in its order.

        `changed` brings what was said of them meanwhile.
        """
        lying, before = self._lying, self._heard
        if lying is None or before is None or _listed(self._store.hear()) != _listed(before):
            return False
        return self._store.lying() == lying


def _said(heard: Heard) -> tuple[object, ...]:
    """What says that more or less was decided."""
    return heard.decision_id, heard.taken_back_at, heard.taken_back


def _listed(heard: Heard) -> tuple[object, ...]:
    """What says that the whole queue has other lines."""
    return heard.arrived, heard.set_aside, heard.forgotten
