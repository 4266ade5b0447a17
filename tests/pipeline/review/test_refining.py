"""Marks mend an outline: each is one edit, with the network that ships and its real process."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from db.arrivals import NewPhoto
from db.store import Store
from db.values import Origin, Tool
from imaging.decode.photo import fingerprint, read_file, read_photo
from imaging.framing import Mask
from imaging.mask.agreement import agreement
from imaging.mask.marks import Marks
from pipeline.errors import NothingToRepair, ReviewError
from pipeline.intake.scan import file_stat
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.refining import OBEYED, UNHEARD, Mark
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

Draw = Callable[..., Path]


@pytest.fixture
def half(session: ReviewSession, remembered: int) -> OpenPhoto:
    """A dark ellipse around (160, 120) of which the right half was cut off by hand."""
    photo = session.open(remembered)
    photo.editor.draw_shape(Tool.BOX, [(160, 0), (320, 0), (320, 240), (160, 240)], adds=False)
    return photo


def lesion(photo: OpenPhoto) -> Mask:
    """What is dark in it."""
    pixels = read_photo(Path(photo.details.path)).pixels
    dark: Mask = pixels.mean(2) < 130
    return dark


def dice(photo: OpenPhoto) -> float:
    return agreement(photo.editor.mask, lesion(photo)).dice


def refine(photo: OpenPhoto, x: float, y: float, inside: bool = True) -> None:
    photo.editor.refine(Mark(x, y, inside), photo.refiner)


def test_a_mark_inside_brings_back_what_was_cut_off_as_one_edit(half: OpenPhoto) -> None:
    before, edits = half.editor.mask.copy(), half.editor.edits
    assert dice(half) < 0.75
    refine(half, 200.5, 120.5)
    assert dice(half) > 0.93
    assert half.editor.edits == edits + 1
    assert half.editor.origin is Origin.BRUSH
    half.editor.undo()
    assert np.array_equal(half.editor.mask, before)
    half.editor.redo()
    assert dice(half) > 0.93


def test_a_mark_outside_takes_away_what_is_skin(session: ReviewSession, remembered: int) -> None:
    photo = session.open(remembered)
    photo.editor.draw_shape(Tool.BOX, [(200, 90), (310, 90), (310, 150), (200, 150)], adds=True)
    assert dice(photo) < 0.85
    refine(photo, 285.5, 120.5, inside=False)
    assert dice(photo) > 0.93


def test_an_outline_is_found_from_nothing(
    session: ReviewSession, store: Store, draw: Draw, folder: Path
) -> None:
    path = draw(folder / "bare.png")
    new = NewPhoto(file_stat(path), fingerprint(read_file(path)))
    photo = session.open(store.take_in(new).photo_id)
    refine(photo, 160.5, 120.5)
    assert dice(photo) > 0.9


def test_a_second_lesion_without_a_mark_stays_to_its_last_pixel(half: OpenPhoto) -> None:
    half.editor.draw_shape(Tool.BOX, [(5, 5), (27, 5), (27, 23), (5, 23)], adds=True)
    refine(half, 200.5, 120.5)
    assert half.editor.mask[5:23, 5:27].all()
    assert not half.editor.mask[:40, 28:60].any()


def test_marks_are_remembered_with_their_edits_until_something_else_is_drawn(
    half: OpenPhoto,
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
) -> None:
    refine(half, 200.5, 120.5)
    (outside,) = np.argwhere(half.editor.mask)[:1]
    refine(half, outside[1] + 0.5, outside[0] + 0.5, inside=False)
    expected = Marks(((200.5, 120.5),), ((outside[1] + 0.5, outside[0] + 0.5),))
    assert half.editor.marks == expected
    drawn = half.editor.mask.copy()
    session.close()
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as again:
        photo = again.open(half.details.photo_id)
        assert np.array_equal(photo.editor.mask, drawn)
        assert photo.editor.marks == expected
        photo.editor.undo()
        assert photo.editor.marks == Marks(expected.inside)
        photo.editor.draw_shape(Tool.BOX, [(0, 0), (9, 0), (9, 9), (0, 9)], adds=True)
        assert photo.editor.marks == Marks()


def test_what_a_mark_drew_stays_at_any_threshold(half: OpenPhoto) -> None:
    refine(half, 200.5, 120.5)
    half.editor.set_threshold(0.95)
    assert half.editor.mask[110:130, 180:205].all()


@pytest.mark.parametrize("inside", [True, False])
def test_a_mark_that_is_obeyed_already_says_so(half: OpenPhoto, inside: bool) -> None:
    edits = half.editor.edits
    with pytest.raises(NothingToRepair, match=OBEYED[inside][:30]):
        refine(half, 120.5 if inside else 20.5, 120.5 if inside else 20.5, inside)
    assert half.editor.edits == edits


def test_a_mark_that_is_not_heard_says_so(session: ReviewSession, remembered: int) -> None:
    class Deaf:
        def side(self) -> int:
            return 64

        def refine(self, _window: object, outline: Mask, _marks: Marks) -> Mask:
            return outline

    photo = session.open(remembered)
    with pytest.raises(NothingToRepair, match=UNHEARD[:30]):
        photo.editor.refine(Mark(20.5, 20.5, True), Deaf())  # type: ignore[arg-type]


def test_a_file_that_holds_another_picture_by_now_mends_nothing(half: OpenPhoto) -> None:
    path = Path(half.details.path)
    Image.fromarray(np.full((240, 320, 3), 90, np.uint8)).save(path)
    with pytest.raises(ReviewError, match="holds another picture now"):
        refine(half, 200.5, 120.5)
