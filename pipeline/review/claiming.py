"""Keeps the photos that a reviewer looks at claimed, without anybody waiting for that."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TypeVar

from db.claims import Claimed
from db.errors import StoreError
from pipeline.review.lane import Lane
from pipeline.review.lull import Lull
from pipeline.review.session import ReviewSession

T = TypeVar("T")

RENEW = 8.0
"""Seconds after which a claim is renewed: twice before it runs out."""


class Claiming:
    """What a session has open: a photo or a page at a time, and those whose decision is on its way.

    `renew` is called by any thread and all the rest by the screen's; all return at once. What they
    ask for is done on a thread of its own, in order, a transaction each; what is no more wanted
    when its turn comes is left out. If the process dies, its claims run out.
    """

    def __init__(
        self, session: ReviewSession, lull: Lull, clock: Callable[[], float] = monotonic
    ) -> None:
        self._session = session
        self._lull = lull
        self._clock = clock
        self._lane = Lane("claiming")
        # Set by the screen's thread and read by others, which may come a moment late.
        self._open: tuple[int, ...] = ()
        self._asked = 0.0
        self._closed = False
        self._deciding: set[int] = set()
        """For the lane alone."""

    def claim(self, photo_id: int) -> Future[Claimed | None]:
        """Claim a photo that is looked at from now on; whose it is, None if that is asked no more.

        Raises StoreError.
        """
        self._open = (photo_id,)
        claimed = self._ask(self._open)
        return self._lane.submit(lambda: claimed.result().get(photo_id))

    def claim_page(self, photo_ids: Collection[int]) -> Future[Mapping[int, Claimed]]:
        """Claim photos that are looked at together from now on; whose they are.

        Empty if that is asked no more. Raises StoreError.
        """
        self._open = tuple(photo_ids)
        return self._ask(self._open)

    def decide(self, photo_id: int, stored: Future[T]) -> None:
        """A photo's decision is on its way until `stored` is done, and ends the claim with it."""
        self._lane.submit(partial(self._deciding.add, photo_id))
        # Refused, the claim goes with whatever is claimed or let go of next.
        done = partial(self._deciding.discard, photo_id)
        stored.add_done_callback(lambda _stored: self._lane.submit(done))

    def leave(self) -> None:
        """Nothing is looked at any more."""
        if self._open:
            self._open = ()
            self._lane.submit(self._let_go)

    def renew(self) -> None:
        """Renew the claims if it is time; one that another session had may be had by now."""
        photo_ids = self._open
        if photo_ids and self._clock() - self._asked >= RENEW:
            self._ask(photo_ids)

    def close(self) -> None:
        """Let go of everything; blocks until then. No decision is on its way any more.

        It can be called again.
        """
        self._open = ()
        if not self._closed:
            self._closed = True
            self._lane.submit(self._let_go)
            self._lane.close()

    def _ask(self, photo_ids: tuple[int, ...]) -> Future[Mapping[int, Claimed]]:
        self._asked = self._clock()
        return self._lane.submit(partial(self._claim, photo_ids))

    # On the lane

    def _claim(self, photo_ids: tuple[int, ...]) -> Mapping[int, Claimed]:
        self._lull.wait()
        wanted = photo_ids == self._open
        return self._session.claim_all(photo_ids, self._deciding) if wanted else {}

    def _let_go(self) -> None:
        # What can't be let go of now runs out.
        if not self._open:
            with suppress(StoreError):
                self._session.let_go(self._deciding)
