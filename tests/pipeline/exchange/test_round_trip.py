"""What a format writes it reads back: each mask exactly, or as exactly as it says."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.mask.parts import parts_of
from imaging.values import Rle
from pipeline.errors import LabelError
from pipeline.exchange.codecs.polygons import rle_of
from pipeline.exchange.dataset import DatasetPhoto, Drawn
from pipeline.exchange.find import find_format, format_names
from pipeline.exchange.format import Label, Unread
from tests.pipeline.exchange.test_formats import photo as plain
from tests.support.tries import tries

FILL = {"coco-polygons", "yolo"}
FILLED = {"a hole": FILL, "corners": {"yolo"}}
MASKS = arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14)))


def shape(*rows: str) -> Mask:
    return np.array([[letter == "#" for letter in row] for row in rows])


KINDS = {
    "a hole": shape(".....", ".###.", ".#.#.", ".###.", "....."),
    "several parts": shape("##...", "##...", ".....", "...##"),
    "the border": shape("####", "#...", "#..."),
    "corners": shape("#..#", ".##.", "....", "#..#"),
    "one pixel": shape("....", ".#..", "...."),
    "empty": np.zeros((5, 4), np.bool_),
    "full": np.ones((4, 6), np.bool_),
}


def dataset_photo(number: int, masks: Iterable[Mask], size: Size) -> DatasetPhoto:
    lesions = tuple(rle.encode(mask) for mask in masks if mask.any())
    drawn = Drawn.LESION if lesions else Drawn.EMPTY
    whole = rle.union(lesions, size) if lesions else None
    said = plain(number, drawn)
    known = replace(said.provenance, width=size.width, height=size.height)
    return replace(said, size=size, rle=whole, provenance=known, lesions=lesions)


def round_trip(name: str, photos: list[DatasetPhoto]) -> list[Label]:
    """The labels of photos that were written, in their order."""
    chosen = find_format(name)
    sizes = {chosen.key(photo): photo.size for photo in photos}
    with TemporaryDirectory() as folder:
        chosen.write(iter(photos), Path(folder))
        read = chosen.read(Path(folder), sizes.__getitem__)
        labels = {label.key: label for label in read if isinstance(label, Label)}
    assert set(labels) == set(sizes)
    return [labels[key] for key in sizes]


def same(label: Label, wanted: Rle) -> None:
    assert label.size == wanted.size
    assert np.array_equal(rle.decode(label.whole), rle.decode(wanted))
    assert rle.digest(label.whole) == rle.digest(wanted)


@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_mask_comes_back(name: str, kind: str) -> None:
    mask = KINDS[kind]
    [label] = round_trip(name, [dataset_photo(1, [mask], Size.of(mask))])
    same(label, find_format(name).kept(rle.encode(mask)) if mask.any() else rle.encode(mask))
    if name not in FILLED.get(kind, ()):
        same(label, rle.encode(mask))
    assert set(label.classes) <= {"lesion"}


@settings(max_examples=tries(60), deadline=None)
@given(masks=st.lists(MASKS, min_size=1, max_size=4))
def test_any_mask_comes_back_in_each_format(masks: list[Mask]) -> None:
    photos = [dataset_photo(n, [mask], Size.of(mask)) for n, mask in enumerate(masks)]
    for name in format_names():
        note(name)
        kept = find_format(name).kept
        for mask, label in zip(masks, round_trip(name, photos), strict=True):
            same(label, kept(rle.encode(mask)) if mask.any() else rle.encode(mask))


@settings(max_examples=tries(40), deadline=None)
@given(mask=MASKS)
def test_lesions_come_back_one_by_one_where_the_format_keeps_them_apart(mask: Mask) -> None:
    size = Size.of(mask)
    photo = dataset_photo(1, [part.on(size) for part in parts_of(mask)], size)
    for name in format_names():
        note(name)
        [label] = round_trip(name, [photo])
        chosen = find_format(name)
        if chosen.APART:
            wanted = [rle.digest(chosen.kept(lesion)) for lesion in photo.lesions]
            assert [rle.digest(lesion) for lesion in label.lesions] == wanted


@given(mask=MASKS)
def test_what_fills_holes_takes_nothing_away(mask: Mask) -> None:
    for name in FILL:
        if mask.any():
            filled = rle.decode(find_format(name).kept(rle.encode(mask)))
            assert (filled >= mask).all()


@pytest.mark.parametrize("name", format_names())
def test_nothing_is_said_of_a_photo_on_which_nothing_was_drawn(name: str) -> None:
    chosen = find_format(name)
    with TemporaryDirectory() as folder:
        chosen.write(iter([plain(1, Drawn.NONE)]), Path(folder))
        assert list(chosen.read(Path(folder), lambda _: Size(4, 3))) == []


@pytest.mark.parametrize("name", format_names())
def test_a_file_that_was_cut_is_a_sentence(name: str, tmp_path: Path) -> None:
    chosen = find_format(name)
    mask = KINDS["several parts"]
    photo = dataset_photo(1, [mask], Size.of(mask))
    chosen.write(iter([photo]), tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name not in {"provenance.jsonl", "labelmap.txt", "default.txt"}:
            path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    try:
        [label] = chosen.read(tmp_path, lambda _: photo.size)
        assert isinstance(label, Unread)
        reason = label.reason
    except LabelError as error:
        reason = str(error)
    assert re.search(r"can't be read|no grey picture|makes no sense: [a-z ,]+\.", reason)


@given(mask=MASKS, place=st.integers(0, 200))
def test_a_mask_has_one_digest_however_its_runs_are_written(mask: Mask, place: int) -> None:
    size = Size.of(mask)
    line = mask.T.ravel()
    edges = np.flatnonzero(np.diff(line, prepend=False))
    runs = np.diff(edges, prepend=0, append=len(line)).tolist()
    place %= len(runs)
    split = [*runs[:place], runs[place], 0, 0, *runs[place + 1 :]]
    assert rle.digest(rle.of_runs(split, size)) == rle.digest(rle.encode(mask))
    other = mask.copy()
    other.flat[place % mask.size] ^= True
    assert rle.digest(rle.encode(other)) != rle.digest(rle.encode(mask))


def test_coco_s_area_and_box_are_of_what_its_polygons_draw(tmp_path: Path) -> None:
    mask = KINDS["a hole"]
    find_format("coco-polygons").write(iter([dataset_photo(1, [mask], Size.of(mask))]), tmp_path)
    [drawn] = json.loads((tmp_path / "annotations.json").read_text())["annotations"]
    assert drawn["area"] == rle.area(rle_of(drawn["segmentation"], Size.of(mask)))
    assert drawn["area"] > int(mask.sum())
