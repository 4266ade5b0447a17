"""The folder is looked through behind the first photo, and at once where none is to be drawn."""

from collections.abc import Callable, Iterable

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.message import Message

from db.values import DecisionKind
from pipeline.review.verdict import Ruling
from tests.tui.driving import PATIENCE, Clinic, settled, shown_photo
from tui.app import Hear, NevusApp
from tui.preferences import Preferences
from tui.theme import THEMES
from tui.widgets.workbench import Workbench

Arrange = Callable[[Clinic], None]


def nothing(_clinic: Clinic) -> None:
    """An empty folder."""


def gone(clinic: Clinic) -> None:
    clinic.outline("gone.jpg")
    (clinic.folder / "gone.jpg").unlink()


def decided(clinic: Clinic) -> None:
    opened = clinic.session.open(clinic.outline("decided.jpg"))
    clinic.session.decide(opened, Ruling(DecisionKind.ACCEPTED, 1.0))


@pytest.fixture(autouse=True)
def no_other_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.app.AT_LATEST", 10 * PATIENCE)


@pytest.mark.parametrize("arrange", [nothing, gone, decided])
async def test_a_folder_of_which_nothing_is_drawn_is_looked_through(
    clinic: Clinic, make_app: Callable[[], NevusApp], arrange: Arrange
) -> None:
    arrange(clinic)
    async with make_app().run_test() as pilot:
        assert shown_photo(await settled(pilot)) is None
        assert clinic.ingests


async def test_it_is_looked_through_once_the_first_photo_is_seen(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    clinic.outline("first.jpg")
    app, seen = make_app(), list[bool]()
    make_ingest = app._make_ingest

    def make_and_tell(hear: Hear) -> object:
        seen.append(app._review.query_one(Workbench).opened is not None)
        return make_ingest(hear)

    app._make_ingest = make_and_tell  # type: ignore[assignment]
    async with app.run_test() as pilot:
        await settled(pilot)
        assert seen == [True]


@pytest.mark.parametrize("theme", THEMES)
async def test_the_styles_are_read_once_and_in_the_colours_of_the_theme(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    again, reparse = list[Stylesheet](), Stylesheet.reparse

    def noted(styles: Stylesheet) -> None:
        again.append(styles)
        reparse(styles)

    monkeypatch.setattr(Stylesheet, "reparse", noted)
    app = NevusApp(clinic.session, clinic._ingest, preferences=Preferences(theme=theme))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert again == []
        assert app.screen.styles.background.hex.lower() == THEMES[theme].background
        assert app.has_class(f"-{theme}-mode")


@pytest.mark.parametrize(("width", "expected"), [(80, "-narrow"), (160, "-wide")])
async def test_the_screen_is_never_styled_for_another_width_than_its_own(
    clinic: Clinic, make_app: Callable[[], NevusApp], width: int, expected: str
) -> None:
    app, widths, arranged = make_app(), set[frozenset[str]](), set[bool]()

    def note(_message: Message) -> None:
        if app.screen_stack and app.screen.children:
            widths.add(app.screen.classes & {"-narrow", "-wide"})
            if app.screen.size:
                arranged.add(app.screen.query_one("#table").styles.has_rule("grid_columns"))

    async with app.run_test(size=(width, 48), message_hook=note) as pilot:
        await settled(pilot)
    assert widths == {frozenset({expected})}
    assert arranged == {True}


async def test_what_was_just_composed_is_not_styled_again_to_be_seen(
    clinic: Clinic, make_app: Callable[[], NevusApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.outline("first.jpg")
    styled, update_nodes = list[int](), Stylesheet.update_nodes

    def note(styles: Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        styled.append(len(each := list(nodes)))
        update_nodes(styles, each, animate)

    monkeypatch.setattr(Stylesheet, "update_nodes", note)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        # The screen as it comes, and what has the keys.
        assert max(styled) == 1
