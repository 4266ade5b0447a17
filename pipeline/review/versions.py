"""A photo's revisions beside the mask that is being edited."""

from dataclasses import dataclass

from db.store import Store
from db.values import Revision
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.agreement import agreement
from imaging.values import Rle


@dataclass(frozen=True)
class Version:
    """A revision, the model it rests on (empty where on none), and how far it is the present mask.

    `dice` is from 0 to 1; `lesions` are how many it has if it has several, else 0.
    """

    revision: Revision
    model: str
    outline: Rle
    dice: float
    lesions: int

    def mask(self) -> Mask:
        """Its pixels, bool (H, W)."""
        return rle.decode(self.outline)


def compare_versions(store: Store, photo_id: int, present: Mask) -> tuple[Version, ...]:
    """All revisions of a photo beside a mask (H, W), the last first."""
    versions = []
    for drawn in reversed(store.revisions(photo_id)):
        outline = store.mask(drawn.revision.id)
        dice = agreement(rle.decode(outline), present).dice
        lesions = len(store.instances(drawn.revision.id))
        versions.append(Version(drawn.revision, drawn.model, outline, dice, lesions))
    return tuple(versions)
