"""Formats write a dataset as it comes, and hold no more photos than they work on at once."""

import json
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from imaging.framing import Size
from imaging.values import Rle
from pipeline.exchange.abreast import AHEAD
from pipeline.exchange.dataset import DatasetPhoto, Drawn, Provenance
from pipeline.exchange.find import find_format, format_names
from pipeline.settings import usable_cores

AT_WORK = usable_cores() + AHEAD + 2
"""Begun and not yet asked for; one more that is written, and one that comes."""
PHOTOS = 3 * AT_WORK
SIZE = Size(4, 3)


def photo(number: int, drawn: Drawn) -> DatasetPhoto:
    name = f"mole-{number}\u2028é"
    provenance = Provenance(
        name=name,
        path=f"/photos/{name}.jpg",
        sha256="s",
        content_hash="c",
        width=SIZE.width,
        height=SIZE.height,
        decision="accepted",
        reviewer="ada",
        decided_at="now",
        seconds=1.5,
        score=None,
        note='said "\n"',
        flag=True,
        reason="",
        revision=1,
        author="lesion",
        origin="model",
        tools="",
        threshold=0.5,
        mask=drawn,
        area_pixels=12,
        area_fraction=1.0,
        lesions=None,
        model=None,
        model_hash=None,
        backend=None,
        device=None,
    )
    rle = Rle(SIZE, b"0<") if drawn is Drawn.LESION else None
    lesions = () if rle is None else (rle,)
    path = f"{name}.jpg"
    return DatasetPhoto(number, name, path, SIZE, drawn, rle, False, provenance, lesions)


def stream(drawn: Drawn, most: int) -> Iterator[DatasetPhoto]:
    """Photos, of which never more than this many may be held."""
    given: weakref.WeakSet[DatasetPhoto] = weakref.WeakSet()
    for number in range(PHOTOS):
        made = photo(number, drawn)
        given.add(made)
        yield made
        del made
        assert len(given) <= most


@pytest.mark.parametrize("drawn", Drawn)
@pytest.mark.parametrize("name", format_names())
def test_a_format_holds_few_photos_at_a_time(tmp_path: Path, name: str, drawn: Drawn) -> None:
    find_format(name).write(stream(drawn, most=AT_WORK), tmp_path)
    assert any(tmp_path.iterdir()) or (name, drawn) == ("labelme", Drawn.NONE)


@pytest.mark.parametrize("drawn", Drawn)
def test_coco_s_file_is_written_as_if_at_once(tmp_path: Path, drawn: Drawn) -> None:
    find_format("coco").write(stream(drawn, most=PHOTOS), tmp_path)
    [file] = tmp_path.iterdir()
    text = file.read_text(encoding="utf-8")
    document = json.loads(text)
    assert text == json.dumps(document, indent=1)
    assert list(document) == ["info", "licenses", "categories", "images", "annotations"]
    assert [image["id"] for image in document["images"]] == list(range(PHOTOS))
    assert len(document["annotations"]) == (PHOTOS if drawn is Drawn.LESION else 0)
    assert document["info"]["folder"] == "/photos"
