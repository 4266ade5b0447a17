"""What belongs to a photo until it is decided: its score, and whether an empty outline is meant."""

from collections.abc import Callable

import pytest

from db.values import DecisionKind
from tests.tui.driving import Clinic, sentences, settled, shown_photo, text_of
from tui.app import NevusApp

MakeApp = Callable[[], NevusApp]
QUESTION = (
    "The outline of blank.jpg is empty. a accepts it empty all the same; n says no lesion, "
    "u undoes."
)


@pytest.fixture
def blank(clinic: Clinic) -> list[int]:
    """A photo in which the model drew nothing, and one with an outline."""
    return [clinic.outline_nothing("blank.jpg"), clinic.outline("photo.jpg", 1)]


async def test_an_empty_outline_is_accepted_only_when_asked_twice(
    clinic: Clinic, make_app: MakeApp, blank: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        details = text_of(screen, "#details Static")
        assert "nothing outlined" in details
        assert "model lesion: nothing" in details
        assert "outlined, lesion" not in details
        await pilot.press("a")
        screen = await settled(pilot)
        assert QUESTION in sentences(pilot)
        assert shown_photo(screen) == blank[0]
        assert clinic.item(blank[0]).decision is None
        await pilot.press("j", "k")
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(blank[0]).decision is None
        await pilot.press("a")
        assert shown_photo(await settled(pilot)) == blank[1]
    assert clinic.item(blank[0]).decision is DecisionKind.ACCEPTED


async def test_a_correction_erased_to_nothing_is_asked_about_too(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo = clinic.outline("photo.jpg", number=-9)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("e", "x", *["right_square_bracket"] * 14, "space", "space", "escape")
        screen = await settled(pilot)
        assert "nothing outlined" in text_of(screen, "#details Static")
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(photo).decision is None
        # An edit makes it another outline: the question is put again.
        await pilot.press("u", "ctrl+r")
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(photo).decision is None
        await pilot.press("a")
        await settled(pilot)
    assert clinic.item(photo).decision is DecisionKind.CORRECTED


async def test_a_score_stays_with_its_photo_until_it_is_decided_and_comes_back(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photos = clinic.outline_all([f"photo{number}.jpg" for number in range(2)])
    async with make_app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("4", "j")
        screen = await settled(pilot)
        assert "score" not in text_of(screen, "#status")
        await pilot.press("k")
        screen = await settled(pilot)
        assert "score 4" in text_of(screen, "#status")
        await pilot.press("a")
        screen = await settled(pilot)
        assert "score" not in text_of(screen, "#status")
        await pilot.press("U")
        screen = await settled(pilot)
        assert shown_photo(screen) == photos[0]
        assert "score 4" in text_of(screen, "#status")
        await pilot.press("a")
        await settled(pilot)
        await pilot.press("k", "t")
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
    [corrected] = clinic.store.reviewed([DecisionKind.CORRECTED])
    assert corrected.decision.score == 4
