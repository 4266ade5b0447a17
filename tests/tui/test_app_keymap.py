"""One table of keys: each leads somewhere, none is bound twice, and a person may choose others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.values import DecisionKind
from pipeline.settings import BadSettings, read_settings
from tests.tui.driving import Clinic, settled, text_of
from tui.app import NevusApp
from tui.key_table import COMMANDS, EDIT_HINTS, MOUSE_AND_ARROWS, REVIEW_HINTS, Group
from tui.keymap import Keymap, UnfitKeys
from tui.preferences import Preferences
from tui.screens.help import HelpScreen
from tui.screens.review import ReviewScreen

IDS = [item.id for item in COMMANDS]


@pytest.mark.parametrize("action", sorted({command.action for command in COMMANDS}))
def test_every_action_exists(action: str) -> None:
    target = NevusApp if action.startswith("app.") else ReviewScreen
    name = action.removeprefix("app.").partition("(")[0]
    assert callable(getattr(target, f"action_{name}"))


def test_no_text_of_the_help_is_wider_than_its_narrowest_column() -> None:
    texts = [item.help for item in COMMANDS] + [text for _, text in MOUSE_AND_ARROWS]
    # At 120 columns, behind the keys; what is wider goes on beneath them.
    assert [text for text in texts if len(text) > 22] == []


def test_every_command_has_an_id_and_a_line_of_the_help() -> None:
    keymap = Keymap()
    assert len(set(IDS)) == len(IDS)
    told = [item.id for line, text in keymap.lines(*Group) for item in line if text]
    assert sorted(told) == sorted(IDS)
    for name in (*REVIEW_HINTS, *EDIT_HINTS):
        assert keymap.command(name).hint
    assert keymap.keys_beside(keymap.command("score_3")) == "1–5"
    assert keymap.keys_beside(keymap.command("smaller")) == "[ ]"
    assert keymap.key("redo") == "^r"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"acept": "f2"}, "there is no command 'acept'; nevus settings --keys lists"),
        ({"accept": "r"}, "r is the key of accept and of reject. Choose another"),
        ({"accept": "*"}, "* is the key of accept and of flag"),
        ({"accept": "ctrl+c"}, "'ctrl+c' can't be the key of accept. A key is one character"),
        ({"accept": "space"}, "'space' can't be"),
        ({"accept": " "}, "' ' can't be"),
        ({"accept": ""}, "'' can't be"),
        ({"accept": "\x1b"}, "can't be"),
        ({"accept": "f13"}, "'f13' can't be"),
    ],
)
def test_keys_that_can_not_be_are_refused(chosen: dict[str, str], words: str) -> None:
    with pytest.raises(UnfitKeys) as refused:
        Keymap(chosen)
    assert words in str(refused.value)


@given(st.permutations([item.key_name for item in COMMANDS if len(item.key_name) == 1]))
def test_any_exchange_of_keys_holds(keys: list[str]) -> None:
    single = [item.id for item in COMMANDS if len(item.key_name) == 1]
    keymap = Keymap(dict(zip(single, keys, strict=True)))
    assert [keymap.key(name) for name in single] == keys
    assert {item.id for item in keymap.commands} == set(IDS)


async def test_a_chosen_key_does_its_command_and_is_said_everywhere(clinic: Clinic) -> None:
    first, second = clinic.outline("a.jpg"), clinic.outline("b.jpg", 1)
    exchanged = {"accept": "r", "reject": "a", "take_back": "+", "nearer": "U"}
    taste = Preferences(keymap=Keymap({**exchanged, "quit": "f2", "brush": "ö"}))
    app = NevusApp(clinic.session, clinic._ingest, preferences=taste)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await settled(pilot)
            assert "r accept  a reject" in text_of(screen, "#keys")
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("a")
            await settled(pilot)
            assert "k goes back, + takes the" in " ".join(text_of(screen, "#canvas").split())
            await pilot.press("plus")
            await settled(pilot)
            await pilot.press("ö")
            assert "brush" in text_of(screen, "#status")
            await pilot.press("escape", "x")
            await settled(pilot)
            assert any("ö takes the brush" in each.message for each in app._notifications)
            await pilot.press("question_mark")
            await pilot.pause()
            assert isinstance(app.screen, HelpScreen)
            assert "r       Accept the outline" in text_of(app.screen, "#help > Static")
            await pilot.press("f2")
            assert app.screen_stack == [screen]
    finally:
        app.finish()
    assert clinic.item(first).decision is DecisionKind.ACCEPTED
    assert clinic.item(second).decision is None


def test_keys_are_set_in_the_file_and_in_a_variable() -> None:
    held = read_settings({}, {"NEVUS_KEYS": "accept=f2; undo = z1"})
    assert held.keys == {"accept": "f2", "undo": "z1"}
    with pytest.raises(BadSettings, match="NEVUS_KEYS: 'z1' can't be the key of undo"):
        Preferences.of(held)
