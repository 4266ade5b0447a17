import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from models.evaluate.pairs import (
    NoSetOfPairs,
    Pair,
    PairsError,
    hash_of_pairs,
    held_out,
    read_pairs,
)

HEADER = "image,mask,split,kind\n"


def write_csv(folder: Path, text: str) -> Path:
    (folder / "list.csv").write_text(text, encoding="utf-8")
    return folder / "list.csv"


def test_a_folder_gives_equal_stems_in_order(tmp_path: Path, draw: Callable[..., Path]) -> None:
    for name in ("b", "a", "c"):
        draw(tmp_path, name, 0)
    (tmp_path / "images" / "notes.txt").write_text("not a photo")
    found = read_pairs(tmp_path)
    assert [pair.name for pair in found] == ["a", "b", "c"]
    assert [pair.mask for pair in found] == [tmp_path / "masks" / f"{n}.png" for n in "abc"]


def test_a_csv_is_filtered_and_its_paths_are_beside_it(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path, HEADER + "i/b.png,m/b.png,dev,phone\ni/a.png,m/a.png,dev,phone\n"
        "i/c.png,m/c.png,train,phone\ni/d.png,m/d.png,dev,dermoscopy\n"
    )  # fmt: skip
    found = read_pairs(path, {"split": "dev", "kind": "phone"})
    assert [pair.image for pair in found] == [tmp_path / "i" / "a.png", tmp_path / "i" / "b.png"]
    assert found[0].row["kind"] == "phone"
    assert len(read_pairs(path)) == 4


def test_a_csv_from_a_spreadsheet_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "\ufeffimage,mask\na.png,b.png\n")
    assert read_pairs(path)[0].mask == tmp_path / "b.png"


def test_a_folder_with_a_manifest_is_read_from_it(manifest: Path) -> None:
    assert len(read_pairs(manifest, {"split": "dev"})) == 2


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("image\na.png\n", {}, "no column “mask”"),
        (HEADER + "a,b,dev,phone\n", {"colour": "x"}, "no column “colour”"),
        (HEADER + "a,b,dev,phone\n", {"split": "test"}, "no pairs with split=test"),
        (HEADER + "a\n", {}, "row without an image or a mask"),
        ("", {}, "no column “image”"),
        ("image,mask\x1b[2J\n", {}, r"it has image, mask\x1b\[2J"),
    ],
)
def test_an_unusable_csv_is_refused_with_a_sentence(
    tmp_path: Path, text: str, where: dict[str, str], message: str
) -> None:
    with pytest.raises(PairsError, match=message):
        read_pairs(write_csv(tmp_path, text), where)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(NoSetOfPairs, match="can't be read as a CSV"):
        read_pairs(tmp_path / "list.csv")


def test_a_photo_without_a_mask_is_named(tmp_path: Path, draw: Callable[..., Path]) -> None:
    draw(tmp_path, "a", 0)
    draw(tmp_path, "b", 1)
    (tmp_path / "masks" / "b.png").unlink()
    with pytest.raises(PairsError, match=r"1 photos have no mask .* the first: b\.png"):
        read_pairs(tmp_path)


def test_a_filter_on_a_folder_without_columns_is_refused(
    tmp_path: Path, draw: Callable[..., Path]
) -> None:
    draw(tmp_path, "a", 0)
    with pytest.raises(NoSetOfPairs, match="filtered"):
        read_pairs(tmp_path, {"split": "dev"})


def test_a_place_without_pairs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSetOfPairs, match="does not exist"):
        read_pairs(tmp_path / "nowhere")
    with pytest.raises(NoSetOfPairs, match="no images/ and masks/"):
        read_pairs(tmp_path)


def test_a_tenth_is_held_out_and_groups_stay_whole() -> None:
    pairs = [Pair(Path(f"{n}.png"), Path("m.png"), {"group": f"g{n // 2}"}) for n in range(4000)]
    kept = [held_out(pair) for pair in pairs]
    assert kept[::2] == kept[1::2]
    assert 0.07 < sum(kept) / len(kept) < 0.13
    assert kept == [held_out(pair) for pair in pairs]


def test_the_hash_is_of_what_the_files_hold(tmp_path: Path, draw: Callable[..., Path]) -> None:
    draw(tmp_path / "one", "a", 0)
    draw(tmp_path / "one", "b", 1)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    first = hash_of_pairs(read_pairs(tmp_path / "one"))
    assert hash_of_pairs(read_pairs(tmp_path / "two")) == first
    draw(tmp_path / "two", "b", 2)
    assert hash_of_pairs(read_pairs(tmp_path / "two")) != first
