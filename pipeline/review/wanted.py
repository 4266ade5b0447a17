"""Which photos a reviewer wants to see, and in which order."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import total_ordering
from math import inf
from typing import Any

from db.counting import is_decided
from db.values import QueueItem
from pipeline.review.tally import KINDS

WAITING, DECIDED, EDITED_SINCE = "waiting", "decided", "edited since"
STANDS = (WAITING, *KINDS, DECIDED, EDITED_SINCE)
FLAGGED, UNFLAGGED = "flagged", "not flagged"
SCORES = ("1", "2", "3", "4", "5")
UNSCORED, UNSAID, NOT_OUTLINED = "no score", "not said", "no outline"
EMPTY = "nothing"
UNCOMPARED = "not compared"


class Facet(StrEnum):
    """By what photos may be told apart."""

    DECISION = "decision"
    REVIEWER = "reviewer"
    FOLDER = "folder"
    SCORE = "score"
    FLAG = "flag"
    SURENESS = "sureness"
    AREA = "area"
    DISAGREEMENT = "disagreement"


class Order(StrEnum):
    """By what they may be sorted; those of which it is not known come last."""

    QUEUE = "review order"
    NAME = "name"
    FOLDER = "folder"
    DECISION = "decision"
    REVIEWER = "reviewer"
    SCORE = "score"
    FLAG = "flag"
    SURENESS = "sureness"
    AREA = "area"
    DISAGREEMENT = "disagreement"


@dataclass(frozen=True)
class Band:
    """Numbers below a limit and not below that of the band before."""

    name: str
    below: float


SURENESS = (
    Band("below 0.50", 0.5),
    Band("0.50 to 0.65", 0.65),
    Band("0.65 to 0.80", 0.8),
    Band("0.80 and more", inf),
)
"""Of the Jaccard that the model expects of its outline."""
AREA = (Band("below 1%", 0.01), Band("1% to 10%", 0.1), Band("10% to 40%", 0.4), Band("more", inf))
"""Of the photo's."""
DISAGREEMENT = (
    Band("below 0.10", 0.1),
    Band("0.10 to 0.25", 0.25),
    Band("0.25 to 0.50", 0.5),
    Band("0.50 and more", inf),
)
"""1 - Jaccard of a decision and the outline of the model in use."""


@dataclass(frozen=True)
class Wanted:
    """Photos with every word of `text` in name or note, and these values; all of them at first.

    `values` has at most one of each facet. `reverse` turns the order round.
    """

    text: str = ""
    values: tuple[tuple[Facet, str], ...] = ()
    order: Order = Order.QUEUE
    reverse: bool = False

    @property
    def words(self) -> list[str]:
        """What is searched for, as `searchable` has it."""
        return searchable(self.text).split()

    @property
    def limits(self) -> bool:
        """Whether some photos may be left out."""
        return bool(self.values or self.words)

    @property
    def arranges(self) -> bool:
        """Whether they are in another order than that of the queue."""
        return self.order is not Order.QUEUE or self.reverse

    def value(self, facet: Facet) -> str | None:
        """Which value of a facet is wanted; None: any."""
        return dict(self.values).get(facet)

    def having(self, facet: Facet, value: str | None) -> "Wanted":
        """The same with this value of a facet."""
        values = {**dict(self.values), facet: value}
        kept = ((each, values.get(each)) for each in Facet)
        return replace(self, values=tuple((each, kind) for each, kind in kept if kind is not None))


ALL = Wanted()


def searchable(text: str) -> str:
    """A text as it is searched, whatever its case and however its accents are written."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFC", text).casefold()


def fits(item: QueueItem, text: str, wanted: Wanted) -> bool:
    """Whether a photo is wanted, of which `text` is searched."""
    return all(word in text for word in wanted.words) and all(
        has(item, facet, value) for facet, value in wanted.values
    )


def has(item: QueueItem, facet: Facet, value: str) -> bool:
    """Whether a photo has a value of a facet; a folder holds what lies anywhere below it."""
    if facet is Facet.FOLDER:
        return item.path.startswith(value + "/")
    return value in _VALUES[facet](item)


def select(
    items: Sequence[QueueItem], texts: Sequence[str], wanted: Wanted, count: int
) -> Sequence[int]:
    """The places of those of the first `count` photos that are wanted, in the order asked for.

    `texts` are what is searched of each.
    """
    places: Sequence[int] = range(count)
    # By one thing after the other, so that little is asked of a hundred thousand.
    for word in wanted.words:
        places = [place for place in places if word in texts[place]]
    for facet, value in wanted.values:
        places = [place for place in places if has(items[place], facet, value)]
    if not wanted.arranges:
        return places
    return sorted(places, key=lambda place: rank(items[place], place, wanted))


@total_ordering
class Backwards:
    """Something that is greater where its value is less."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Backwards) and bool(self.value == other.value)

    def __lt__(self, other: "Backwards") -> bool:
        return bool(other.value < self.value)

    __hash__ = None  # type: ignore[assignment]


def rank(item: QueueItem, place: int, wanted: Wanted) -> tuple[Any, ...]:
    """What a photo is sorted by, whose place in the queue this is."""
    key = place if wanted.order is Order.QUEUE else _KEYS[wanted.order](item)
    if key is None:
        return True, 0, place
    return False, Backwards(key) if wanted.reverse else key, place


def _stands(item: QueueItem) -> tuple[str, ...]:
    said = () if item.decision is None else (item.decision,)
    stands = DECIDED if is_decided(item.decision) else WAITING
    return (*said, stands, *((EDITED_SINCE,) if said and item.edited_since else ()))


def _band(value: float | None, bands: tuple[Band, ...], unknown: str) -> str:
    if value is None:
        return unknown
    return next(band.name for band in bands if value < band.below or band.below == inf)


def _area(item: QueueItem) -> str:
    if item.area_fraction == 0:
        return EMPTY
    return _band(item.area_fraction, AREA, NOT_OUTLINED)


def _natural(text: str) -> list[Any]:
    """So that 9 comes before 10: numbers stand at every second place."""
    parts: list[Any] = re.split(r"(\d+)", searchable(text))
    parts[1::2] = map(int, parts[1::2])
    return parts


def _folder(item: QueueItem) -> list[list[Any]]:
    return [_natural(part) for part in item.path.split("/")]


_VALUES: dict[Facet, Callable[[QueueItem], tuple[str, ...]]] = {
    Facet.DECISION: _stands,
    Facet.REVIEWER: lambda item: (item.reviewer,),
    Facet.SCORE: lambda item: (UNSCORED if item.score is None else str(item.score),),
    Facet.FLAG: lambda item: (FLAGGED if item.flag else UNFLAGGED,),
    Facet.SURENESS: lambda item: (_band(item.predicted_jaccard, SURENESS, UNSAID),),
    Facet.AREA: lambda item: (_area(item),),
    Facet.DISAGREEMENT: lambda item: (_band(item.disagreement, DISAGREEMENT, UNCOMPARED),),
}
_KEYS: dict[Order, Callable[[QueueItem], Any]] = {
    Order.NAME: lambda item: _natural(item.name),
    Order.FOLDER: _folder,
    Order.DECISION: lambda item: None if item.decision is None else KINDS.index(item.decision),
    Order.REVIEWER: lambda item: item.reviewer or None,
    Order.SCORE: lambda item: item.score,
    Order.FLAG: lambda item: not item.flag,
    Order.SURENESS: lambda item: item.predicted_jaccard,
    Order.AREA: lambda item: item.area_fraction,
    Order.DISAGREEMENT: lambda item: item.disagreement,
}
CHOICES: dict[Facet, tuple[str, ...]] = {
    Facet.DECISION: STANDS,
    Facet.SCORE: (*SCORES, UNSCORED),
    Facet.FLAG: (FLAGGED, UNFLAGGED),
    Facet.SURENESS: (*(band.name for band in SURENESS), UNSAID),
    Facet.AREA: (EMPTY, *(band.name for band in AREA), NOT_OUTLINED),
    Facet.DISAGREEMENT: (*(band.name for band in DISAGREEMENT), UNCOMPARED),
}
"""The values that a facet may have; reviewers and folders are what there is of them."""
