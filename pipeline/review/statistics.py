"""What a review has come to: how much of it, how fast, and how right the model's outlines were."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import accumulate

from db.statistics import SPELL, Decided, Final, Timed, Work
from db.store import Store
from db.values import DecisionKind
from imaging.mask.rle import dice

LATEST = 1000
"""Masks that are compared, those that were taken last: to compare all would take ever longer."""
UNCHANGED = 1.0
"""Dice of a mask that was taken as it was."""
NO_MODEL = "no model"
"""Whose outlines those are that were drawn where there was none."""
HASH = 6
"""Letters of a model's hash that tell two of one name apart."""


@dataclass(frozen=True)
class Spread:
    """How numbers are spread: the middle one, and between which the middle half of them lies."""

    count: int
    lower: float
    median: float
    upper: float

    @classmethod
    def of(cls, found: Mapping[float, int]) -> "Spread | None":
        """Of numbers, each with how often it was found; None of none.

        Each is one of the numbers: the first that so many of them don't exceed.
        """
        values = sorted(value for value, count in found.items() if count)
        upto = list(accumulate(found[value] for value in values))
        if not values:
            return None
        lower, median, upper = (values[bisect_left(upto, part * upto[-1])] for part in QUARTILES)
        return cls(upto[-1], lower, median, upper)


QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Share:
    """What one reviewer decided, or was decided on one model's outlines, or all of it.

    `changed` is how alike the model's outline and the corrected one are, by Dice; `taken` likewise
    of all that were taken, changed or not.
    """

    name: str
    kinds: Mapping[DecisionKind, int]
    seconds: Spread | None
    changed: Spread | None
    taken: Spread | None

    @property
    def reviewed(self) -> int:
        """How many photos were decided; skipped ones come again."""
        return sum(self.kinds.values()) - self.kinds.get(DecisionKind.SKIPPED, 0)


@dataclass(frozen=True)
class Statistics:
    """All that is told.

    `reviewed` is how many photos had been decided at which moments, of the local time and without a
    zone, a spell apart where any were decided between, and none later than now. `seconds` are how
    often photos took so long, `dices` how often corrected outlines were so much like the model's;
    `compared` of them all.
    """

    total: Share
    reviewers: tuple[Share, ...]
    models: tuple[Share, ...]
    reviewed: tuple[tuple[datetime, int], ...]
    seconds: Mapping[float, int]
    dices: Mapping[float, int]
    compared: int


def read_statistics(store: Store, zone: tzinfo | None = None, latest: int = LATEST) -> Statistics:
    """Count what the database holds; takes as long as counting takes. Raises StoreError.

    Times are told in a `zone`, the machine's if None.
    """
    with store.at_one_moment() as present:
        heap = _Heap()
        decided, timed = present.decided(), present.timed()
        finals = [(final.work, _dice(final)) for final in present.finals(latest)]
        names = _told_apart(present.model_names())
    for one in decided:
        heap.count(one)
    for taken in timed:
        heap.time(taken)
    for work, alike in finals:
        heap.compare(work, alike)
    return heap.statistics(names, _over_time(decided, zone, datetime.now(zone)))


def _dice(final: Final) -> float | None:
    return None if final.masks is None else dice(*final.masks)


@dataclass
class _Pile:
    """What is counted of one reviewer, of one model, or of all."""

    kinds: Counter[DecisionKind] = field(default_factory=Counter)
    seconds: Counter[float] = field(default_factory=Counter)
    changed: Counter[float] = field(default_factory=Counter)
    unchanged: int = 0

    def share(self, name: str) -> Share:
        taken = self.changed + Counter({UNCHANGED: self.unchanged})
        spreads = (Spread.of(each) for each in (self.seconds, self.changed, taken))
        return Share(name, dict(self.kinds), *spreads)


class _Heap:
    """Piles for all, for each reviewer and for each model."""

    def __init__(self) -> None:
        self._total = _Pile()
        self._reviewers: dict[str, _Pile] = {}
        self._models: dict[str, _Pile] = {}

    def _piles(self, work: Work) -> Iterable[_Pile]:
        yield self._total
        yield self._reviewers.setdefault(work.reviewer, _Pile())
        yield self._models.setdefault(work.model, _Pile())

    def count(self, decided: Decided) -> None:
        for pile in self._piles(decided.work):
            pile.kinds[decided.kind] += decided.photos

    def time(self, timed: Timed) -> None:
        for pile in self._piles(timed.work):
            pile.seconds[timed.seconds] += timed.photos

    def compare(self, work: Work, alike: float | None) -> None:
        for pile in self._piles(work):
            if alike is None:
                pile.unchanged += 1
            else:
                pile.changed[alike] += 1

    def statistics(
        self, names: Mapping[str, str], reviewed: Sequence[tuple[datetime, int]]
    ) -> Statistics:
        reviewers = [pile.share(name) for name, pile in self._reviewers.items()]
        models = [pile.share(names.get(key, NO_MODEL)) for key, pile in self._models.items()]
        total = self._total
        return Statistics(
            total.share("all"),
            _most_first(reviewers),
            _most_first(models),
            tuple(reviewed),
            total.seconds,
            total.changed,
            total.unchanged + total.changed.total(),
        )


def _most_first(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda share: (-share.reviewed, share.name)))


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Each model's name, with the beginning of its hash where another one has the same name."""
    often = Counter(names.values())
    return {
        key: name if often[name] == 1 else f"{name} {key[:HASH]}" for key, name in names.items()
    }


def _over_time(
    decided: Iterable[Decided], zone: tzinfo | None, now: datetime
) -> list[tuple[datetime, int]]:
    now = now.replace(tzinfo=None)
    spells: Counter[datetime] = Counter()
    for one in decided:
        if one.kind is not DecisionKind.SKIPPED:
            spells[one.since.astimezone(zone).replace(tzinfo=None)] += one.photos
    moments: dict[datetime, int] = {}
    so_far = 0
    for since in sorted(spells):
        moments.setdefault(since, so_far)
        so_far += spells[since]
        end = since + SPELL
        # The last spell may last still; one that begins later was told by another clock.
        moments[now if since < now < end else end] = so_far
    return list(moments.items())


@dataclass(frozen=True)
class Histogram:
    """How many of numbers lie in steps of so much from 0 on; the last one holds all above, too."""

    step: float
    counts: tuple[int, ...]

    @classmethod
    def of(cls, found: Mapping[float, int], step: float, bars: int) -> "Histogram":
        """Of numbers, each with how often it was found."""
        counts = [0] * bars
        for value, often in found.items():
            counts[min(int(value / step), bars - 1)] += often
        return cls(step, tuple(counts))


BARS = 20
STEPS = (0.5, 1, 2, 3, 5, 10, 15, 30, 60)
"""Seconds."""


def histogram_of_dices(found: Mapping[float, int]) -> Histogram:
    """How many outlines were how much like the model's, in even steps up to 1."""
    return Histogram.of(found, 1 / BARS, BARS)


def histogram_of_seconds(found: Mapping[float, int]) -> Histogram:
    """How many photos took how long, in steps in which most of them can be told apart."""
    spread = Spread.of(found)
    most = 0.0 if spread is None else 2 * spread.upper
    step = next((step for step in STEPS if step * BARS >= most), STEPS[-1])
    return Histogram.of(found, step, BARS)
