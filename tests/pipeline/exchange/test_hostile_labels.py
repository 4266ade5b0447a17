"""Labels that were made to harm, or that say what no photo can be, end as a sentence."""

import json
from pathlib import Path

import pytest

from db.store import Store
from pipeline.errors import LabelError
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.importing import run

HUGE = 10**9
TENFOLD = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMB = f'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">{TENFOLD}]><annotations>&i;</annotations>'
OUTSIDE = (
    '<!DOCTYPE l [<!ENTITY e SYSTEM "file:///etc/hosts">]><annotations><image name="a.jpg" '
    'width="32" height="24"/>&e;</annotations>'
)
CORNERS = [[4, 4], [12, 4], [12, 12], [4, 12]]


@pytest.fixture
def known(store: Store, folder: Path) -> Store:
    """Two photos that nevus knows."""
    for number, name in enumerate(("a.jpg", "b.jpg")):
        remember_photo(store, draw_photo(folder / name, (32 + number, 24)))
    return store


def labelme(path: Path, kind: str = "polygon", **said: object) -> str:
    shape = {"label": "lesion", "points": CORNERS, "shape_type": kind}
    photo = {"imagePath": path.name, "imageWidth": 32, "imageHeight": 24}
    return json.dumps({"shapes": [shape], **photo, **said})


@pytest.mark.parametrize(("text", "words"), [(BOMB, "amplification"), (OUTSIDE, "entity")])
def test_xml_neither_grows_nor_reads_other_files(
    known: Store, folder: Path, tmp_path: Path, text: str, words: str
) -> None:
    labels = tmp_path / "annotations.xml"
    labels.write_text(text)
    with pytest.raises(LabelError, match=words):
        run(known, folder, labels)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "oriented_rectangle"}, "oriented_rectangle is no outline of a lesion"),
        ({"imageWidth": HUGE, "imageHeight": HUGE}, "a: its mask is 1000000000×1000000000"),
        ({"shapes": None}, "something in it is missing"),
    ],
)
def test_one_bad_file_is_named_and_the_next_comes_in(
    known: Store, folder: Path, tmp_path: Path, said: dict[str, object], words: str
) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / "a.json").write_text(labelme(Path("a.jpg"), **said))  # type: ignore[arg-type]
    (labels / "b.json").write_text(labelme(Path("b.jpg"), imageWidth=33))
    found = run(known, folder, labels)
    [fault] = found.faults
    assert words in fault
    assert found.imported == 1
