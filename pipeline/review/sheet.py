"""What one key may accept of a page of photos, and what is said of the rest of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from db.together import LeftOut
from db.values import DecisionKind, QueueItem, Remarks, Verdict
from pipeline.review.pace import REACTION


class Bar(StrEnum):
    """Why a photo of a page is not accepted, in the order in which that is told."""

    OUT = "taken out"
    UNDRAWN = "not drawn yet"
    UNSEEN = "drawn just now"
    NEWER = "outlined anew"
    BARE = "without an outline"
    EMPTY = "with an empty outline"
    EDITED = "with edits of yours"
    SKIPPED = "skipped"
    ELSEWHERE = "open elsewhere"
    UNREADABLE = "not to be shown"
    DECIDED = "decided already"


@dataclass(frozen=True)
class Drawn:
    """What was drawn of a photo: of which outline, None where it has none, and since when.

    `failure` is a sentence where nothing could be drawn.
    """

    revision_id: int | None
    since: float
    empty: bool = False
    failure: str = ""


@dataclass(frozen=True)
class Meant:
    """A photo whose outline was seen on a page and is accepted with it."""

    photo_id: int
    revision_id: int | None
    decision_id: int | None
    remarks: Remarks
    seconds: float

    def verdict(self, reviewer: str, batch: str) -> Verdict:
        """What is stored of it."""
        return Verdict(
            photo_id=self.photo_id,
            revision_id=self.revision_id,
            seen_decision_id=self.decision_id,
            kind=DecisionKind.ACCEPTED,
            reviewer=reviewer,
            seconds=self.seconds,
            score=self.remarks.score,
            note=self.remarks.note,
            flag=self.remarks.flag,
            batch=batch,
        )


@dataclass(frozen=True)
class Page:
    """Photos that are seen together, what is drawn of them, and what keeps some of them back.

    `out` are those that the reviewer took out, and `taken` those that others have open.
    """

    items: Collection[QueueItem] = ()
    drawn: Mapping[int, Drawn] = field(default_factory=lambda: MappingProxyType({}))
    out: Collection[int] = ()
    taken: Collection[int] = ()

    def bar(self, item: QueueItem, now: float) -> Bar | None:
        """Why a photo is not accepted with the page; None where it is."""
        return next((bar for bar, holds in self._bars(item, now) if holds), None)

    def _bars(self, item: QueueItem, now: float) -> tuple[tuple[Bar, bool], ...]:
        drawn = self.drawn.get(item.photo_id)
        seen = drawn or Drawn(None, now)
        return (
            (Bar.SKIPPED, item.decision is DecisionKind.SKIPPED),
            (Bar.DECIDED, item.decision is not None),
            (Bar.OUT, item.photo_id in self.out),
            (Bar.ELSEWHERE, item.photo_id in self.taken),
            # No edit is drawn here, and nothing is accepted but what is seen.
            (Bar.EDITED, item.has_draft),
            (Bar.BARE, item.revision_id is None),
            (Bar.UNDRAWN, drawn is None),
            (Bar.UNREADABLE, bool(seen.failure)),
            (Bar.NEWER, seen.revision_id != item.revision_id),
            (Bar.EMPTY, seen.empty),
            (Bar.UNSEEN, now - seen.since < REACTION),
        )

    def accepted(self, now: float) -> list[QueueItem]:
        """The photos that are accepted with the page."""
        return [item for item in self.items if self.bar(item, now) is None]

    def barred(self, now: float) -> Counter[Bar]:
        """How many of the others are kept back by what."""
        bars = (self.bar(item, now) for item in self.items)
        return Counter(bar for bar in bars if bar is not None)


class Shares:
    """Seconds that each photo was seen: a page's are parted evenly among what is drawn there.

    So they sum up to the time that was spent, and what is accepted is not charged for the rest.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self._seen: tuple[int, ...] = ()
        self._seconds: defaultdict[int, float] = defaultdict(float)

    def see(self, photo_ids: Collection[int]) -> None:
        """These photos are seen from now on, and no others."""
        now = self._clock()
        for photo_id in self._seen:
            self._seconds[photo_id] += (now - self._since) / len(self._seen)
        self._since, self._seen = now, tuple(photo_ids)

    def take(self, photo_id: int) -> float:
        """A photo's seconds until now, which go into its decision."""
        self.see(self._seen)
        return self._seconds.pop(photo_id, 0.0)


def tell_accepted(accepted: int, barred: Mapping[Bar, int]) -> str:
    """How many photos of a page were accepted, and how many were not, and why."""
    head = f"{accepted or 'None'} accepted"
    kept = [f"{barred[bar]} {bar}" for bar in Bar if barred.get(bar)]
    return f"{head}. Not accepted: {', '.join(kept)}." if kept else f"{head}."


def tell_left_out(left: LeftOut) -> str:
    """What of an accepted page was not stored after all; empty where all of it was."""
    told = (
        (left.changed, "decided or outlined anew meanwhile"),
        (left.taken, "opened elsewhere meanwhile"),
    )
    parts = [f"{len(photos)} {why}" for photos, why in told if photos]
    return f"Not accepted after all: {', '.join(parts)}. Look at them again." if parts else ""
