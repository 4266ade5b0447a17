"""Decisions on another model's outlines are compared with what the model in use draws."""

from db.disagreements import Apart, Disagreement
from db.store import Store
from imaging.mask import rle

AT_ONCE = 16
"""Compared in one transaction; one of 12 megapixels takes milliseconds."""


def compare_some(store: Store, model_hash: str) -> bool:
    """Compare some decisions with a model's outlines; whether there may be more. Raises StoreError.

    How far they are apart is 1 - Jaccard, at the photo's full size.
    """
    found = store.apart(model_hash, AT_ONCE)
    if found:
        made = [Disagreement(each, 1 - _jaccard(each)) for each in found]
        store.note_disagreements(model_hash, made)
    return len(found) == AT_ONCE


def _jaccard(apart: Apart) -> float:
    if apart.decided is None:
        return 0.0 if rle.area(apart.outline) else 1.0
    return rle.jaccard(apart.decided, apart.outline)
