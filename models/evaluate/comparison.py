"""Which of two models is better, on the same photos."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Difference:
    """How much better one model is: the mean over photos, with its 95% interval."""

    mean: float
    low: float
    high: float

    @property
    def turned(self) -> "Difference":
        """How much better the other one is."""
        return Difference(-self.mean, -self.high, -self.low)


@dataclass(frozen=True)
class Comparison:
    """A model beside another one, on the same photos: differences of their Jaccards.

    `other` is that one's hash, `pairs` says on what; `kinds` has the difference on each kind of
    photo where those are known.
    """

    other: str
    pairs: str
    photos: int
    jaccard: Difference
    kinds: Mapping[str, Difference] = field(default_factory=dict)

    @property
    def worse_on(self) -> list[str]:
        """Where it is surely worse: the whole interval lies below 0. "" is all photos together."""
        told = {"": self.jaccard, **self.kinds}
        return [kind for kind, difference in told.items() if difference.high < 0]

    def of_the_other(self, own_hash: str) -> "Comparison":
        """The same, as the other model's card has it."""
        kinds = {kind: each.turned for kind, each in self.kinds.items()}
        return replace(self, other=own_hash, jaccard=self.jaccard.turned, kinds=kinds)


def comparison_from(known: Mapping[str, Any]) -> Comparison:
    """A comparison again, from what `dataclasses.asdict` made of it.

    Raises KeyError and TypeError where it is none.
    """
    kinds = {kind: Difference(**each) for kind, each in known["kinds"].items()}
    return Comparison(**{**known, "jaccard": Difference(**known["jaccard"]), "kinds": kinds})
