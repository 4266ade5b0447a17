import os
from pathlib import Path

import pytest

from pipeline.errors import FolderGone
from pipeline.intake.passed_by import passed_by
from pipeline.intake.scan import LeftOut, file_stat, is_photo_of, scan, stored_path


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_photos_of_all_kinds_are_found_in_sub_folders_and_nothing_else(folder: Path) -> None:
    photos = ("a.jpg", "b/c.JPEG", "b/d/e.png", "f.HEIC", "g.heif", "mo\nle\x1b[31m.jpg", "h.JPE")
    others = ("i.jfif", "DSC00001.HIF", "k.tiff", "l.avif", "m.jp2", "n.bmp", "o.gif")
    wanted = [touch(folder / name) for name in (*photos, *others)]
    for name in ("notes.txt", ".hidden.jpg", "._a.jpg", ".trash/z.jpg", "jpg", "h.jpg.part"):
        touch(folder / name)
    (folder / "folder.jpg").mkdir()
    assert scan(folder).photos == tuple(sorted(wanted))


def test_links_to_files_count_and_links_to_folders_are_not_followed(
    folder: Path, tmp_path: Path
) -> None:
    target = touch(tmp_path / "elsewhere" / "a.jpg")
    (folder / "link.jpg").symlink_to(target)
    (folder / "broken.jpg").symlink_to(tmp_path / "nothing.jpg")
    (folder / "loop").symlink_to(folder)
    assert scan(folder).photos == (folder / "link.jpg",)
    assert file_stat(folder / "link.jpg").inode == target.stat().st_ino


def test_a_missing_folder_is_said(folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(FolderGone, match="not there any more"):
        scan(folder)


def test_a_folder_that_cannot_be_read_is_noted_and_the_others_are_found(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root can read every folder")
    good = touch(folder / "good" / "a.jpg")
    hidden = touch(folder / "locked" / "b.jpg")
    hidden.parent.chmod(0)
    try:
        found = scan(folder)
    finally:
        hidden.parent.chmod(0o755)
    assert found.photos == (good,)
    assert found.unreadable == (hidden.parent,)
    assert not found.saw(hidden)
    assert found.saw(good)


def test_a_name_that_is_no_text_can_still_be_stored() -> None:
    path = Path(os.fsdecode(b"/photos/caf\xe9.jpg"))
    assert stored_path(path) == "/photos/caf\\udce9.jpg"
    assert stored_path(Path("/photos/café.jpg")) == "/photos/café.jpg"


def test_what_is_left_out_is_counted(folder: Path) -> None:
    touch(folder / "IMG_1.jpg")
    for name in (
        "@eaDir/IMG_1.jpg/SYNOPHOTO_THUMB_M.jpg",
        "@eaDir/IMG_1.jpg/SYNOPHOTO_THUMB_XS.jpg",
        "sub/#recycle/old.jpg",
        "$RECYCLE.BIN/older.heic",
        ".Trash-1000/files/z.jpg",
        ".stversions/notes.txt",
        ".IMG_2.HEIC.icloud",
        ".notes.txt.icloud",
        ".DS_Store",
        "raw.DNG",
        "notes.txt",
        "README",
    ):
        touch(folder / name)
    found = scan(folder)
    assert found.photos == (folder / "IMG_1.jpg",)
    left = found.left_out
    assert left.kinds == {".dng": 1, ".txt": 1, "": 1}
    assert {name: count for name, count in left.others.items() if count} == {
        "@eaDir": 2,
        "#recycle": 1,
        "$RECYCLE.BIN": 1,
        ".Trash-1000": 1,
    }
    assert left.in_cloud == 1
    said = passed_by(left)
    assert said is not None
    assert said.startswith(
        "Files left out: 3 of other kinds (.dng, .txt, no ending), 5 in folders "
    )
    assert "1 in iCloud that are not downloaded. Raw files are no pictures yet" in said
    assert passed_by(LeftOut()) is None


def test_a_folder_is_judged_by_what_lies_below_the_one_that_is_asked_for() -> None:
    hidden = Path("/x/.hidden/@eaDir")
    assert is_photo_of(hidden, hidden / "a" / "b.jpg")
    assert not is_photo_of(hidden, hidden / ".a" / "b.jpg")
    assert not is_photo_of(hidden, hidden / "a" / "@eaDir" / "b.jpg")
