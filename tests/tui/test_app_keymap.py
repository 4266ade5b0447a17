"""One table of keys: nothing in it leads nowhere, and nothing is bound twice."""

from collections import Counter

import pytest

from tui.app import NevusApp
from tui.keymap import COMMANDS, EDIT_HINTS, REVIEW_HINTS, by_key
from tui.screens.review import ReviewScreen


def test_no_key_does_two_things() -> None:
    assert max(Counter(command.key for command in COMMANDS).values()) == 1


@pytest.mark.parametrize("action", sorted({command.action for command in COMMANDS}))
def test_every_action_exists(action: str) -> None:
    target = NevusApp if action.startswith("app.") else ReviewScreen
    name = action.removeprefix("app.").partition("(")[0]
    assert callable(getattr(target, f"action_{name}"))


def test_every_hint_has_its_key_and_its_word() -> None:
    for key in (*REVIEW_HINTS, *EDIT_HINTS):
        assert by_key(key).shown
        assert by_key(key).hint
