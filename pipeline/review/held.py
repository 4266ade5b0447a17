"""Which of a photo's live edits its decision holds: those made since are told and stored."""

from db.counting import is_decided
from db.values import QueueItem
from pipeline.review.verdict import OUTLINE


def count_held(row: QueueItem, edits: int) -> int | None:
    """How many of the live edits of a photo just opened belong to its decision.

    None where there is no decision to look after: more edits are nothing but a draft then. What an
    accepted outline holds is the revision they are made on, a rejected one had them already.
    """
    if not is_decided(row.decision):
        return None
    return 0 if row.decision in OUTLINE or row.edited_since else edits


def is_edited_since(held: int | None, edits: int) -> bool:
    """Whether there are more live edits than the decision holds."""
    return held is not None and edits > held
