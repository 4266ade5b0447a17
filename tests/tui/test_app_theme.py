"""The dark and the light theme: begun with, switched to, and readable."""

from collections.abc import Callable
from itertools import product

import pytest
from rich.color import Color as Drawn
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import Theme

from pipeline.settings_table import THEME_NAMES
from tests.tui.driving import Clinic, flushed, sentences, settled, until
from tui.app import NevusApp
from tui.preferences import Preferences
from tui.screens.review import ReviewScreen
from tui.theme import THEMES, USUAL
from tui.widgets.contact_sheet import ContactSheet

SHOWN = (
    ((), ()),
    (("z",), ("z",)),
    (("g",), ("escape",)),
    (("e",), ("escape",)),
    (("V",), ("escape",)),
    (("R",), ("escape",)),
    (("F",), ("escape",)),
    (("c",), ("escape",)),
    (("question_mark",), ("escape",)),
    (("P",), ("escape",)),
)
"""Keys that show all there is besides the photo, with those that put it away."""
TEXTS = ("foreground", "quiet", "accent", "success", "warning", "error")
GROUNDS = ("background", "surface", "panel", "cursor")
READABLE, SEEN = 4.5, 2.3
"""Contrasts: WCAG's for text, and what a heading or an empty bar needs to be seen at all."""


def colour_of(theme: Theme, name: str) -> Color:
    return Color.parse(theme.variables.get(name) or getattr(theme, name))


def contrast(one: Color, other: Color) -> float:
    """The ratio of WCAG 2, from 1 to 21."""

    def luminance(colour: Color) -> float:
        parts = (part / 255 for part in colour.rgb)
        linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def own_colours(theme: Theme) -> set[tuple[int, int, int]]:
    return {colour_of(theme, name).rgb for name in (*TEXTS, *GROUNDS, "faint")}


def colours_on(pilot: Pilot[None]) -> set[tuple[int, int, int]]:
    """All that is drawn on the screen, letters and grounds."""
    styles = {
        segment.style
        for strip in pilot.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style is not None
    }
    found = {colour for style in styles for colour in (style.color, style.bgcolor)}
    return {_rgb(colour) for colour in found if colour is not None}


def _rgb(colour: Drawn) -> tuple[int, int, int]:
    red, green, blue = colour.get_truecolor()
    return red, green, blue


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until nothing is drawn any more."""
    await flushed(pilot)
    running = [worker for worker in pilot.app.workers if not worker.is_finished]
    await pilot.app.workers.wait_for_complete(running)
    screen = pilot.app.screen
    if isinstance(screen, ReviewScreen) and screen.on_sheet:
        sheet = screen.query_one(ContactSheet)
        await until(pilot, lambda: sheet.next_undrawn() is None)
    await flushed(pilot)


async def switch(pilot: Pilot[None]) -> None:
    """Choose the other theme where every command is found."""
    await pilot.press("ctrl+p", *"dark or light")
    await pilot.pause()
    await until(pilot, lambda: pilot.app.screen.query_one("#--results").display)
    await pilot.app.workers.wait_for_complete()
    await pilot.press("enter")
    await at_rest(pilot)


def test_the_settings_name_the_themes_there_are() -> None:
    assert set(THEME_NAMES) == set(THEMES)
    assert USUAL in THEMES
    assert all(theme.dark is (name == "dark") for name, theme in THEMES.items())


@pytest.mark.parametrize("name", THEMES)
def test_every_text_is_readable_on_every_ground(name: str) -> None:
    theme = THEMES[name]
    for text, ground in product(TEXTS, GROUNDS):
        assert contrast(colour_of(theme, text), colour_of(theme, ground)) >= READABLE, (
            f"{text} on {ground}"
        )
    for ground in GROUNDS:
        assert contrast(colour_of(theme, "faint"), colour_of(theme, ground)) >= SEEN
    # What is in hand is written in the ground's colour on the accent.
    assert contrast(colour_of(theme, "background"), colour_of(theme, "accent")) >= READABLE


@pytest.mark.parametrize("name", THEMES)
async def test_it_begins_with_the_theme_that_is_set(
    clinic: Clinic, make_app: Callable[[], NevusApp], name: str
) -> None:
    clinic.outline("photo.jpg")
    app = NevusApp(clinic.session, make_app()._make_ingest, preferences=Preferences(theme=name))
    other = next(theme for key, theme in THEMES.items() if key != name)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert colour_of(THEMES[name], "background").rgb in colours_on(pilot)
        assert not colours_on(pilot) & own_colours(other)
    app.finish()


async def test_nothing_keeps_the_colours_of_the_theme_before(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    dark, light = THEMES["dark"], THEMES["light"]
    clinic.outline_all([f"photo{number}.jpg" for number in range(3)])
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
        await clinic.stop_ingest()
        for asked, put_away in SHOWN:
            await pilot.press(*asked)
            await at_rest(pilot)
            # What is asked for is drawn for the first time in these colours.
            assert colours_on(pilot) & own_colours(dark), asked
            assert not colours_on(pilot) & own_colours(light), asked
            pilot.app.action_switch_theme()  # type: ignore[attr-defined]
            await at_rest(pilot)
            assert not colours_on(pilot) & own_colours(dark), asked
            assert colour_of(light, "panel").rgb in colours_on(pilot), asked
            await pilot.press(*put_away)
            pilot.app.action_switch_theme()  # type: ignore[attr-defined]
            await at_rest(pilot)


async def test_the_command_palette_switches_it_and_says_how_it_stays(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    clinic.outline("photo.jpg")
    async with make_app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await switch(pilot)
        assert pilot.app.theme == "light"
        assert sentences(pilot)[-1] == (
            'Light in this folder. theme = "light" in your settings: everywhere.'
        )
        await switch(pilot)
        assert pilot.app.theme == "dark"
