"""Names are shown with their control characters visible, wherever a sentence has them."""

from collections.abc import Callable

from db.values import DecisionKind, Remarks
from pipeline.review.verdict import Ruling
from tests.tui.driving import Clinic, settled, text_of, until
from tui.app import NevusApp
from tui.widgets.workbench import Workbench

HOSTILE = "mo\n\x1b[31mle.jpg"
SHOWN = r"mo\x0a\x1b[31mle.jpg"


async def test_a_photo_that_can_not_be_opened_is_named_in_the_panel_and_in_the_queue(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg", HOSTILE)):
        clinic.outline(name, number)
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await clinic.stop_ingest()
        (clinic.folder / HOSTILE).unlink()
        await pilot.press("end")
        screen = await settled(pilot)
        panel = text_of(screen, "#canvas")
        assert SHOWN in panel
        assert "\x1b" not in panel + text_of(screen, "#queue") + text_of(screen, "#details Static")


async def test_a_set_aside_file_is_named_in_all_three(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    (clinic.folder / HOSTILE).touch()
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: "was set aside" in text_of(screen, "#canvas"))
        shown = [text_of(screen, each) for each in ("#canvas", "#queue", "#details Static")]
        assert f"{SHOWN} was set aside." in shown[0]
        assert not [text for text in shown if "\x1b" in text]


async def test_a_toast_is_no_markup_and_escaped(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    clinic.outline("a.jpg")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        screen.post_message(Workbench.Failed(f"[b]{HOSTILE}[/b] is damaged."))
        await settled(pilot)
        [toast] = [note for note in pilot.app._notifications if "damaged" in note.message]
        assert toast.message == f"[b]{SHOWN}[/b] is damaged."
        assert not toast.markup


async def test_a_note_and_a_reason_of_another_program_are_escaped_and_left_as_they_are(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    photo_id = clinic.outline("a.jpg")
    said = Remarks(note=f"[b]{HOSTILE}", flag=True)
    opened = clinic.session.open(photo_id)
    clinic.session.decide(opened, Ruling(DecisionKind.REJECTED, 1.0, said, reason=HOSTILE))
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("k")
        screen = await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert f"[b]{SHOWN}" in text_of(screen, "#note Input")
        await pilot.press("enter")
        await settled(pilot)
        shown = text_of(screen, "#details Static")
        assert f"[b]{SHOWN}" in shown
        assert f"rejected: {SHOWN}" in shown
        assert "\x1b" not in shown + text_of(screen, "#status")
        await pilot.press("n")
        await settled(pilot)
    assert clinic.store.photo(photo_id).note == said.note
