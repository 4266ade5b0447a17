"""Two parts of a mask are one lesion, until a reviewer says that they are two."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from db.store import Store
from db.values import DecisionKind, Origin
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.form import Form
from pipeline.errors import NothingToRepair
from pipeline.exchange.export import export
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.reshaped import Reshaped
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

ACCEPT = Ruling(DecisionKind.ACCEPTED, seconds=1.0)
KINDS = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED)


@pytest.fixture
def photo(session: ReviewSession, remembered: int) -> OpenPhoto:
    """A photo whose outline has a second part, drawn by hand."""
    photo = session.open(remembered)
    photo.editor.begin_stroke(6, True)
    photo.editor.extend_stroke(20, 20)
    photo.editor.end_stroke()
    return photo


def lesions_of(store: Store, photo_id: int) -> list[Mask]:
    revision = store.photo(photo_id).revision
    assert revision is not None
    return [rle.decode(lesion) for lesion in store.instances(revision.id)]


def test_said_it_is_one_edit_that_the_same_key_and_undo_take_back(photo: OpenPhoto) -> None:
    editor = photo.editor
    mask = editor.mask.copy()
    assert (editor.several, editor.lesions()) == (False, ())
    editor.swap_instances()
    assert (editor.several, editor.edits) == (True, 2)
    large, small = editor.lesions()
    assert large.area > small.area
    assert large.area + small.area == mask.sum()
    assert np.array_equal(editor.mask, mask)
    editor.swap_instances()
    assert not editor.several
    editor.undo()
    assert editor.several
    editor.undo()
    assert not editor.several
    assert np.array_equal(editor.mask, mask)


def test_one_part_is_one_lesion(session: ReviewSession, remembered: int) -> None:
    editor = session.open(remembered).editor
    with pytest.raises(NothingToRepair, match="no second part"):
        editor.swap_instances()
    assert editor.edits == 0


def test_what_was_said_survives_a_restart(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    photo: OpenPhoto,
    remembered: int,
) -> None:
    photo.editor.swap_instances()
    session.close()
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as again:
        editor = again.open(remembered).editor
        assert len(editor.lesions()) == 2
        editor.undo()
        assert editor.lesions() == ()


def test_accepted_each_part_is_stored_and_opened_as_a_lesion(
    session: ReviewSession, store: Store, photo: OpenPhoto, remembered: int
) -> None:
    photo.editor.swap_instances()
    mask = photo.editor.mask.copy()
    # Meant, so that nothing is said of the second part.
    assert session.decide(photo, ACCEPT) is None
    large, small = lesions_of(store, remembered)
    assert large.sum() > small.sum() > 0
    assert np.array_equal(large ^ small, mask)
    assert small[20, 20]
    again = session.open(remembered)
    assert (again.editor.several, again.editor.edits) == (True, 0)
    session.decide(again, ACCEPT)
    assert store.photo(remembered).decision is DecisionKind.CORRECTED
    assert len(lesions_of(store, remembered)) == 2


def test_of_an_outline_that_stays_it_is_a_correction_to_say_so(
    session: ReviewSession, store: Store, photo: OpenPhoto, remembered: int
) -> None:
    session.decide(photo, ACCEPT)
    assert lesions_of(store, remembered) == []
    again = session.open(remembered)
    mask = again.editor.mask.copy()
    again.editor.swap_instances()
    session.decide(again, ACCEPT)
    details = store.photo(remembered)
    assert (details.decision, len(lesions_of(store, remembered))) == (DecisionKind.CORRECTED, 2)
    assert details.revision is not None
    assert np.array_equal(rle.decode(store.mask(details.revision.id)), mask)
    assert details.revision.origin is Origin.BRUSH
    once_more = session.open(remembered)
    once_more.editor.swap_instances()
    session.decide(once_more, ACCEPT)
    assert lesions_of(store, remembered) == []
    assert session.take_back()
    assert len(lesions_of(store, remembered)) == 2


def test_said_and_taken_back_nothing_is_corrected_anew(
    session: ReviewSession, store: Store, photo: OpenPhoto, remembered: int
) -> None:
    session.decide(photo, ACCEPT)
    again = session.open(remembered)
    again.editor.swap_instances()
    again.editor.swap_instances()
    session.decide(again, ACCEPT)
    assert store.photo(remembered).decision is DecisionKind.CORRECTED
    assert len(store.revisions(remembered)) == 2


def test_more_parts_than_are_meant_are_still_said(session: ReviewSession, photo: OpenPhoto) -> None:
    assert session.decide(photo, ACCEPT) == Reshaped(Form(1, 0), Form(2, 0))


def test_no_edit_by_hand_it_leaves_the_threshold_free(
    session: ReviewSession, store: Store, remembered: int, photo: OpenPhoto
) -> None:
    photo.editor.swap_instances()
    photo.editor.set_threshold(0.3)
    assert photo.editor.mask[20, 20]
    assert photo.editor.several


def test_a_revision_is_taken_with_its_lesions(
    session: ReviewSession, store: Store, photo: OpenPhoto, remembered: int
) -> None:
    photo.editor.swap_instances()
    session.decide(photo, ACCEPT)
    again = session.open(remembered)
    again.editor.swap_instances()
    session.decide(again, ACCEPT)
    last = session.open(remembered)
    one, two, model = session.versions(last)
    assert [each.lesions for each in (one, two, model)] == [0, 2, 0]
    two.take(last.editor)
    assert (last.editor.several, last.editor.edits) == (True, 1)
    last.editor.undo()
    assert not last.editor.several


@pytest.fixture
def said(session: ReviewSession, photo: OpenPhoto) -> Mask:
    """Two lesions, decided; the mask of both."""
    photo.editor.swap_instances()
    mask = photo.editor.mask.copy()
    session.decide(photo, ACCEPT)
    return mask


def test_coco_has_an_annotation_for_each(
    store: Store, folder: Path, tmp_path: Path, said: Mask, remembered: int
) -> None:
    export(store.path, tmp_path / "set", folder, "coco", KINDS)
    coco = COCO(str(tmp_path / "set" / "annotations.json"))
    large, small = coco.loadAnns(coco.getAnnIds(imgIds=remembered))
    assert large["id"] != small["id"]
    for annotation, mask in zip((large, small), lesions_of(store, remembered), strict=True):
        assert np.array_equal(coco.annToMask(annotation).astype(bool), mask)
        assert annotation["area"] == mask.sum()
        rows, columns = np.nonzero(mask)
        left, top = columns.min(), rows.min()
        assert annotation["bbox"] == [
            left,
            top,
            columns.max() + 1 - left,
            rows.max() + 1 - top,
        ]
    [image] = coco.loadImgs(coco.getImgIds())
    assert image["nevus"]["lesions"] == 2


def test_png_has_the_mask_of_both_and_their_numbers_beside(
    store: Store, folder: Path, tmp_path: Path, said: Mask, remembered: int
) -> None:
    export(store.path, tmp_path / "set", folder, "png", KINDS)
    with Image.open(tmp_path / "set" / "masks" / "mole.png") as picture:
        assert np.array_equal(np.asarray(picture), said * np.uint8(255))
    with Image.open(tmp_path / "set" / "instances" / "mole.png") as picture:
        numbers = np.asarray(picture)
    for number, mask in enumerate(lesions_of(store, remembered), 1):
        assert np.array_equal(numbers == number, mask)
    [line] = (tmp_path / "set" / "provenance.jsonl").read_text().splitlines()
    assert json.loads(line)["lesions"] == 2


def test_one_lesion_of_two_parts_is_one_annotation_and_one_picture(
    session: ReviewSession, store: Store, folder: Path, tmp_path: Path, photo: OpenPhoto
) -> None:
    session.decide(photo, ACCEPT)
    export(store.path, tmp_path / "coco", folder, "coco", KINDS)
    assert len(COCO(str(tmp_path / "coco" / "annotations.json")).getAnnIds()) == 1
    export(store.path, tmp_path / "png", folder, "png", KINDS)
    assert not (tmp_path / "png" / "instances").exists()
