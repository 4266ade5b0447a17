"""The contact sheet: a page accepted at once, and taken back as one."""

from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from textual.pilot import Pilot

from db.values import DecisionKind, Remarks
from pipeline.intake.ingest import IngestProgress
from pipeline.review.verdict import Ruling
from tests.tui.driving import Clinic, flushed, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.contact_sheet import ContactSheet
from tui.widgets.progress import Progress

SAMPLES = Path(__file__).parents[2] / "sample_images"


@pytest.fixture
def photos(clinic: Clinic) -> Clinic:
    """Three real photos with an outline in their middle, and one without."""
    for number, name in enumerate(("hairy.jpg", "near-the-border.jpg", "out-of-focus.jpg")):
        clinic.outline_file(Path(copy(SAMPLES / name, clinic.folder)), number, 0.9 - number / 10)
    clinic.take_in(Path(copy(SAMPLES / "pigment-network.png", clinic.folder)))
    return clinic


async def on_sheet(
    clinic: Clinic, pilot: Pilot[None], accepts: int = 3
) -> tuple[ReviewScreen, ContactSheet]:
    """The sheet, with all that can be drawn drawn, and seen for long enough."""
    screen = await settled(pilot)
    await until(pilot, lambda: shown_photo(screen) is not None)
    await clinic.stop_ingest()
    await settled(pilot)
    await pilot.press("g")
    sheet = screen.query_one(ContactSheet)
    await until(pilot, lambda: f"a accepts {accepts}" in text_of(screen, "#sheet-head"))
    return screen, sheet


def decisions(clinic: Clinic) -> list[DecisionKind | None]:
    return [item.decision for item in clinic.items()]


async def test_a_page_is_accepted_but_for_what_was_taken_out_and_taken_back_as_one(
    photos: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    accepted = DecisionKind.ACCEPTED
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen, sheet = await on_sheet(photos, pilot)
        await pilot.press("home", "space")
        await flushed(pilot)
        assert "1 taken out" in text_of(screen, "#sheet-head")
        assert "taken out" in text_of(screen, "#sheet")
        await pilot.press("a")
        await settled(pilot)
        assert decisions(photos) == [None, accepted, accepted, None]
        reviewed = [each.decision for each in photos.store.reviewed([accepted])]
        assert len({each.batch for each in reviewed}) == 1
        assert all(each.seconds > 0 for each in reviewed)
        # What waits is where the frame is, and may be opened.
        waiting = sheet.items[0].photo_id
        await pilot.press("enter")
        await settled(pilot)
        assert shown_photo(screen) == waiting
        await pilot.press("g")
        await settled(pilot)
        await pilot.press("U")
        await settled(pilot)
        assert decisions(photos) == [None] * 4
        await pilot.press("escape")
        await settled(pilot)
        assert shown_photo(screen) is not None


async def test_what_is_not_drawn_is_not_accepted(
    photos: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen, sheet = await on_sheet(photos, pilot)
        # Larger ones: none of them is drawn at the moment of the key.
        sheet.resize(1)
        screen.action_decide("accepted")
        await settled(pilot)
        assert decisions(photos) == [None] * 4
        toast = "\n".join(each.message for each in pilot.app._notifications)
        assert "None accepted. Not accepted: 2 not drawn yet." in toast


def test_a_page_of_photos(
    snap_compare: Callable[..., bool], clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    for number in range(8):
        clinic.outline(f"IMG_2026_{number}.png", number, predicted_jaccard=0.6 + number / 25)
    clinic.take_in(clinic.draw("IMG_2026_8.png", 20))
    first = clinic.items()[0]
    clinic.session.decide(clinic.session.open(first.photo_id), Ruling(DecisionKind.REJECTED, 1.0))
    clinic.session.remark(first.photo_id + 2, Remarks(flag=True), lambda: None)

    async def look(pilot: Pilot[None]) -> None:
        screen, _ = await on_sheet(clinic, pilot, accepts=7)
        await pilot.press("home", "right", "space", "right")
        await flushed(pilot)
        screen.query_one(Progress).progress = IngestProgress(9, 9, True, None)
        pilot.app.clear_notifications()
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=(120, 40), run_before=look)


async def test_the_names_of_a_page_are_told_apart_by_what_they_don_t_share(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    patients = ("1035", "1136", "1262", "2483")
    for number, patient in enumerate(patients):
        clinic.outline(f"PAT_{patient}_2946_{number}98.png", number)
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen, _ = await on_sheet(clinic, pilot, accepts=4)
        shown = text_of(screen, "#sheet")
        # What all of them begin with is cut; the end alone, which is a number, would tell nothing.
        assert [patient for patient in patients if patient[-2:] not in shown] == []
