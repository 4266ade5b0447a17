"""Sentences over the screen: how many at once, and what they never cover."""

from collections.abc import Callable

import pytest
from textual.screen import Screen
from textual.widgets._toast import Toast

from tests.tui.driving import Clinic, flushed, settled, until
from tui.app import NevusApp

SIZES = (((80, 24), "4"), ((120, 40), "34"), ((60, 16), "4"), ((80, 30), "34"))
"""Terminals, with the numbers of the sentences that there is room for."""
SENTENCE = "A sentence with quite a few words in it, so that it takes some lines. "


def said(screen: Screen[None]) -> str:
    """The numbers of the sentences that are shown."""
    return "".join(toast._notification.message[0] for toast in screen.query(Toast))


@pytest.mark.parametrize(
    ("keys", "long"), [((), 3 * SENTENCE), (("z",), SENTENCE)], ids=["whole", "near"]
)
async def test_the_newest_are_shown_and_never_over_the_first_line(
    clinic: Clinic, make_app: Callable[[], NevusApp], keys: tuple[str, ...], long: str
) -> None:
    clinic.outline("photo.jpg")
    async with make_app().run_test(size=(80, 24), notifications=True) as pilot:
        screen = await settled(pilot)
        # What it says of the model would stay over all that is said here.
        await clinic.stop_ingest()
        await pilot.press(*keys)
        await settled(pilot)
        for size, newest in SIZES:
            pilot.app.clear_notifications()
            await pilot.resize_terminal(*size)
            await settled(pilot)
            await until(pilot, lambda: said(screen) == "")
            for number in range(5):
                pilot.app.notify(f"{number}: {long}", timeout=3600)
            await flushed(pilot)
            await until(pilot, lambda newest=newest: said(screen) == newest)  # type: ignore[misc]
            await flushed(pilot)
            check_places(screen, size[0])


def check_places(screen: Screen[None], width: int) -> None:
    first, last = screen.query_one("#progress").region, screen.query_one("#status").region
    for y in (*range(first.y, first.bottom), *range(last.y, last.bottom)):
        for x in range(width):
            assert not isinstance(screen.get_widget_at(x, y)[0], Toast)
    toast = screen.query(Toast).last()
    for y in (toast.region.y, toast.region.bottom - 1):
        assert screen.get_widget_at(toast.region.x + 2, y)[0] is toast
