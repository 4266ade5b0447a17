"""Milliseconds of a repair of a 12 MP mask on its lane, and how long the screen waits for it."""

import asyncio
import statistics
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.easel import Unsaved, skin
from db.values import Tool
from imaging.framing import Mask, Part, Size, fit
from imaging.values import Prediction, Receipt
from imaging.view.overlay import Shown
from pipeline.errors import NothingToRepair
from pipeline.review.draft import Change, Draft
from pipeline.review.editor import Editor
from pipeline.review.lane import Lane
from pipeline.review.repair import repair_settings
from tui.widgets.scene import Look, Scene, Subject

PHOTO, CELLS = Size(4000, 3000), Size(200, 60)
ROUNDS = 7
SPECK = (400.0, 300.0)
TOOLS = (Tool.FILL, Tool.GROW, Tool.SHRINK, Tool.SMOOTH, Tool.KEEP, Tool.DROP, Tool.CLEAR)


def main() -> None:
    """Print a table for a photo seen whole."""
    framing = fit(PHOTO, Size(CELLS.width, 2 * CELLS.height))
    scene = Scene(Subject(skin(), PHOTO, _nothing()), framing, (13, 16, 18))
    title = f"Repairs at {PHOTO.width}×{PHOTO.height}, {scene.dot:.0f} px a dot, median of {ROUNDS}"
    table = Table(title=title)
    for column in ("what", "made, ms", "undone", "a threshold after it", "loop waits", "drawn"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for tool in TOOLS:
        rounds = [asyncio.run(measure(tool, scene.dot)) for _ in range(ROUNDS)]
        medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
        table.add_row(str(tool), *(f"{median:.1f}" for median in medians))
    Console().print(table)


async def measure(tool: Tool, dot: float) -> tuple[float, float, float, float, float]:
    """Milliseconds of a repair, its undo, a threshold; the loop's longest wait; and drawing it."""
    mask, lane = _lesion(), Lane("editing")
    draft = Draft(Editor(mask, 0.5, _prediction(), Unsaved()), lane)
    framing = fit(PHOTO, Size(CELLS.width, 2 * CELLS.height))
    scene = Scene(Subject(skin(), PHOTO, mask), framing, (13, 16, 18))
    scene.draw(Look(Shown.OUTLINE.ink(0.5)))
    settings = repair_settings(tool, dot, *SPECK)
    part, made, waited = await _watched(lambda: draft.repair(tool, settings))
    started = time.perf_counter()
    if part is not None:
        scene.draw_part(part)
    drawn = (time.perf_counter() - started) * 1000
    _, undone, _ = await _watched(draft.undo)
    await asyncio.wrap_future(draft.redo())
    _, threshold, _ = await _watched(lambda: draft.shift_threshold(1))
    await asyncio.to_thread(lane.close)
    return made, undone, threshold, waited, drawn


async def _watched(ask: Callable[[], Change | None]) -> tuple[Part | None, float, float]:
    """What a change made, its milliseconds, and the longest that the event loop stood still."""
    started = before = time.perf_counter()
    change, longest = ask(), 0.0
    assert change is not None
    while not change.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before - 0.001), now
    took = (time.perf_counter() - started) * 1000
    try:
        part = change.result()
    except NothingToRepair:
        # After clearing, a threshold draws nothing.
        part = None
    return part, took, longest * 1000


def _lesion() -> Mask:
    """A disc of 1,800 pixels with a hole, a hair and a speck far away."""
    x, y = np.arange(PHOTO.width), np.arange(PHOTO.height)[:, None]
    mask: Mask = np.hypot(x - 2000, y - 1500) < 900
    mask &= np.hypot(x - 1800, y - 1400) > 60
    mask[1490:1510, 2800:3200] = True
    mask |= np.hypot(x - SPECK[0], y - SPECK[1]) < 80
    return np.asfortranarray(mask)


def _prediction() -> Prediction:
    grid = Size(256, 256)
    x, y = np.arange(grid.width), np.arange(grid.height)[:, None]
    away = np.hypot(x - grid.width / 2, y - grid.height / 2)
    values = np.clip(1 - away / 115, 0, 1).astype(np.float32)
    return Prediction(values, fit(PHOTO, grid), Receipt("m", "0", "numpy", "CPU", 1))


def _nothing() -> Mask:
    return np.zeros((PHOTO.height, PHOTO.width), np.bool_, order="F")


if __name__ == "__main__":
    main()
