"""How far a queue is decided: counted once, and kept right by each change of a line."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from db.counting import is_decided
from db.values import DecisionKind, QueueItem

KINDS = (
    DecisionKind.ACCEPTED,
    DecisionKind.CORRECTED,
    DecisionKind.REJECTED,
    DecisionKind.NO_LESION,
    DecisionKind.SKIPPED,
)
"""In the order in which they are told."""


@dataclass(frozen=True)
class Tally:
    """How many photos stand how; None are those that were never decided, or taken back."""

    counts: Mapping[DecisionKind | None, int] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, items: Iterable[QueueItem]) -> "Tally":
        """Count the lines of a queue."""
        return cls().add(items)

    def add(self, items: Iterable[QueueItem]) -> "Tally":
        """The tally with these lines beside."""
        counts = Counter(self.counts)
        counts.update(item.decision for item in items)
        return Tally(MappingProxyType(counts))

    def change(self, before: QueueItem, after: QueueItem) -> "Tally":
        """The tally once one line stands otherwise, without looking at the rest."""
        if before.decision is after.decision:
            return self
        counts = Counter(self.counts)
        counts[before.decision] -= 1
        counts[after.decision] += 1
        return Tally(MappingProxyType(counts))

    @property
    def photos(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Those that a reviewer will come to: the skipped ones come again."""
        return self.photos - self.decided

    @property
    def decided(self) -> int:
        """Those that he won't."""
        return sum(count for kind, count in self.counts.items() if is_decided(kind))

    def kinds(self) -> list[tuple[DecisionKind, int]]:
        """How many there are of each kind, those left out of which there is none."""
        return [(kind, self.counts[kind]) for kind in KINDS if self.counts.get(kind)]
