"""What a reviewer says of a photo, and what that is stored as."""

from dataclasses import dataclass

from db.values import Decision, DecisionKind

OUTLINE = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED)
"""The decisions that stand by an outline."""


@dataclass(frozen=True)
class Ruling:
    """A decision as it is said; `seconds` is how long the reviewer looked.

    An empty outline is accepted only where it `may_be_empty`.
    """

    kind: DecisionKind
    seconds: float
    score: int | None = None
    note: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True)
class TakenBack:
    """A decision that was taken back, and the one before it that stands again, if there is one."""

    decision: Decision
    stands: DecisionKind | None


def stored_kind(kind: DecisionKind, edited: bool) -> DecisionKind:
    """An outline accepted with live edits is a corrected one; all else is stored as it was said."""
    if kind not in OUTLINE:
        return kind
    return DecisionKind.CORRECTED if edited else DecisionKind.ACCEPTED
