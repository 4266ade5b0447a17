import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pycocotools.coco import COCO

from db.arrivals import NewPhoto
from db.store import Store
from db.values import DecisionKind, Remarks, Verdict
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Mask
from pipeline.errors import ExportError
from pipeline.exchange.dataset import safe_name, unique_names
from pipeline.exchange.export import Exported, export, unstored
from pipeline.exchange.find import format_names
from pipeline.intake.scan import file_stat
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.support.rights import reachable, without_rights

Draw = Callable[..., Path]
Remember = Callable[[Store, Path], int]
USUAL = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED, DecisionKind.NO_LESION)


@pytest.fixture
def database(store: Store, tmp_path: Path) -> Path:
    """The path of the store, which is open meanwhile."""
    return tmp_path / "memory" / "nevus.db"


@pytest.fixture
def reviewed(
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    draw: Draw,
    remember: Remember,
) -> dict[str, Mask]:
    """Photos with every decision; the masks that an export should hold, by name."""
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    kinds = {
        "right.jpg": DecisionKind.ACCEPTED,
        "sub/right.png": DecisionKind.ACCEPTED,
        "corrected.jpg": DecisionKind.ACCEPTED,
        "nothing.jpg": DecisionKind.NO_LESION,
        "blurred.jpg": DecisionKind.REJECTED,
        "later.jpg": DecisionKind.SKIPPED,
    }
    masks = {}
    for number, (name, kind) in enumerate(kinds.items()):
        photo = session.open(
            remember(store, draw(folder / name, at=(number * 9, 0), size=(320 + number, 240)))
        )
        assert photo.editor is not None
        if name == "corrected.jpg":
            photo.editor.begin_stroke(9, True)
            photo.editor.extend_stroke(30, 200)
            photo.editor.end_stroke()
        remarks = Remarks(3, f"n\u00f6te {number}", flag=True)
        session.decide(photo, Ruling(kind, 2.5, remarks, reason="why"))
        masks[name] = photo.editor.mask
    session.close()
    remember(store, draw(folder / "waiting.jpg", at=(-40, 0)))
    return masks


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_png_masks_are_whole_photos_of_0_and_255_with_provenance(
    database: Path, folder: Path, tmp_path: Path, reviewed: dict[str, Mask]
) -> None:
    dest = tmp_path / "out" / "set"
    exported = export(database, dest, folder, "png", USUAL)
    assert exported == Exported(4, 3, 1, 0, 0, dest)
    provenance = {str(line["path"]): line for line in lines(dest / "provenance.jsonl")}
    assert len(provenance) == 4
    for name in ("right.jpg", "sub/right.png", "corrected.jpg", "nothing.jpg"):
        line = provenance[str(folder / name)]
        with Image.open(dest / "masks" / f"{line['name']}.png") as picture:
            assert picture.mode == "L"
            pixels = np.asarray(picture)
        wanted = np.zeros_like(reviewed[name]) if name == "nothing.jpg" else reviewed[name]
        assert np.array_equal(pixels, wanted.astype(np.uint8) * 255)
    assert len(list((dest / "masks").iterdir())) == 4


def test_provenance_says_who_what_and_from_where(
    database: Path, folder: Path, tmp_path: Path, reviewed: dict[str, Mask]
) -> None:
    export(database, tmp_path / "set", folder, "png", USUAL)
    [line] = [
        line for line in lines(tmp_path / "set" / "provenance.jsonl") if line["name"] == "corrected"
    ]
    identity = fingerprint(read_file(folder / "corrected.jpg"))
    assert (line["sha256"], line["content_hash"]) == (identity.file_hash, identity.content_hash)
    assert (line["decision"], line["reviewer"], line["author"]) == ("corrected", "ada", "ada")
    assert (line["origin"], line["threshold"], line["note"]) == ("brush", 0.5, "nöte 2")
    assert line["tools"] == "brush"
    assert (line["seconds"], line["score"]) == (2.5, 3)
    assert (line["flag"], line["reason"]) == (True, "why")
    assert (line["model"], line["backend"]) == ("by hand", "numpy")
    assert line["area_pixels"] == int(reviewed["corrected.jpg"].sum())


def test_pycocotools_reads_the_same_masks(
    database: Path,
    folder: Path,
    tmp_path: Path,
    reviewed: dict[str, Mask],
    capsys: pytest.CaptureFixture[str],
) -> None:
    exported = export(database, tmp_path / "set", folder, "coco", USUAL)
    assert exported == Exported(4, 3, 1, 0, 0, tmp_path / "set")
    coco = COCO(str(tmp_path / "set" / "annotations.json"))
    images = {image["file_name"]: image for image in coco.loadImgs(coco.getImgIds())}
    assert set(images) == {"right.jpg", "sub/right.png", "corrected.jpg", "nothing.jpg"}
    for name, image in images.items():
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
        if name == "nothing.jpg":
            assert annotations == []
            continue
        [annotation] = annotations
        assert np.array_equal(coco.annToMask(annotation).astype(bool), reviewed[name])
        assert annotation["area"] == reviewed[name].sum()
        rows, columns = np.nonzero(reviewed[name])
        assert annotation["bbox"] == [
            columns.min(),
            rows.min(),
            np.ptp(columns) + 1,
            np.ptp(rows) + 1,
        ]
        assert (image["width"], image["height"]) == reviewed[name].shape[::-1]
    assert [c["name"] for c in coco.loadCats(coco.getCatIds())] == ["lesion"]
    assert coco.dataset["info"]["folder"] == str(folder)


def test_rejected_and_skipped_are_written_when_asked_for(
    database: Path, folder: Path, tmp_path: Path, reviewed: dict[str, Mask]
) -> None:
    kinds = [DecisionKind.REJECTED, DecisionKind.SKIPPED]
    exported = export(database, tmp_path / "set", folder, "png", kinds)
    assert exported.photos == 2
    assert {line["decision"] for line in lines(tmp_path / "set" / "provenance.jsonl")} == {
        "rejected",
        "skipped",
    }


def test_each_format_counts_the_same(
    store: Store,
    database: Path,
    folder: Path,
    tmp_path: Path,
    reviewed: dict[str, Mask],
    draw: Draw,
    modelless: Pool,
    viewer: Viewer,
    remember: Remember,
) -> None:
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    emptied = session.open(remember(store, draw(folder / "emptied.jpg", size=(300, 240))))
    assert emptied.editor is not None
    emptied.editor.set_threshold(0.999)
    assert not emptied.editor.mask.any()
    session.decide(emptied, Ruling(DecisionKind.ACCEPTED, seconds=1, may_be_empty=True))
    path = draw(folder / "undrawn.jpg", size=(310, 240))
    undrawn = store.take_in(NewPhoto(file_stat(path), fingerprint(read_file(path)))).photo_id
    session.decide(session.open(undrawn), Ruling(DecisionKind.REJECTED, seconds=1))
    session.close()
    kinds = list(DecisionKind)
    for name in format_names():
        exported = export(database, tmp_path / name, folder, name, kinds)
        assert exported == Exported(8, 5, 2, 1, 0, tmp_path / name)
    pictures = {path.stem for path in (tmp_path / "png" / "masks").iterdir()}
    coco = json.loads((tmp_path / "coco" / "annotations.json").read_text())
    said = {image["nevus"]["name"]: image["nevus"] for image in coco["images"]}
    assert said == {str(line["name"]): line for line in lines(tmp_path / "png/provenance.jsonl")}
    by_mask = {
        drawn: {name for name in said if said[name]["mask"] == drawn}
        for drawn in ("lesion", "empty", "none")
    }
    assert by_mask["empty"] == {"emptied", "nothing"}
    assert by_mask["none"] == {"undrawn"}
    assert pictures == by_mask["lesion"] | by_mask["empty"]
    assert len(coco["annotations"]) == len(by_mask["lesion"])
    assert {said[name]["area_pixels"] for name in by_mask["empty"]} == {0}
    assert said["undrawn"]["area_pixels"] is None


def test_edits_that_no_decision_stored_are_counted_and_said(
    store: Store,
    database: Path,
    folder: Path,
    tmp_path: Path,
    reviewed: dict[str, Mask],
    modelless: Pool,
    viewer: Viewer,
) -> None:
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    photos = {item.name: item.photo_id for item in session.queue()}
    assert unstored(export(database, tmp_path / "before", folder, "png", USUAL)) is None
    for name in ("right.jpg", "corrected.jpg", "nothing.jpg"):
        editor = session.open(photos[name]).editor
        assert editor is not None
        editor.begin_stroke(9, True)
        editor.extend_stroke(30, 30)
        editor.end_stroke()
    session.drain()
    exported = export(database, tmp_path / "with", folder, "png", USUAL)
    assert (exported.photos, exported.edited_since) == (4, 3)
    assert "3 of the 4 photos have edits" in (unstored(exported) or "")
    kept = tmp_path / "with" / "masks" / "corrected.png"
    with Image.open(kept) as picture:
        assert np.array_equal(np.asarray(picture) > 0, reviewed["corrected.jpg"])
    editor = session.open(photos["right.jpg"]).editor
    assert editor is not None
    editor.undo()
    session.decide(session.open(photos["corrected.jpg"]), Ruling(DecisionKind.ACCEPTED, seconds=1))
    session.close()
    again = export(database, tmp_path / "stored", folder, "png", USUAL)
    assert again.edited_since == 1


def test_edits_that_a_rejection_left_are_none_made_since(
    store: Store,
    database: Path,
    folder: Path,
    tmp_path: Path,
    modelless: Pool,
    viewer: Viewer,
    remembered: int,
) -> None:
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    photo = session.open(remembered)
    assert photo.editor is not None
    photo.editor.begin_stroke(9, True)
    photo.editor.extend_stroke(30, 30)
    session.decide(photo, Ruling(DecisionKind.REJECTED, seconds=1))
    session.close()
    exported = export(database, tmp_path / "set", folder, "coco", [DecisionKind.REJECTED])
    assert (exported.masks, exported.edited_since) == (1, 0)


def test_a_database_that_may_not_be_written_is_exported_and_left_alone(
    store: Store, database: Path, folder: Path, reviewed: dict[str, Mask]
) -> None:
    store.close()
    with reachable() as place, reachable() as out:
        out.chmod(0o777)
        copy = Path(shutil.copy(database, place))
        copy.chmod(0o444)
        before = everything(place)
        with without_rights(place):
            exported = export(copy, out / "set", folder, "png", USUAL)
        assert (exported.photos, exported.masks) == (4, 3)
        assert everything(place) == before


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    stats = {path.name: path.stat() for path in folder.iterdir()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def test_an_unsafe_destination_is_refused_and_nothing_is_written(
    database: Path, folder: Path, tmp_path: Path, reviewed: dict[str, Mask]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ExportError, match="inside the photos' folder"):
        export(database, folder / "masks", folder, "png", USUAL)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(ExportError, match="inside the photos' folder"):
        export(database, tmp_path / "link" / "masks", folder, "png", USUAL)
    (tmp_path / "link").unlink()
    with pytest.raises(ExportError, match="not an empty folder"):
        export(database, tmp_path / "memory", folder, "png", USUAL)
    with pytest.raises(ExportError, match=f"there are: {', '.join(format_names())}"):
        export(database, tmp_path / "set", folder, "jpeg", USUAL)
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_to_export_is_a_sentence(database: Path, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="nothing to export"):
        export(database, tmp_path / "set", folder, "png", USUAL)
    assert not (tmp_path / "set").exists()


def test_a_failed_export_leaves_nothing(
    database: Path, folder: Path, tmp_path: Path, reviewed: dict[str, Mask]
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root can write anywhere")
    place = tmp_path / "locked"
    place.mkdir(mode=0o500)
    with pytest.raises(ExportError, match="could not be written"):
        export(database, place / "set", folder, "png", USUAL)
    place.chmod(0o700)
    assert list(place.iterdir()) == []


def test_formats_are_found_by_their_files() -> None:
    assert format_names() == [
        "coco",
        "coco-polygons",
        "csv",
        "cvat",
        "label-studio",
        "labelme",
        "parquet",
        "png",
        "voc",
        "yolo",
    ]


@given(
    st.lists(
        st.tuples(st.text(max_size=8) | st.sampled_from(["a", "A", "a.b"]), st.integers(0, 10**6)),
        unique_by=lambda pair: pair[1],
        max_size=12,
    )
)
def test_names_are_safe_and_unique(stems: list[tuple[str, int]]) -> None:
    names = unique_names([(stem, f"{number:064x}") for stem, number in stems])
    assert len({name.casefold() for name in names}) == len(stems)
    for name in names:
        assert name == Path(name).name
        assert not name.startswith((".", "-"))
        assert name.isprintable()


@pytest.mark.parametrize("letter", ["x", "é", "\N{HIRAGANA LETTER NO}", "\U00020000", "\u0958"])
def test_a_long_name_is_short_enough_for_a_file_system_whatever_it_is_written_in(
    letter: str, tmp_path: Path
) -> None:
    longest = letter * (250 // len(letter.encode()))
    for name in unique_names([(longest, "1" * 64), (longest, "2" * 64), (longest, "2" * 64)]):
        (tmp_path / f"{name}.png").touch(exist_ok=False)
        assert "\N{REPLACEMENT CHARACTER}" not in name


def test_two_photos_of_one_long_name_are_exported_to_a_folder_of_a_long_name(
    store: Store, database: Path, folder: Path, tmp_path: Path, draw: Draw, remember: Remember
) -> None:
    name = "\N{HIRAGANA LETTER NO}" * 83
    for number, sub in enumerate(("a", "b")):
        photo = remember(store, draw(folder / sub / f"{name}.jpg", at=(number * 9, 0)))
        store.decide(verdict(store, photo))
    dest = tmp_path / ("\N{HIRAGANA LETTER NO}" * 85)
    assert export(database, dest, folder, "png", USUAL).masks == 2
    assert [path.suffix for path in (dest / "masks").iterdir()] == [".png", ".png"]


def verdict(store: Store, photo_id: int) -> Verdict:
    """What is there is accepted."""
    seen = store.photo(photo_id)
    revision = seen.revision.id if seen.revision else None
    return Verdict(photo_id, revision, seen.decision_id, DecisionKind.ACCEPTED, "ada", 1.0)


def test_a_name_with_codes_in_it_becomes_harmless() -> None:
    assert safe_name("mo\nle\x1b[31m/../x") == "mo_le_31m_.._x"
    assert safe_name("...") == "photo"
