"""The rule of the queue: which photos come first, and why each stands where it does."""

from collections.abc import Generator

from db.queue import Among
from db.store import Store
from db.values import QueueItem
from imaging.values import NO_LESION_BELOW
from pipeline.review.wanted import ALL, Wanted

LEAST_SURE = "least sure first"
NO_LESION = "early, perhaps no lesion"
UNSAID = "by name"
UNSEEN = "last, not outlined yet"
DRAWN = "last, drawn by hand"

GROUPS = (Among.GRADED, Among.UNGRADED, Among.BARE)
"""Those come first that the model is least sure of, then what it said nothing of."""


def read_in_order(store: Store, folder: str, reviewer: str) -> Generator[QueueItem, None, None]:
    """The photos below a folder in the order to review them, read page by page.

    All of them are as they were when the first was read: none is lost or comes twice because it
    was outlined meanwhile. Who leaves the iterator before its end closes it.
    """
    with store.at_one_moment() as seen:
        for group in GROUPS:
            yield from seen.queue(folder, reviewer, group)


def explain_place(item: QueueItem, wanted: Wanted = ALL) -> str:
    """Why a photo stands where it stands among those that are wanted."""
    if wanted.arranges:
        return f"by {wanted.order}"
    if not item.segmented:
        return DRAWN if item.has_draft else UNSEEN
    if item.lesion_probability is not None and item.lesion_probability < NO_LESION_BELOW:
        return NO_LESION
    return UNSAID if item.predicted_jaccard is None else LEAST_SURE
