"""Repairs are single edits that last, say why they are none, and are right at any threshold."""

from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from db.store import Store
from db.values import DecisionKind, DraftEdit, Origin, Tool
from imaging.framing import Mask, Size, fit
from imaging.mask.form import Form, measure_form
from imaging.mask.outline import draw_mask
from imaging.values import Prediction, Receipt
from pipeline.errors import NothingToRepair
from pipeline.review.brush import RADIUS
from pipeline.review.editor import Editor, Past
from pipeline.review.repair import REACH, SMOOTHER, X, Y, repair_settings
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.support.saved import Saved
from tests.support.tries import tries

SIZE = Size(96, 64)
EAR, LESION, HOLE = (76.0, 30.0), (30.0, 30.0), (30.0, 26.0)
"""Points of the photo: in the smaller part, in the larger one, and in its hole."""
ANYWHERE = (0.0, 0.0)


def prediction() -> Prediction:
    """Two spots, the smaller one an ear, and a hole in the larger one."""
    x, y = np.arange(SIZE.width) + 0.5, np.arange(SIZE.height)[:, None] + 0.5

    def away(point: tuple[float, float]) -> npt.NDArray[np.float64]:
        return np.asarray(np.hypot(x - point[0], y - point[1]))

    height = np.maximum(1 - away(LESION) / 34, 1 - away(EAR) / 24)
    grid = np.where(away(HOLE) < 3, 0.0, np.clip(height, 0, 1)).astype(np.float32)
    framing = fit(SIZE, SIZE)
    return Prediction(grid, framing, Receipt("m", "0", "numpy", "CPU", 1))


def at(threshold: float) -> Mask:
    made = prediction()
    return draw_mask(made.grid, made.framing, threshold)


def editor(saved: Saved | None = None, threshold: float = 0.5) -> Editor:
    return Editor(at(threshold), threshold, prediction(), saved or Saved())


def repair(edited: Editor, tool: Tool, point: tuple[float, float] = ANYWHERE) -> None:
    edited.repair(tool, repair_settings(tool, 2.0, *point))


def stroke(edited: Editor, paints: bool, *way: tuple[float, float]) -> None:
    edited.begin_stroke(3, paints)
    for point in way:
        edited.extend_stroke(*point)
    edited.end_stroke()


def test_the_model_found_two_parts_and_a_hole() -> None:
    assert measure_form(at(0.5)) == Form(2, 1)


@pytest.mark.parametrize(
    ("tool", "point", "form"),
    [
        (Tool.FILL, ANYWHERE, Form(2, 0)),
        (Tool.KEEP, LESION, Form(1, 1)),
        (Tool.KEEP, EAR, Form(1, 0)),
        (Tool.DROP, EAR, Form(1, 1)),
        (Tool.DROP, LESION, Form(1, 0)),
        (Tool.CLEAR, ANYWHERE, Form(0, 0)),
    ],
)
def test_a_repair_is_one_edit_that_is_undone_as_one(
    tool: Tool, point: tuple[float, float], form: Form
) -> None:
    saved = Saved()
    edited = editor(saved)
    repair(edited, tool, point)
    after = edited.mask.copy()
    assert measure_form(after) == form
    assert [edit.tool for edit in saved.line] == [tool]
    edited.undo()
    assert np.array_equal(edited.mask, at(0.5))
    edited.redo()
    assert np.array_equal(edited.mask, after)
    assert edited.origin is Origin.BRUSH


def test_grown_and_shrunk_it_is_larger_and_smaller_by_a_pixel_of_the_screen() -> None:
    edited = editor()
    areas = [edited.measurements().area_pixels]
    for tool in (Tool.GROW, Tool.SHRINK, Tool.SHRINK):
        repair(edited, tool)
        areas.append(edited.measurements().area_pixels)
    assert areas[3] < areas[0] <= areas[2] < areas[1]
    assert repair_settings(Tool.GROW, 7.5, 1, 2) == {RADIUS: 7.5}
    assert repair_settings(Tool.SMOOTH, 0.2, 1, 2) == {RADIUS: 1}
    assert repair_settings(Tool.DROP, 8, 1, 2) == {X: 1, Y: 2, REACH: 4}


def test_a_stroke_that_is_being_drawn_is_an_edit_of_its_own_before_a_repair() -> None:
    saved = Saved()
    edited = editor(saved)
    edited.begin_stroke(3, True)
    edited.extend_stroke(5, 5)
    repair(edited, Tool.FILL)
    assert [edit.tool for edit in saved.line] == [Tool.BRUSH, Tool.FILL]


@pytest.mark.parametrize(
    ("before", "tool", "point", "sentence"),
    [
        ([Tool.FILL], Tool.FILL, ANYWHERE, "no hole to fill"),
        ([], Tool.DROP, (30, 26), "no part of the outline under"),
        ([], Tool.KEEP, (3, 3), "no part of the outline under"),
        ([Tool.DROP], Tool.KEEP, LESION, "no other one"),
        ([Tool.CLEAR], Tool.GROW, ANYWHERE, "is empty"),
        ([Tool.CLEAR], Tool.CLEAR, ANYWHERE, "is empty"),
        ([Tool.SMOOTH] * 20, Tool.SMOOTH, ANYWHERE, "is smooth already"),
        ([Tool.SHRINK] * 5, Tool.SHRINK, ANYWHERE, "would be gone"),
        ([Tool.SHRINK] * 5, Tool.SMOOTH, ANYWHERE, "too small to be smoothed"),
        ([Tool.GROW] * 40, Tool.GROW, ANYWHERE, "all of the photo"),
    ],
)
def test_a_repair_that_changes_nothing_says_why_and_is_no_edit(
    before: list[Tool], tool: Tool, point: tuple[float, float], sentence: str
) -> None:
    saved = Saved()
    edited = editor(saved)
    for each in before:
        try:
            repair(edited, each, EAR)
        except NothingToRepair:
            break
    mask, edits = edited.mask.copy(), edited.edits
    with pytest.raises(NothingToRepair, match=sentence):
        repair(edited, tool, point)
    assert np.array_equal(edited.mask, mask)
    assert edited.edits == edits == len(saved.line)


Step = st.one_of(
    st.sampled_from([Tool.FILL, Tool.GROW, Tool.SHRINK, Tool.SMOOTH]),
    st.tuples(st.floats(0, 96), st.floats(0, 64), st.booleans()),
)


def do(edited: Editor, step: Tool | tuple[float, float, bool]) -> None:
    if not isinstance(step, Tool):
        stroke(edited, step[2], step[:2], (step[0] + 12, step[1]))
        return
    try:
        repair(edited, step)
    except NothingToRepair:
        # A repair that was none is none later either; here it must be one in both orders.
        assume(False)


def set_alike(first: Saved, then: Saved) -> bool:
    """Whether the last edits of two drafts are of one tool that is set alike."""
    return first.line[-1].settings == then.line[-1].settings


@settings(max_examples=tries(40), deadline=None)
@given(st.lists(Step, min_size=1, max_size=5), st.floats(0.3, 0.7))
def test_by_hand_and_then_by_threshold_is_the_same_as_the_other_way_round(
    steps: list[Tool | tuple[float, float, bool]], threshold: float
) -> None:
    first_saved, then_saved = Saved(), Saved()
    first, then = editor(first_saved), editor(then_saved, threshold)
    for step in steps:
        edits = first.edits, then.edits
        do(first, step)
        do(then, step)
        assume((first.edits, then.edits) == (edits[0] + 1, edits[1] + 1))
        # How much is smoothed is seen, and what is seen is another outline.
        assume(set_alike(first_saved, then_saved))
    first.set_threshold(threshold)
    assert np.array_equal(first.mask, then.mask)
    first.set_threshold(0.5)
    while first.can_undo:
        first.undo()
    assert np.array_equal(first.mask, at(0.5))


def test_a_grown_rim_does_not_stay_behind_as_a_ring() -> None:
    edited = editor()
    repair(edited, Tool.FILL)
    for _ in range(3):
        repair(edited, Tool.GROW)
    edited.set_threshold(0.65)
    assert measure_form(edited.mask) == Form(2, 0)


@pytest.mark.parametrize(("tool", "point"), [(Tool.DROP, EAR), (Tool.KEEP, LESION)])
@pytest.mark.parametrize("threshold", [0.35, 0.45, 0.6])
def test_a_part_that_was_dropped_is_gone_at_any_threshold(
    tool: Tool, point: tuple[float, float], threshold: float
) -> None:
    saved = Saved()
    edited = editor(saved)
    repair(edited, tool, point)
    edited.set_threshold(threshold)
    assert measure_form(at(threshold)) == Form(2, 1)
    assert measure_form(edited.mask) == Form(1, 1)
    assert not edited.mask[:, 60:].any()
    assert np.array_equal(edited.mask[:, :60], at(threshold)[:, :60])
    replayed = editor()
    replayed.replay(tuple(saved.line), saved.cursor)
    replayed.set_threshold(0.5)
    assert not replayed.mask[:, 60:].any()


def test_a_part_that_was_dropped_takes_none_along_that_it_meets_later() -> None:
    edited = editor()
    repair(edited, Tool.DROP, EAR)
    dropped = at(0.5)
    dropped[:, :60] = False
    edited.set_threshold(0.1)
    assert measure_form(at(0.1)).parts == 1
    assert edited.mask[30, 10:50].all()
    assert not edited.mask[dropped].any()


def test_no_threshold_draws_what_was_cleared_and_that_is_said() -> None:
    edited = editor()
    repair(edited, Tool.CLEAR)
    with pytest.raises(NothingToRepair, match="was cleared"):
        edited.set_threshold(0.3)
    assert (edited.edits, edited.threshold) == (1, 0.5)
    stroke(edited, True, (10, 10), (20, 10))
    drawn = edited.mask.copy()
    with pytest.raises(NothingToRepair, match="was cleared"):
        edited.set_threshold(0.3)
    assert np.array_equal(edited.mask, drawn)


def open_editor(session: ReviewSession, photo_id: int) -> Editor:
    edited = session.open(photo_id).editor
    assert edited is not None
    return edited


def test_repairs_and_how_they_were_set_survive_a_restart(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
) -> None:
    asked = [
        (Tool.GROW, {RADIUS: 2.5}),
        (Tool.SHRINK, {RADIUS: 1.0}),
        (Tool.DROP, {X: 10.5, Y: 9.5, REACH: 1.5}),
        (Tool.SMOOTH, {RADIUS: 4.25}),
        (Tool.CLEAR, {}),
    ]
    with closing(session):
        edited = open_editor(session, remembered)
        stroke(edited, True, (10, 10))
        stroke(edited, True, (95, 120), (70, 120))
        for tool, wanted in asked:
            edited.repair(tool, wanted)
        smoothed = edited._line[5].settings[RADIUS]
        assert smoothed in [times * 4.25 for times in SMOOTHER]
        asked[3] = (Tool.SMOOTH, {RADIUS: smoothed})
        edited.undo()
        before = edited.mask.copy()
    with closing(ReviewSession(store, modelless, viewer, folder, "bob")) as other:
        assert open_editor(other, remembered).edits == 0
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as again:
        found = open_editor(again, remembered)
        assert np.array_equal(found.mask, before)
        assert (found.edits, found.can_redo) == (6, True)
        assert [(edit.tool, dict(edit.settings)) for edit in found._line[2:]] == asked
        found.set_threshold(0.4)
        assert not found.mask[9:11, 9:11].any()


def test_back_to_the_models_outline_from_a_correction_and_what_was_by_hand_is_forgotten(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    with closing(session):
        photo = session.open(remembered)
        first = photo.editor
        assert first is not None
        model = first.mask.copy()
        with pytest.raises(NothingToRepair, match="model's outline already"):
            first.back_to_model()
        first.set_threshold(0.3)
        stroke(first, True, (10, 10), (60, 10))
        session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
        again = session.open(remembered)
        edited = again.editor
        assert edited is not None
        assert (edited.threshold, edited.origin) == (0.3, Origin.BRUSH)
        edited.back_to_model()
        assert np.array_equal(edited.mask, model)
        assert (edited.threshold, edited.edits) == (0.5, 1)
        edited.set_threshold(0.3)
        assert not edited.mask[10, 10:60].any()
        assert edited.origin is Origin.THRESHOLD
        session.decide(again, Ruling(DecisionKind.ACCEPTED, seconds=1))
        last = open_editor(session, remembered)
        last.set_threshold(0.4)
        assert not last.mask[10, 10:60].any()
        [reviewed] = store.reviewed([DecisionKind.CORRECTED])
        assert reviewed.revision is not None
        assert (reviewed.revision.origin, reviewed.revision.threshold) == (Origin.THRESHOLD, 0.3)


def test_the_models_outline_accepted_after_a_detour_is_no_correction(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    with closing(session):
        photo = session.open(remembered)
        edited = photo.editor
        assert edited is not None
        edited.repair(Tool.CLEAR, {})
        edited.back_to_model()
        session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
        [item] = session.queue()
        assert (item.decision, item.edited_since) == (DecisionKind.ACCEPTED, False)
        [reviewed] = store.reviewed([DecisionKind.ACCEPTED])
        assert reviewed.revision is not None
        assert reviewed.revision.origin is Origin.MODEL
        found = open_editor(session, remembered)
        assert (found.edits, found.can_redo) == (0, True)


def test_where_no_model_drew_there_is_no_way_back_to_it() -> None:
    with pytest.raises(NothingToRepair, match="no model's outline"):
        editor().back_to_model()


def test_a_repair_on_the_way_to_the_base_is_made_at_any_threshold_too() -> None:
    saved = Saved()
    first = editor(saved)
    repair(first, Tool.DROP, EAR)
    repair(first, Tool.FILL)
    edited = Editor(first.mask.copy(), 0.5, prediction(), Saved(), Past(tuple(saved.line)))
    edited.set_threshold(0.4)
    assert measure_form(edited.mask) == Form(1, 0)
    assert edited.origin is Origin.BRUSH


def test_a_stroke_that_does_not_say_what_it_did_keeps_what_it_left() -> None:
    saved = Saved()
    first = editor(saved)
    stroke(first, True, (6, 6), (20, 6))
    stroke(first, False, LESION)
    by_hand = tuple(DraftEdit(edit.patch, edit.tool) for edit in saved.line)
    edited = Editor(first.mask.copy(), 0.5, prediction(), Saved(), Past(by_hand))
    edited.set_threshold(0.3)
    assert edited.mask[6, 6:20].all()
    assert not edited.mask[29:32, 29:32].any()
