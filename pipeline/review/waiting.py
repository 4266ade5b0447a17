"""In which order a reviewer comes to what waits, and how it changes before the database knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from db.values import NO_REMARKS, DecisionKind, QueueItem, Remarks


@dataclass(frozen=True)
class Unfinished:
    """What this sitting's edits made of a photo; the database may not know it yet."""

    area_fraction: float | None
    edits: bool
    since: bool
    """Whether the photo was decided before them."""


@dataclass(frozen=True)
class Said:
    """What a photo's decision will be; None: it waits again, since its decision was taken back."""

    kind: DecisionKind | None
    remarks: Remarks = NO_REMARKS
    reviewer: str = ""


def order_waiting(
    items: Sequence[QueueItem], after: int, skipped_now: Sequence[int]
) -> Iterator[QueueItem]:
    """What is to be decided, in order.

    Undecided photos come first, those from `after` on and then from the top; those edited since
    their decision follow; the skipped ones come last, as `order_skipped` has them.
    """
    yield from (item for item in _around(items, after) if item.decision is None)
    yield from (item for item in _around(items, after) if item.edited_since)
    yield from order_skipped(items, skipped_now)


def order_wanted(items: Sequence[QueueItem], after: int) -> Iterator[QueueItem]:
    """What is to be decided where only some photos are shown: as they are shown, from `after` on.

    The undecided come first; those skipped, or edited since their decision, follow in their order.
    """
    yield from (item for item in _around(items, after) if item.decision is None)
    yield from (item for item in _around(items, after) if is_skipped(item) or item.edited_since)


def _around(items: Sequence[QueueItem], after: int) -> Iterator[QueueItem]:
    # Not copied: who asks for the next one of a hundred thousand should not wait for all of them.
    return (items[place] for place in chain(range(after, len(items)), range(after)))


def order_skipped(items: Sequence[QueueItem], skipped_now: Sequence[int]) -> list[QueueItem]:
    """The skipped photos, the first skipped first.

    `skipped_now` are photos whose decisions are on their way to the database, in that order.
    """
    places = {photo_id: place for place, photo_id in enumerate(skipped_now)}
    return sorted(
        (item for item in items if is_skipped(item)),
        key=lambda item: (places.get(item.photo_id, -1), item.decision_id or 0),
    )


def _remarked(item: QueueItem, remarks: Remarks) -> QueueItem:
    return replace(item, flag=remarks.flag, score=remarks.score, note=remarks.note)


def is_skipped(item: QueueItem) -> bool:
    """Whether a photo was skipped, so that it comes again."""
    return item.decision is DecisionKind.SKIPPED


def foresee(
    item: QueueItem, said: Said | None, made: Unfinished | None, remarks: Remarks | None = None
) -> QueueItem:
    """A photo's line as it will be read once the database knows what was said, or else edited.

    `remarks` are those made since.

    The area of a mask that was edited in another sitting is not known until it is opened.
    """
    if said is not None:
        seen = replace(item, decision=said.kind, has_draft=False, edited_since=False)
        return _remarked(replace(seen, reviewer=said.reviewer), remarks or said.remarks)
    if remarks is not None:
        item = _remarked(item, remarks)
    if made is not None:
        return replace(
            item,
            area_fraction=made.area_fraction,
            has_draft=made.edits,
            edited_since=made.since and item.decision is not None,
        )
    unknown = item.edited_since or (item.has_draft and item.decision is None)
    return replace(item, area_fraction=None) if unknown else item
