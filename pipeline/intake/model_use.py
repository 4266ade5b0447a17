"""What is to be done in a database where a model is used: once at first, and behind all photos."""

from db.disagreements import Apart, Disagreement
from db.store import Store
from imaging.mask import rle

AT_ONCE = 16
"""Compared in one transaction; one of 12 megapixels takes milliseconds."""


class ModelUse:
    """One model's use, None where there is no model; for one thread. All raise StoreError."""

    def __init__(self, store: Store, model_hash: str | None) -> None:
        self._store = store
        self._model_hash = model_hash
        self._begun = False
        self._uncompared = True

    def begin(self) -> None:
        """Undecided photos stand on what the model drew of them before, where it did."""
        if self._model_hash is not None and not self._begun:
            self._store.begin_use(self._model_hash)
            self._begun = True

    def note(self) -> None:
        """A photo was outlined: what was decided on it may be to compare."""
        self._uncompared = True

    @property
    def has_more(self) -> bool:
        """Whether there may be decisions that were not compared with what the model draws."""
        return self._uncompared and self._model_hash is not None

    def compare_some(self) -> None:
        """Compare some decisions that were made on another model's outline with this one's.

        How far they are apart is 1 - Jaccard, at the photo's full size.
        """
        if self._model_hash is None:
            return
        found = self._store.apart(self._model_hash, AT_ONCE)
        if found:
            made = [Disagreement(each, 1 - _jaccard(each)) for each in found]
            self._store.note_disagreements(self._model_hash, made)
        self._uncompared = len(found) == AT_ONCE


def _jaccard(apart: Apart) -> float:
    if apart.decided is None:
        return 0.0 if rle.area(apart.outline) else 1.0
    return rle.jaccard(apart.decided, apart.outline)
