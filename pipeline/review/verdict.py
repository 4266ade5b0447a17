"""What a decision is stored as."""

from db.values import DecisionKind

OUTLINE = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED)
"""The decisions that stand by an outline."""


def stored_kind(kind: DecisionKind, edited: bool) -> DecisionKind:
    """An outline accepted with live edits is a corrected one; all else is stored as it was said."""
    if kind not in OUTLINE:
        return kind
    return DecisionKind.CORRECTED if edited else DecisionKind.ACCEPTED
