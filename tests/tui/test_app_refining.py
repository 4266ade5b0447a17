"""The tool that mends an outline at marks, on the screen and with the real network behind it."""

from collections.abc import Callable

from db.values import DecisionKind
from imaging.mask.marks import Marks
from tests.tui.driving import Clinic, sentences, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.widgets.status import Status
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]


async def test_marks_find_a_lesion_that_the_model_did_not(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.outline_nothing("pale.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == photo_id)
        bench, status = screen.query_one(Workbench), screen.query_one(Status)
        await pilot.press("f", "space")
        draft = bench.draft
        assert draft is not None
        await until(pilot, lambda: bool(draft.mask.any()) and not status.state.refining)
        await settled(pilot)
        assert draft.mask[120, 160]
        assert 0.08 < draft.mask.mean() < 0.2
        assert len(draft.marks.inside) == 1
        assert "model, 1 edit" in text_of(screen, "#details Static")
        await pilot.press("space")
        await settled(pilot)
        assert "goes around this point already" in sentences(pilot)[-1]
        await pilot.press("u")
        await settled(pilot)
        assert not draft.mask.any()
        assert draft.marks == Marks()
        await pilot.press("ctrl+r", "a")
        await settled(pilot)
    assert clinic.item(photo_id).decision is DecisionKind.CORRECTED


async def test_the_right_button_marks_outside_and_x_does(clinic: Clinic, make_app: MakeApp) -> None:
    photo_id = clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == photo_id)
        status = screen.query_one(Status)
        await pilot.press("f", "x")
        assert status.state.cuts
        assert "x in/outside" in text_of(screen, "#keys")
        await pilot.press("space")
        await until(pilot, lambda: not status.state.refining)
        draft = screen.query_one(Workbench).draft
        assert draft is not None
        # The middle of the lesion is lesion: the network may keep it, and says so then.
        assert draft.marks.outside or "stays as it is at this mark" in sentences(pilot)[-1]
        await pilot.press("escape")
        await settled(pilot)
        assert status.state.tool is None


async def test_a_photo_that_is_renamed_while_it_lies_open_is_mended_all_the_same(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: shown_photo(screen) == photo_id)
        await clinic.stop_ingest()
        path = clinic.folder / "mole.png"
        path.rename(path.with_name("renamed.png"))
        # Far from the lesion, so that the network is asked.
        await pilot.press("f", *["shift+left"] * 18, *["shift+up"] * 18, "space")
        status, draft = screen.query_one(Status), screen.query_one(Workbench).draft
        assert draft is not None
        await until(pilot, lambda: not status.state.refining)
        await until(pilot, lambda: "mole.png is not there any more" in sentences(pilot)[-1])
        clinic.store.mark_gone(str(path))
        clinic.take_in(path.with_name("renamed.png"))
        await pilot.press("space")
        await until(pilot, lambda: not status.state.refining)
        await settled(pilot)
        # That there is nothing to mend says that the photo was seen.
        assert draft.edits or "any more" not in sentences(pilot)[-1]
        screen._expect_news()
        await until(pilot, lambda: "renamed.png" in text_of(screen, "#details Static"))
        assert "mole.png" not in text_of(screen, "#details Static")
