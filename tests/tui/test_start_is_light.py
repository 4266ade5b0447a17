"""What a start imports before the first photo is drawn: nothing that can come later."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
import tui.cli, tui.commands.app, tui.preferences, tui.surface.finding, tui.launch
print(*sorted(name for name in sys.argv[1:] if name in sys.modules))
"""
LATER = (
    "PIL",
    "alembic",
    "imaging.decode.photo",
    "models.run.segmenter",
    "onnxruntime",
    "pi_heif",
    "pipeline.doctor",
    "pipeline.intake.ingest",
    "pipeline.work.model_bench",
    "pipeline.work.picture_bench",
    "plotext",
    "rich.progress",
    "rich_pixels",
    "sqlalchemy.dialects.postgresql",
    "textual_plotext",
    "tui.screens.help",
    "tui.screens.statistics",
    "db.soundness.pointers",
    "watchdog",
)
"""What looks through folders, checks databases and machines, decodes, runs models, draws bars,
charts and maps, helps, or speaks to another database."""


@pytest.fixture(scope="module")
def imported() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *LATER],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("module", LATER)
def test_the_first_photo_waits_for_no_module_that_can_come_later(
    imported: list[str], module: str
) -> None:
    assert module not in imported
