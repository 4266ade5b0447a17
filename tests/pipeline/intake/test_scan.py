import os
from pathlib import Path

import pytest

from pipeline.errors import FolderGone
from pipeline.intake.scan import file_stat, scan, stored_path


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_photos_of_all_kinds_are_found_in_sub_folders_and_nothing_else(folder: Path) -> None:
    wanted = [
        touch(folder / name)
        for name in ("a.jpg", "b/c.JPEG", "b/d/e.png", "f.HEIC", "g.heif", "mo\nle\x1b[31m.jpg")
    ]
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
