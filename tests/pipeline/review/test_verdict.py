import pytest

from db.values import DecisionKind
from pipeline.review.verdict import OUTLINE, stored_kind


@pytest.mark.parametrize("kind", OUTLINE)
def test_an_outline_accepted_with_edits_is_corrected(kind: DecisionKind) -> None:
    assert stored_kind(kind, edited=True) is DecisionKind.CORRECTED
    assert stored_kind(kind, edited=False) is DecisionKind.ACCEPTED


@pytest.mark.parametrize("kind", sorted(set(DecisionKind) - set(OUTLINE)))
@pytest.mark.parametrize("edited", [True, False])
def test_what_stands_by_no_outline_is_stored_as_it_was_said(
    kind: DecisionKind, edited: bool
) -> None:
    assert stored_kind(kind, edited) is kind
