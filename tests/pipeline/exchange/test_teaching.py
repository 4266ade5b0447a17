"""Pairs to learn from: no group in two parts, small copies, and nothing that has changed."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from db.values import DecisionKind, Verdict
from models.evaluate.masks import read_mask
from models.evaluate.pairs import read_pairs
from pipeline.errors import ExportError, LabelError
from pipeline.exchange.export import export
from pipeline.exchange.split import by_folder
from pipeline.exchange.teaching import SIDE, lay_out
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.databases import new_store

PHOTOS = 40


def patients(place: Path) -> Path:
    """Ten patients, four photos each, one of them without a lesion: what was exported of them."""
    folder = place / "photos"
    with closing(new_store(place / "memory" / "nevus.db")) as store:
        for number in range(PHOTOS):
            path = folder / f"patient-{number % 10}" / f"{number}.png"
            photo = remember_photo(store, draw_photo(path, (SIDE + 1 + number, 48)))
            seen = store.photo(photo).revision
            kind = DecisionKind.NO_LESION if number == 7 else DecisionKind.ACCEPTED
            reviewer = "ada" if number % 4 else "bob"
            store.decide(Verdict(photo, seen.id if seen else None, None, kind, reviewer, 1.0))
        return export(store.path, place / "set", folder, "png", list(DecisionKind)).dest


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of photos that no test changes."""
    return patients(tmp_path_factory.mktemp("patients").resolve())


@pytest.mark.slow
def test_no_patient_is_in_two_parts_and_what_is_measured_on_is_whole(
    dataset: Path, tmp_path: Path
) -> None:
    folder = dataset.parent / "photos"
    taught = lay_out(dataset, tmp_path / "data", "phone", by_folder)
    assert taught.decisions == {"accepted": PHOTOS - 1, "no lesion": 1}
    assert taught.reviewers == (30, 10)
    pairs = read_pairs(taught.table)
    assert Counter(pair.row["split"] for pair in pairs) == taught.photos
    assert sum(taught.photos.values()) == PHOTOS
    of_group: dict[str, set[str]] = {}
    for pair in pairs:
        of_group.setdefault(pair.group, set()).add(pair.row["split"])
    assert len(of_group) == 10
    assert all(len(parts) == 1 for parts in of_group.values())
    for pair in pairs:
        with Image.open(pair.image) as picture:
            size = picture.size
        assert size[::-1] == read_mask(pair).shape
        if pair.row["split"] == "test":
            assert pair.image.is_relative_to(folder)
        else:
            assert max(size) == SIDE
            assert pair.image.is_relative_to(tmp_path)
            assert picture.info == {}


@pytest.mark.slow
def test_a_photo_that_changed_or_went_is_left_out_and_named(tmp_path: Path) -> None:
    dataset, folder = patients(tmp_path.resolve()), tmp_path.resolve() / "photos"
    (folder / "patient-3" / "3.png").unlink()
    with (folder / "patient-4" / "4.png").open("ab") as file:
        file.write(b" ")
    taught = lay_out(dataset, tmp_path / "data", "phone", by_folder)
    assert taught.left_out == tuple(str(folder / f"patient-{n}" / f"{n}.png") for n in (3, 4))
    assert len(read_pairs(taught.table)) == PHOTOS - 2


def test_earlier_photos_keep_their_parts_and_their_kind(dataset: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    for kind in ("images", "masks"):
        (earlier / kind).mkdir(parents=True)
    lines = ["image,mask,split,kind,group"]
    for number in range(20):
        for kind, colour in (("images", (9, 9, 9)), ("masks", (255, 255, 255))):
            Image.fromarray(np.full((20, 30, 3), colour, np.uint8)).save(
                earlier / kind / f"{number}.png"
            )
        split = "dev" if number >= 10 else "train"
        lines.append(f"images/{number}.png,masks/{number}.png,{split},dermoscopy,g{number}")
    (earlier / "manifest.csv").write_text("\n".join(lines) + "\n")
    taught = lay_out(dataset, tmp_path / "data", "phone", by_folder, [earlier])
    assert taught.earlier == 20
    old = [pair for pair in read_pairs(taught.table) if pair.row["kind"] == "dermoscopy"]
    assert {pair.row["split"] for pair in old if int(pair.name) < 10} == {"train"}
    assert {pair.row["split"] for pair in old if int(pair.name) >= 10} == {"dev", "test"}


def test_what_is_no_dataset_or_lies_in_one_group_is_a_sentence(
    dataset: Path, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match="none is left for"):
        lay_out(dataset, tmp_path / "data", "phone", lambda _path: "one")
    with pytest.raises(LabelError, match="There is no manifest"):
        lay_out(dataset.parent / "photos", tmp_path / "data", "phone", by_folder)
