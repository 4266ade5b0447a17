"""Photos beside their masks: whose names, which way up, in which part, and without metadata."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from db.store import Store
from db.values import DecisionKind, Verdict
from imaging.decode.orientation import turned_back, upright
from imaging.decode.photo import read_photo
from imaging.framing import Size
from pipeline.errors import ExportError, WrongDestination
from pipeline.exchange.choice import Choice, value_of
from pipeline.exchange.export import changed, export
from pipeline.exchange.find import find_format, format_names
from pipeline.exchange.format import Label
from pipeline.exchange.layout import Frame, Layout, Names, Photos
from pipeline.exchange.partial import _aside
from pipeline.exchange.split import Split, by_folder, shares_of
from pipeline.exchange.verify import verify
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.databases import new_store

SECRET = "Smith, Jane"
ALL = list(DecisionKind)


def decide_five(store: Store, folder: Path) -> None:
    """Photos that say of themselves who is on them; one of them is turned."""
    for number, name in enumerate(("a/1.jpg", "a/2.png", "b/3.webp", "b/turned.jpg", "c.jpg")):
        path = draw_photo(folder / name, at=(number * 9, 20), size=(320, 240))
        exif = Image.Exif()
        exif[ExifTags.Base.ImageDescription] = SECRET
        if "turned" in name:
            exif[ExifTags.Base.Orientation] = 6
        with Image.open(path) as picture:
            picture.load()
        picture.save(path, exif=exif, comment=SECRET.encode())
        photo = store.photo(remember_photo(store, path))
        seen = photo.revision.id if photo.revision else None
        kind = DecisionKind.ACCEPTED
        reviewer = "ada" if number % 2 else "bob"
        store.decide(
            Verdict(
                photo.photo_id, seen, None, kind, reviewer, 1.0, score=number + 1, flag=number == 2
            )
        )


@dataclass(frozen=True)
class Clinic:
    """Photos and the store that knows them."""

    store: Store
    folder: Path


def clinic_in(place: Path) -> Iterator[Clinic]:
    with closing(new_store(place / "memory" / "nevus.db")) as store:
        decide_five(store, place / "photos")
        yield Clinic(store, place / "photos")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """For tests that read: to export changes neither the photos nor the store."""
    yield from clinic_in(tmp_path_factory.mktemp("clinic").resolve())


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Clinic]:
    """For a test that changes a photo."""
    yield from clinic_in(tmp_path.resolve())


@pytest.fixture
def decided(shared: Clinic) -> Store:
    return shared.store


@pytest.fixture
def folder(shared: Clinic) -> Path:
    return shared.folder


def photos_of(dest: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((dest / "manifest.json").read_text())["photos"]
    return found


@pytest.mark.parametrize("frame", Frame)
def test_a_copied_photo_is_the_same_picture_without_a_word_beside_it(
    frame: Frame, decided: Store, folder: Path, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert sum(SECRET.encode() in data for data in before.values()) >= 4
    layout = Layout(Photos.COPY, frame)
    dest = export(decided.path, tmp_path / "set", folder, "png", ALL, layout=layout).dest
    for photo in photos_of(dest):
        name = photo["nevus"]["name"]  # type: ignore[index]
        original = read_photo(Path(photo["nevus"]["path"]))  # type: ignore[index]
        [copy] = (dest / "images").glob(f"{name}.*")
        assert SECRET.encode() not in copy.read_bytes()
        pixels = read_photo(copy).pixels
        wanted = original.pixels
        if frame is Frame.STORED and name == "turned":
            wanted = np.rot90(wanted)
        assert np.array_equal(pixels, wanted)
        with Image.open(dest / "masks" / f"{name}.png") as mask:
            assert mask.size == (pixels.shape[1], pixels.shape[0])
    assert {path: path.read_bytes() for path in before} == before
    assert verify(dest).faults == ()


@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize("frame", Frame)
def test_each_format_holds_a_turned_photo_in_both_frames(
    name: str, frame: Frame, decided: Store, folder: Path, tmp_path: Path
) -> None:
    layout = Layout(Photos.COPY, frame)
    choice = Choice("turned")
    dest = export(decided.path, tmp_path / name, folder, name, ALL, choice, layout).dest
    size = Size(240, 320) if frame is Frame.UPRIGHT else Size(320, 240)
    [label] = find_format(name).read(dest, lambda _: size)
    assert isinstance(label, Label)
    assert label.size == size
    assert verify(dest).faults == ()


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_mask_turned_back_is_what_its_orientation_would_turn_upright(turn: int) -> None:
    stored = np.random.default_rng(turn).random((5, 7)) > 0.5
    turned = np.asarray(upright(Image.fromarray(stored.astype(np.uint8)), turn)) > 0
    assert np.array_equal(turned_back(turned, turn), stored)


@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize("photos", [Photos.LEAVE, Photos.COPY])
def test_with_names_as_hashes_no_name_of_a_photo_is_in_the_dataset(
    name: str, photos: Photos, decided: Store, folder: Path, tmp_path: Path
) -> None:
    layout = Layout(photos, names=Names.HASH)
    dest = export(decided.path, tmp_path / name, folder, name, ALL, layout=layout).dest
    for path in dest.rglob("*"):
        assert "turned" not in path.name
        if path.is_file():
            assert b"turned" not in path.read_bytes()
            assert bytes(folder) not in path.read_bytes()
    assert verify(dest).faults == ()


def test_links_lead_to_the_photos_and_are_refused_where_names_are_hidden(
    decided: Store, folder: Path, tmp_path: Path
) -> None:
    layout = Layout(Photos.LINK)
    dest = export(decided.path, tmp_path / "set", folder, "yolo", ALL, layout=layout).dest
    linked = {path.resolve() for path in (dest / "images").iterdir()}
    assert linked == {path for path in folder.rglob("*") if path.is_file()}
    hidden = Layout(Photos.LINK, names=Names.HASH)
    with pytest.raises(ExportError, match="A link says the name"):
        export(decided.path, tmp_path / "other", folder, "yolo", ALL, layout=hidden)
    assert not (tmp_path / "other").exists()


def test_a_photo_that_has_changed_since_is_not_copied(own: Clinic, tmp_path: Path) -> None:
    with (own.folder / "c.jpg").open("ab") as file:
        file.write(b" ")
    layout = Layout(Photos.COPY)
    with pytest.raises(ExportError, match="has changed since it was reviewed"):
        export(own.store.path, tmp_path / "set", own.folder, "png", ALL, layout=layout)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("name", format_names())
def test_parts_divide_no_group_and_hold_every_photo_once(
    name: str, decided: Store, folder: Path, tmp_path: Path
) -> None:
    layout = Layout(split=Split((1, 1, 1), by_folder))
    dest = export(decided.path, tmp_path / name, folder, name, ALL, layout=layout).dest
    found = [(str(p["folder"]), p["nevus"]["path"]) for p in photos_of(dest)]  # type: ignore[index]
    assert len(found) == 5
    assert all((dest / part).is_dir() for part, _ in found)
    for group in ("a", "b"):
        assert len({part for part, path in found if f"/{group}/" in path}) == 1
    assert verify(dest).faults == ()


def test_photos_are_chosen_by_the_rules_of_the_screen_by_day_and_by_model(
    decided: Store, folder: Path, tmp_path: Path
) -> None:
    today = datetime.now(UTC).astimezone().date()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    wanted = {
        Choice(): {"1", "2", "3", "turned", "c"},
        Choice(values=(value_of("reviewer=ada"),)): {"2", "turned"},
        Choice(values=(value_of("score=1"), value_of("score=5"))): {"1", "c"},
        Choice(values=(value_of("flag=flagged"),)): {"3"},
        Choice(values=(value_of("folder=b"), value_of("reviewer=bob"))): {"3"},
        Choice("TURN"): {"turned"},
        Choice(since=yesterday, until=tomorrow, models=("by hand",)): {
            "1",
            "2",
            "3",
            "turned",
            "c",
        },
        Choice(models=("000000",)): {"1", "2", "3", "turned", "c"},
        Choice(models=("lesion",)): set(),
        Choice(since=tomorrow): set(),
        Choice(until=yesterday): set(),
    }
    for number, (choice, names) in enumerate(wanted.items()):
        dest = tmp_path / f"{number}"
        if not names:
            with pytest.raises(ExportError, match="Ask for less"):
                export(decided.path, dest, folder, "csv", ALL, choice)
            continue
        export(decided.path, dest, folder, "csv", ALL, choice)
        assert {photo["nevus"]["name"] for photo in photos_of(dest)} == names  # type: ignore[index]
    for wrong in ("score", "score=6", "colour=red", "reviewer"):
        with pytest.raises(ExportError, match=r"is one of|is none of|says no value"):
            value_of(wrong)


def test_an_update_takes_the_place_of_a_dataset_that_nobody_has_changed(
    decided: Store, folder: Path, tmp_path: Path
) -> None:
    dest = tmp_path / "set"
    again = Layout(update=True)
    some = [DecisionKind.ACCEPTED]
    turned = Choice("turned")
    export(decided.path, dest, folder, "png", some, turned, again)
    assert len(photos_of(dest)) == 1
    with pytest.raises(ExportError, match="is not an empty folder"):
        export(decided.path, dest, folder, "png", some, turned)
    made = (dest / "manifest.json").read_text()
    export(decided.path, dest, folder, "png", some, turned, again)
    assert (dest / "manifest.json").read_text() != made
    assert verify(dest).faults == ()
    before = {path: path.read_bytes() for path in dest.rglob("*") if path.is_file()}
    (dest / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match=r"mine\.txt has come since"):
        export(decided.path, dest, folder, "png", some, turned, again)
    (dest / "mine.txt").unlink()
    assert {path: path.read_bytes() for path in dest.rglob("*") if path.is_file()} == before
    assert sorted(tmp_path.glob(".nevus*")) == []
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "photo.jpg").touch()
    with pytest.raises(ExportError, match="Only a dataset can be updated"):
        export(decided.path, tmp_path / "other", folder, "png", ALL, layout=again)


def test_an_update_that_would_drop_what_was_asked_for_says_what_that_was(
    decided: Store, folder: Path, tmp_path: Path
) -> None:
    dest = tmp_path / "set"
    split = Split(shares_of("60/20/20"), by_folder)
    first = Layout(Photos.COPY, split=split)
    export(decided.path, dest, folder, "coco", ALL, Choice(until=date(2100, 1, 1)), first)
    before = (dest / "manifest.json").read_bytes()
    for format_name, choice, layout, said in (
        ("png", Choice(until=date(2100, 1, 1)), replace(first, update=True), "--format coco, and"),
        ("coco", Choice(), replace(first, update=True), "--until 2100-01-01, and"),
        ("coco", Choice(), Layout(update=True), "--photos copy, --split 60/20/20, --grouped-by"),
        ("coco", Choice("x"), replace(first, update=True), "no --search"),
    ):
        with pytest.raises(WrongDestination, match=said):
            export(decided.path, dest, folder, format_name, ALL, choice, layout)
    assert (dest / "manifest.json").read_bytes() == before


def test_what_comes_while_an_update_is_made_is_not_taken_away(
    decided: Store, folder: Path, tmp_path: Path
) -> None:
    dest, mine = tmp_path / "set", tmp_path / "set" / "mine.txt"

    def alone(path: str) -> str:
        return path

    def while_it_is_made(path: str) -> str:
        mine.write_text("mine")
        return path

    first = Layout(split=Split((100, 0), alone))
    export(decided.path, dest, folder, "png", ALL, layout=first)
    again = Layout(split=Split((100, 0), while_it_is_made), update=True)
    with pytest.raises(WrongDestination, match=r"mine\.txt has come since"):
        export(decided.path, dest, folder, "png", ALL, layout=again)
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("named", [True, False])
def test_what_a_kill_in_an_update_left_is_brought_in_order(
    decided: Store, folder: Path, tmp_path: Path, named: bool
) -> None:
    dest = tmp_path / "set"
    export(decided.path, dest, folder, "png", ALL)
    aside = _aside(dest)
    if named:
        shutil.copytree(dest, aside)
    else:
        dest.rename(aside)
    export(decided.path, dest, folder, "png", ALL, layout=Layout(update=True))
    assert verify(dest).faults == ()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_how_many_photos_are_in_each_part_is_told(
    decided: Store, folder: Path, tmp_path: Path
) -> None:
    layout = Layout(split=Split(shares_of("100/0"), by_folder))
    exported = export(decided.path, tmp_path / "set", folder, "png", ALL, layout=layout)
    assert exported.parts == {"train": 5}


def test_a_link_to_a_photo_that_is_gone_is_named_and_all_else_looked_at(
    own: Clinic, tmp_path: Path
) -> None:
    layout = Layout(Photos.LINK)
    dest = export(own.store.path, tmp_path / "set", own.folder, "png", ALL, layout=layout).dest
    gone = next(path for path in (dest / "images").iterdir())
    gone.readlink().unlink()
    [fault] = verify(dest).faults
    assert fault.startswith(f"images/{gone.name} leads to ")


def test_a_photo_left_in_its_place_that_is_another_now_is_said(own: Clinic, tmp_path: Path) -> None:
    database, folder = own.store.path, own.folder
    # Touched, and still the same: nothing to say.
    os.utime(folder / "c.jpg", ns=(1, 1))
    exported = export(database, tmp_path / "same", folder, "csv", ALL)
    assert exported.changed == 0
    assert changed(exported) is None
    draw_photo(folder / "c.jpg", at=(50, 50), size=(320, 240))
    (folder / "b" / "3.webp").unlink()
    exported = export(database, tmp_path / "set", folder, "csv", ALL)
    assert exported.changed == 2
    assert (changed(exported) or "").startswith("2 of the 5 photos are not in their places")


def test_a_divided_yolo_dataset_has_one_file_that_names_its_parts(
    decided: Store, folder: Path, tmp_path: Path
) -> None:
    layout = Layout(Photos.COPY, split=Split(shares_of("40/30/30"), lambda path: path))
    exported = export(decided.path, tmp_path / "set", folder, "yolo", ALL, layout=layout)
    told = dict(
        line.split(": ")
        for line in (tmp_path / "set" / "data.yaml").read_text().splitlines()
        if ": " in line and not line.startswith(" ")
    )
    assert told.pop("path") == "."
    assert set(told) == set(exported.parts)
    for part, photos in exported.parts.items():
        assert len(list((tmp_path / "set" / told[part]).iterdir())) == photos
    assert verify(tmp_path / "set").faults == ()


def test_a_dataset_lies_in_no_other(decided: Store, folder: Path, tmp_path: Path) -> None:
    export(decided.path, tmp_path / "set", folder, "png", ALL)
    with pytest.raises(WrongDestination, match="lies inside the dataset"):
        export(decided.path, tmp_path / "set" / "deep" / "er", folder, "png", ALL)
