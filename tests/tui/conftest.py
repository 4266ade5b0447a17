"""A small clinic for the screens: drawn photos, a real database, the real processes, no model."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.support.databases import new_store
from tests.support.intake import without_model
from tests.tui.driving import Clinic, between_keys
from tui.app import NevusApp
from tui.screens.editing import SHOWN_FOR


@pytest.fixture(autouse=True)
def true_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with all colours, whichever one the tests are run in."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture(autouse=True)
def sentences_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said stays longer than any test runs, however slow the machine is."""
    for severity in SHOWN_FOR:
        monkeypatch.setitem(SHOWN_FOR, severity, 3600.0)


@pytest.fixture(autouse=True, scope="session")
def keys_are_done_when_their_messages_are() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in ("app", "pilot"):
            patch.setattr(f"textual.{module}.wait_for_idle", between_keys)
        yield


@pytest.fixture(autouse=True, scope="session")
def styles_are_read_once() -> Iterator[None]:
    """The style sheets of each app are the same, and what was read of them is changed by none."""
    read, found = Stylesheet._parse_rules, {}

    def read_once(sheet: Stylesheet, *sheet_text: Any, **place: Any) -> list[RuleSet]:
        variables = frozenset(sheet._variables.items())
        asked = (sheet_text, frozenset(place.items()), variables)
        if asked not in found:
            found[asked] = read(sheet, *sheet_text, **place)
        return found[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", read_once)
        yield


@pytest.fixture(scope="session")
def scorer() -> Iterator[Pool]:
    with closing(without_model()) as scorer:
        yield scorer


@pytest.fixture
def clinic(tmp_path: Path, scorer: Pool, viewer: Viewer) -> Iterator[Clinic]:
    folder = tmp_path / "photos"
    folder.mkdir()
    with (
        closing(new_store(tmp_path / "nevus.db")) as store,
        closing(ReviewSession(store, scorer, viewer, folder, "ada")) as session,
    ):
        yield Clinic(folder, store, scorer, viewer, session)


@pytest.fixture
def make_app(clinic: Clinic) -> Iterator[Callable[[], NevusApp]]:
    """Makes apps on the clinic and ends what runs behind them."""
    apps: list[NevusApp] = []

    def make() -> NevusApp:
        apps.append(clinic.app())
        return apps[-1]

    yield make
    for app in apps:
        app.finish()


@pytest.fixture
def three(clinic: Clinic) -> list[int]:
    """Three photos with outlines, in the order they came."""
    return clinic.outline_all([f"photo{number}.jpg" for number in range(3)])


@pytest.fixture
def four(clinic: Clinic) -> list[int]:
    """Four photos in two folders and beside them, in the order in which they are to be reviewed."""
    names = ("leg/naevus1.jpg", "leg/spot2.jpg", "arm/naevus3.jpg", "spot4.jpg")
    return clinic.outline_all(names, surer=True)
