"""What a reviewer says of a photo, and what that is stored as."""

from dataclasses import dataclass

from db.values import NO_REMARKS, Decision, DecisionKind, Remarks
from pipeline.review.waiting import Said
from pipeline.settings_table import REJECT_REASONS, SCORE_WORDS

OUTLINE = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED)
"""The decisions that stand by an outline."""


@dataclass(frozen=True)
class Vocabulary:
    """Why a reviewer may reject, as he chooses it by number, and what the scores from 1 on mean."""

    reasons: tuple[str, ...] = REJECT_REASONS
    scores: tuple[str, ...] = SCORE_WORDS


USUAL = Vocabulary()


@dataclass(frozen=True)
class Ruling:
    """A decision as it is said; `seconds` is how long the reviewer looked.

    `reason` is why it rejects. An empty outline is accepted only where it `may_be_empty`.
    """

    kind: DecisionKind
    seconds: float
    remarks: Remarks = NO_REMARKS
    reason: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True)
class TakenBack:
    """A decision that was taken back, and what is said of its photo now.

    `passed_over` is what another reviewer has said since of a photo that was decided later than
    this one: it stands, so that nothing was there to take back.
    """

    decision: Decision
    stands: Said
    passed_over: Decision | None = None


def stored_kind(kind: DecisionKind, edited: bool) -> DecisionKind:
    """An outline accepted with edits is a corrected one; all else is stored as it was said."""
    if kind not in OUTLINE:
        return kind
    return DecisionKind.CORRECTED if edited else DecisionKind.ACCEPTED
