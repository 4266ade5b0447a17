"""Labels come in, and nothing that was said here is touched."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from db.store import Store
from db.values import DecisionKind, Origin, Verdict
from imaging.decode.orientation import turned_upright
from imaging.mask import rle
from pipeline.errors import LabelError, WrongChoice
from pipeline.exchange.detect import detect
from pipeline.exchange.export import export
from pipeline.exchange.find import format_names
from pipeline.exchange.importing import Imported
from pipeline.exchange.layout import Frame
from pipeline.review.session import ReviewSession
from pipeline.upkeep.check import check
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.databases import new_store
from tests.support.importing import ADA, DECIDED, STORED, masks_of, run, turned


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[[Path], Store]]:
    """Makes databases that know the photos of a folder."""
    made: list[Store] = []

    def make(folder: Path) -> Store:
        store = new_store(tmp_path / f"{len(made)}" / "nevus.db")
        made.append(store)
        for path in sorted(folder.rglob("*.png")):
            remember_photo(store, path)
        return store

    yield make
    for store in made:
        store.close()


@pytest.fixture
def known(store: Store, folder: Path) -> Store:
    """Photos outlined by a model; nothing of them is decided."""
    for number, name in enumerate(("a.jpg", "b.jpg", "sub/c.jpg")):
        remember_photo(store, draw_photo(folder / name, (32 + number, 24)))
    return store


def square(size: tuple[int, int]) -> Image.Image:
    """A mask with a white square in it."""
    picture = Image.new("L", size)
    picture.paste(255, (4, 4, 12, 12))
    return picture


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    """A plain folder of masks, as others call them."""
    folder = tmp_path / "masks"
    folder.mkdir()
    square((32, 24)).save(folder / "a.png")
    square((33, 24)).save(folder / "b_segmentation.png")
    square((34, 24)).convert("1").save(folder / "c_mask.bmp")
    return folder


def test_a_plain_folder_of_masks_becomes_outlines_that_wait(
    known: Store, folder: Path, masks: Path
) -> None:
    assert detect(masks) == ("masks", masks)
    assert run(known, folder, masks, replace(ADA, store=False)).imported == 3
    assert {item.area_fraction for item in known.queue(str(folder))} != {64 / (32 * 24)}
    found = run(known, folder, masks)
    assert (found.labels, found.imported, found.unknown) == (3, 3, 0)
    for item in known.queue(str(folder)):
        photo = known.photo(item.photo_id)
        assert item.decision is None
        assert photo.revision is not None
        assert (photo.revision.origin, photo.revision.author) == (Origin.IMPORTED, "ada")
        assert rle.area(known.mask(photo.revision.id)) == 64
        # The model's map is there still, to be seen and to mend with.
        assert photo.receipt is not None
    assert run(known, folder, masks).as_they_are == 3
    # A later model outlines them too, and what was imported stays.
    for name in ("a.jpg", "b.jpg", "sub/c.jpg"):
        remember_photo(known, folder / name, "1")
    assert run(known, folder, masks).as_they_are == 3
    # And what waits can be decided as it is, without being drawn twice.
    assert run(known, folder, masks, DECIDED).imported == 3
    for item in known.queue(str(folder)):
        assert item.decision is DecisionKind.CORRECTED
        assert len(known.revisions(item.photo_id)) == 3
    assert check(known.path).holds


def test_what_was_decided_or_is_being_edited_here_stays_and_is_named(
    known: Store, modelless: Pool, viewer: Viewer, folder: Path, masks: Path
) -> None:
    first, second, _ = known.queue(str(folder))
    with closing(ReviewSession(known, modelless, viewer, folder, "bob")) as session:
        editor = session.open(second.photo_id).editor
        editor.begin_stroke(3, True)
        editor.extend_stroke(2, 2)
        editor.end_stroke()
        session.drain()
    known.decide(
        Verdict(first.photo_id, first.revision_id, None, DecisionKind.ACCEPTED, "bob", 1.0)
    )
    square((33, 24)).save(masks / "b_segmentation.png")
    before = masks_of(known, folder)
    for asked in (ADA, DECIDED):
        found = run(known, folder, masks, asked)
        assert found.conflicts == (
            "a was decided here, and otherwise: that stands.",
            "b_segmentation is being corrected here: that goes on.",
        )
    assert masks_of(known, folder)["a.jpg"] == before["a.jpg"]
    assert masks_of(known, folder)["b.jpg"] == before["b.jpg"]
    assert known.draft("bob", second.photo_id, second.revision_id) is not None


def test_a_dataset_of_ours_brings_what_was_decided_by_whom(
    known: Store, folder: Path, tmp_path: Path, fresh: Callable[[Path], Store]
) -> None:
    first, second, third = known.queue(str(folder))
    for item, kind, reviewer in (
        (first, DecisionKind.ACCEPTED, "bob"),
        (second, DecisionKind.REJECTED, "eve"),
        (third, DecisionKind.NO_LESION, "bob"),
    ):
        known.decide(
            Verdict(
                item.photo_id,
                item.revision_id,
                None,
                kind,
                reviewer,
                2.5,
                4,
                "näh",
                flag=True,
                reason="blur" if kind is DecisionKind.REJECTED else "",
            )
        )
    made = export(known.path, tmp_path / "set", folder, "coco", list(DecisionKind))
    other = new_store(tmp_path / "other" / "nevus.db")
    with closing(other):
        # The same photos, by other names: what they show tells them.
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        for number, path in enumerate(sorted(folder.rglob("*.jpg"))):
            remember_photo(other, Path(shutil.copy(path, elsewhere / f"{number}.jpg")))
        found = run(other, elsewhere, made.dest, DECIDED)
        assert (found.imported, found.conflicts, found.faults) == (3, (), ())
        said = {item.name: item for item in other.queue(str(elsewhere.resolve()))}
        assert [(said[f"{n}.jpg"].decision, said[f"{n}.jpg"].reviewer) for n in range(3)] == [
            (DecisionKind.ACCEPTED, "bob"),
            (DecisionKind.REJECTED, "eve"),
            (DecisionKind.NO_LESION, "bob"),
        ]
        assert {(item.score, item.note, item.flag) for item in said.values()} == {(4, "näh", True)}
        assert other.photo(said["1.jpg"].photo_id).reason == "blur"


def test_two_imports_at_once_store_each_mask_once(known: Store, folder: Path, masks: Path) -> None:
    def at_once(_number: int) -> Imported:
        with closing(Store.open(known.path)) as store:
            return run(store, folder, masks)

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(at_once, range(2)))
    assert sum(found.imported for found in both) == 3
    assert sum(found.as_they_are for found in both) == 3


@pytest.mark.parametrize("orientation", range(2, 9))
def test_which_way_up_foreign_masks_lie_is_told_by_size_or_asked(
    orientation: int, tmp_path: Path, fresh: Callable[[Path], Store]
) -> None:
    folder, masks = tmp_path / "photos", tmp_path / "masks"
    folder.mkdir()
    masks.mkdir()
    turned(folder / "a.png", orientation)
    store = fresh(folder)
    stored = np.zeros((STORED.height, STORED.width), np.bool_)
    stored[0, :3] = True
    upright = turned_upright(stored, orientation)
    for mask, frame in ((stored, Frame.STORED), (upright, Frame.UPRIGHT)):
        Image.fromarray(mask.astype(np.uint8) * 255).save(masks / "a.png")
        if orientation >= 5:
            assert run(store, folder, masks, replace(ADA, store=False)).faults == ()
        else:
            [fault] = run(store, folder, masks).faults
            assert fault.endswith("Say --frame upright or --frame stored.")
        run(store, folder, masks, replace(ADA, frame=frame))
        [item] = store.queue(str(folder.resolve()))
        assert item.revision_id is not None
        assert np.array_equal(rle.decode(store.mask(item.revision_id)), upright)


def coco(**said: object) -> str:
    image = {"id": 1, "file_name": "a.jpg", "width": 32, "height": 24}
    shape = {"image_id": 1, "category_id": 7, "segmentation": [[4, 4, 12, 4, 12, 12, 4, 12]]}
    whole = {
        "images": [image],
        "annotations": [shape],
        "categories": [{"id": 7, "name": "lesion"}],
    }
    return json.dumps({**whole, **said})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"categories": [{"id": 7, "name": "nevus"}]}, "is called “nevus”. Say --class"),
        (
            {"images": [{"id": 1, "file_name": "a.jpg", "width": 10, "height": 10}]},
            "makes no sense: a corner lies outside",
        ),
        (
            {"images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}]},
            "its mask is 64×48, the photo 32×24. Masks are not resized",
        ),
        (
            {
                "annotations": [
                    {
                        "image_id": 1,
                        "category_id": 7,
                        "segmentation": {"size": [24, 32], "counts": "0"},
                    }
                ]
            },
            "makes no sense: the runs don't fill a mask",
        ),
        (
            {"annotations": [{"image_id": 1, "category_id": 7, "segmentation": [[1, 2, 3]]}]},
            "a polygon needs three corners",
        ),
        (
            {
                "annotations": [
                    {"image_id": 1, "category_id": 9, "segmentation": [[4, 4, 9, 4, 9, 9]]}
                ]
            },
            "there is no “9”",
        ),
    ],
)
def test_labels_that_don_t_fit_are_a_sentence_and_in_nobody_s_way(
    known: Store, folder: Path, tmp_path: Path, said: dict[str, object], words: str
) -> None:
    whole = json.loads(coco(**said))
    whole["images"].append({"id": 2, "file_name": "b.jpg", "width": 33, "height": 24})
    (tmp_path / "labels.json").write_text(json.dumps(whole))
    found = run(known, folder, tmp_path / "labels.json")
    [fault] = found.faults
    assert words in fault
    assert found.imported == 1


def test_classes_that_were_asked_for_are_lesions(
    known: Store, folder: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(coco(categories=[{"id": 7, "name": "melanoma"}]))
    assert run(known, folder, labels, replace(ADA, classes=("nevus", "melanoma"))).imported == 1


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"images": 3, "annotations": 4}', "null"])
def test_a_file_that_is_no_labels_is_a_sentence(
    known: Store, folder: Path, tmp_path: Path, text: str
) -> None:
    (tmp_path / "labels.json").write_text(text)
    with pytest.raises((LabelError, WrongChoice)):
        run(known, folder, tmp_path / "labels.json")


def test_several_formats_in_one_place_are_asked_about(tmp_path: Path, masks: Path) -> None:
    (masks / "labels.json").write_text(coco())
    with pytest.raises(WrongChoice, match=r"of several formats: coco, masks\. Say which"):
        detect(masks)
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongChoice, match="There are no labels in"):
        detect(tmp_path / "empty")


@pytest.mark.parametrize("name", format_names())
def test_each_format_is_told_from_its_files_alone(
    name: str, known: Store, folder: Path, tmp_path: Path
) -> None:
    for item in known.queue(str(folder)):
        known.decide(
            Verdict(item.photo_id, item.revision_id, None, DecisionKind.ACCEPTED, "b", 1.0)
        )
    dest = export(known.path, tmp_path / "set", folder, name, list(DecisionKind)).dest
    assert detect(dest) == (name, dest)
    for file in ("manifest.json", "provenance.jsonl"):
        (dest / file).unlink(missing_ok=True)
    told, at = detect(dest)
    assert told == ("masks" if name == "png" else name).replace("-polygons", "")
    found = run(known, folder, at)
    # As outlines of photos that are decided, and just so.
    assert (found.as_they_are, found.faults, found.conflicts) == (3, (), ())


def test_of_no_photo_here_is_counted(known: Store, folder: Path, masks: Path) -> None:
    square((9, 9)).save(masks / "strange.png")
    found = run(known, folder, masks)
    assert (found.unknown, found.missing, found.imported) == (1, ("strange",), 3)


@pytest.mark.parametrize("name", ["masks", "png", "voc", "labelme", "yolo"])
def test_what_leads_to_no_file_is_named_and_waited_for_by_nobody(
    known: Store, folder: Path, tmp_path: Path, name: str
) -> None:
    places = {"voc": "SegmentationClass", "yolo": "labels", "png": "masks"}
    source = tmp_path / "source" / places.get(name, "")
    source.mkdir(parents=True)
    suffix = {"labelme": "json", "yolo": "txt"}.get(name, "png")
    os.mkfifo(source / f"a.{suffix}")
    (source / f"b.{suffix}").symlink_to(tmp_path / "nowhere")
    found = run(known, folder, tmp_path / "source", replace(ADA, format_name=name))
    assert [fault.endswith("leads to no file.") for fault in found.faults] == [True, True]
