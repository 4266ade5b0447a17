"""A photo as a page of many shows it: small, with the outline that stands, and soon forgotten."""

from collections.abc import Callable
from dataclasses import dataclass

from db.store import Store
from db.values import QueueItem
from imaging.framing import Mask, Pixels
from imaging.mask import rle
from pipeline.review.versions import nothing_on
from pipeline.review.whereabouts import Whereabouts
from pipeline.work.turns import Urgency
from pipeline.work.viewer import Viewer

MOST_SIDE = 1024
"""Pixels of a small picture's longer side at most, however near its lesion is seen."""


@dataclass(frozen=True, eq=False)
class Glance:
    """A small picture, uint8 (height, width, 3), and the mask on the photo's own pixels.

    The mask is that of `revision_id`; nothing where the photo has no outline.
    """

    picture: Pixels
    mask: Mask
    revision_id: int | None


def glance(
    store: Store, viewer: Viewer, item: QueueItem, side: Callable[[Mask | None], int]
) -> Glance:
    """Look at a photo with the outline that its line tells of.

    `side` says how many pixels the small picture's longer side needs; it is asked with the mask,
    None where there is none. Raises what `ReviewSession.open` raises.
    """
    mask = None if item.revision_id is None else rle.decode(store.mask(item.revision_id))
    # Behind a photo that is opened: that one is waited for.
    longest = min(MOST_SIDE, side(mask))
    where = Whereabouts.of(store, item.photo_id, item.path)
    viewed = where.read(lambda path: viewer.view(path, longest, Urgency.BACKGROUND))
    if mask is None:
        mask = nothing_on(viewed.photo.size)
    return Glance(viewed.photo.pixels, mask, item.revision_id)
