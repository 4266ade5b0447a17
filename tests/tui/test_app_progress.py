"""The line on top says what is done, and nothing that is not."""

import pytest
from textual.app import App, ComposeResult

from pipeline.intake.ingest import IngestProgress
from tui.keymap import Keymap
from tui.sentences import nothing_here, nothing_waits
from tui.widgets.progress import Progress


class ProgressApp(App[None]):
    CSS = "Progress { height: 1; }"

    def compose(self) -> ComposeResult:
        yield Progress("photos of 2024")


def line(app: ProgressApp) -> str:
    return app.query_one(Progress).render_line(0).text


@pytest.mark.parametrize(
    ("shown", "outlined", "verb"),
    [
        ((12, 0), 12, "checking 3 of 12"),
        ((12, 0), 11, "segmenting 3 of 12"),
        ((8, 1), 8, "segmenting 3 of 12"),
        ((10, 2), 10, "checking 3 of 12"),
    ],
)
async def test_what_is_known_and_outlined_is_not_called_segmented(
    shown: tuple[int, int], outlined: int, verb: str
) -> None:
    app = ProgressApp()
    async with app.run_test(size=(80, 24)) as pilot:
        progress = app.query_one(Progress)
        progress.shown, progress.outlined = shown, outlined
        progress.progress = IngestProgress(12, 3, True, None)
        await pilot.pause()
        assert verb in line(app)


async def test_a_long_message_leaves_the_folder_its_name_and_begins_with_what_happened() -> None:
    app = ProgressApp()
    message = "There is no room left for /somewhere/deep/in/the/disk/nevus.db. Make room."
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(Progress).progress = IngestProgress(12, 3, True, message)
        await pilot.pause()
        assert "There is no room left for /somewhere" in line(app)
        assert line(app).rstrip().endswith("…")
        assert len(line(app)) <= 80


def test_an_empty_queue_is_explained_by_how_far_the_folder_is() -> None:
    assert nothing_here(None) == ("Looking through the folder …",)
    assert "There are no photos in this folder yet." in nothing_here(0)
    assert "12 photos are found" in nothing_here(12)[0]


def test_not_everything_is_called_reviewed_while_photos_are_to_come() -> None:
    coming, aside, _ = nothing_waits(skipped=False, aside=2, coming=True, keys=Keymap())
    assert coming.startswith("Every photo that is here so far is reviewed.")
    assert aside.startswith("2 files were set aside")
