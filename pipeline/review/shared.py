"""What a session has open, so that no other one is handed it, and what others have."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from db.claims import Claim, Claimed, Holder, holds
from db.columns import now
from db.store import Store
from pipeline.processes import has_ended, this_process


class SharedSession:
    """One of several sessions on the same photos. Its methods block."""

    def __init__(self, store: Store, reviewer: str) -> None:
        self.reviewer = reviewer
        self.clock: Callable[[], datetime] = now
        """What claims run out by."""
        self.holder = Holder(reviewer, now(), this_process())
        self._store = store

    def claim_all(
        self, photo_ids: Collection[int], keep: Collection[int] = ()
    ) -> Mapping[int, Claimed]:
        """Claim photos for this session, but those that another one has open; says whose they are.

        All others but `keep` go. Those that are not there are left out.
        """
        claimed = self._store.claim_all(photo_ids, self.holder, self.clock(), keep)
        ended = {each.holder for each in claimed.values() if has_ended(each.holder.process)}
        for holder in ended:
            self._store.let_go(holder)
        return self.claim_all(photo_ids, keep) if ended else claimed

    def let_go(self, keep: Collection[int] = ()) -> None:
        """No photo is open in this session any more, but for `keep`."""
        self._store.let_go(self.holder, keep)

    def claims(self) -> list[Claim]:
        """What sessions have open or left open."""
        return self._store.claims()

    def open_elsewhere(self, claims: Iterable[Claim]) -> Mapping[int, str]:
        """Of these claims those of other sessions that hold now: the photos, and whose they are."""
        at = self.clock()
        return {
            claim.photo_id: claim.holder.reviewer
            for claim in claims
            if claim.holder != self.holder
            and holds(claim, at)
            and not has_ended(claim.holder.process)
        }
