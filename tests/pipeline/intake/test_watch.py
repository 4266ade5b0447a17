import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from pipeline.intake.scan import Scan
from pipeline.intake.sights import Pace
from pipeline.intake.signature import signature_of
from pipeline.intake.watch import Listener, Watcher

Until = Callable[[Callable[[], bool]], None]
QUICK = Pace(rescan=60, folder=0.05, settle=0.05, calm=0.2, coming=0.2)


class Heard:
    """What a watcher told, in order, and the watcher."""

    def __init__(self, folder: Path, pace: Pace, clock: Callable[[], float] = monotonic) -> None:
        self.found: list[Path] = []
        self.gone: list[Path] = []
        self.folder: list[str | None] = []
        self.scans: list[Scan] = []
        listener = Listener(
            self.found.extend, self.gone.append, self.folder.append, self.scans.append
        )
        self.watcher = Watcher(folder, listener, pace, clock)


@pytest.fixture
def heard(folder: Path) -> Iterator[Heard]:
    heard = Heard(folder, QUICK)
    yield heard
    heard.watcher.stop()


def test_what_lies_there_and_what_comes_is_found_once(
    heard: Heard, folder: Path, until: Until
) -> None:
    (folder / "old.jpg").write_bytes(b"old")
    heard.watcher.start()
    until(lambda: heard.found == [folder / "old.jpg"])
    (folder / "new.jpg").write_bytes(b"new")
    (folder / "._new.jpg").write_bytes(b"no photo")
    for own in (".Trash-1000", "@eaDir"):
        (folder / own).mkdir()
        (folder / own / "new.jpg").write_bytes(b"a machine's own")
    until(lambda: len(heard.found) == 2)
    # A new folder has the whole looked through once more.
    (folder / "sub").mkdir()
    until(lambda: len(heard.scans) >= 2)
    assert heard.found == [folder / "old.jpg", folder / "new.jpg"]


def test_changed_moved_and_deleted_photos_are_told(
    heard: Heard, folder: Path, until: Until
) -> None:
    first, second = folder / "a.jpg", folder / "b.jpg"
    first.write_bytes(b"1")
    heard.watcher.start()
    until(lambda: heard.found == [first])
    first.write_bytes(b"22")
    until(lambda: heard.found == [first, first])
    first.rename(second)
    until(lambda: heard.found[2:] == [second] and heard.gone == [first])
    second.unlink()
    until(lambda: heard.gone == [first, second])


def test_a_folder_moved_in_brings_its_photos(
    heard: Heard, folder: Path, tmp_path: Path, until: Until
) -> None:
    outside = tmp_path / "card" / "DCIM"
    outside.mkdir(parents=True)
    (outside / "a.jpg").write_bytes(b"1")
    heard.watcher.start()
    until(lambda: bool(heard.scans))
    (tmp_path / "card").rename(folder / "card")
    until(lambda: heard.found == [folder / "card" / "DCIM" / "a.jpg"])


def test_a_growing_file_is_handed_on_when_it_stands_still(folder: Path, until: Until) -> None:
    now = [100.0]
    heard = Heard(folder, Pace(rescan=60, folder=0.05, settle=0.3, calm=1), lambda: now[0])
    heard.watcher.start()
    try:
        until(lambda: bool(heard.scans))
        with (folder / "a.jpg").open("ab", buffering=0) as file:
            for _ in range(30):
                file.write(b"more")
                now[0] += 0.25
                assert heard.found == []

            def handed_on() -> bool:
                now[0] += 0.1
                return heard.found == [folder / "a.jpg"]

            until(handed_on)
    finally:
        heard.watcher.stop()


PATIENT = Pace(rescan=600, folder=0.05, settle=500, calm=600)
TELLS = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells that a file was closed"
)


@TELLS
def test_what_was_closed_or_moved_there_is_handed_on_at_once(
    folder: Path, tmp_path: Path, until: Until
) -> None:
    heard = Heard(folder, PATIENT)
    heard.watcher.start()
    try:
        until(lambda: bool(heard.scans))
        (folder / "a.jpg").write_bytes(b"whole")
        until(lambda: heard.found == [folder / "a.jpg"])
        with (folder / "b.jpg.part").open("wb", buffering=0) as file:
            file.write(b"whole")
            (folder / "b.jpg.part").rename(folder / "b.jpg")
            until(lambda: heard.found == [folder / "a.jpg", folder / "b.jpg"])
    finally:
        heard.watcher.stop()


@TELLS
def test_a_file_that_grows_in_jerks_is_given_longer(folder: Path, until: Until) -> None:
    now, photo, other = [100.0], folder / "a.jpg", folder / "b.jpg"
    heard = Heard(folder, Pace(rescan=600, folder=0.05, settle=0.3, coming=4), lambda: now[0])
    heard.watcher.start()
    try:
        until(lambda: bool(heard.scans))
        with photo.open("wb", buffering=0) as file:
            file.write(b"half")
            # Not only that it is there: it may have been seen while it was empty.
            seen = hash(signature_of(photo))
            until(lambda: heard.watcher._sights._known.get(photo) == seen)
            now[0] = 100.5
            until(lambda: heard.found == [photo])
            heard.watcher.again(photo)
            now[0] = 103.5
            file.write(b"more")
            until(lambda: heard.watcher._sights._waiting[photo].pause == 3.5)
            now[0] = 110.0
            other.write_bytes(b"whole")
            until(lambda: other in heard.found)
            assert heard.found == [photo, other]
            assert not heard.watcher.calm(photo)
            now[0] = 111.0
            until(lambda: heard.found == [photo, other, photo])
            assert heard.watcher.calm(photo)
    finally:
        heard.watcher.stop()


def test_what_was_written_just_now_is_longer_in_coming_than_what_lay_there(
    folder: Path, until: Until
) -> None:
    now, old, new = [100.0], folder / "old.jpg", folder / "new.jpg"
    for photo in (old, new):
        photo.write_bytes(b"half")
    os.utime(old, (0, 0))
    pace = Pace(rescan=600, folder=0.05, settle=500, calm=2, coming=3600)
    heard = Heard(folder, pace, lambda: now[0])
    heard.watcher.start()
    try:
        until(lambda: len(heard.watcher._sights) == 2)
        now[0] += 3
        assert [heard.watcher.calm(photo) for photo in (old, new)] == [True, False]
        now[0] += 3600
        assert heard.watcher.calm(new)
    finally:
        heard.watcher.stop()


def test_asked_for_again_a_photo_comes_when_it_is_calm(
    heard: Heard, folder: Path, until: Until
) -> None:
    photo = folder / "a.jpg"
    photo.write_bytes(b"half")
    heard.watcher.start()
    until(lambda: heard.found == [photo])
    heard.watcher.again(photo)
    until(lambda: heard.found == [photo, photo])
    assert heard.watcher.calm(photo)


def test_a_folder_that_vanishes_and_comes_back_is_told_and_watched_again(
    heard: Heard, folder: Path, until: Until
) -> None:
    (folder / "a.jpg").write_bytes(b"1")
    heard.watcher.start()
    until(lambda: len(heard.found) == 1)
    shutil.rmtree(folder)
    until(lambda: heard.folder[-1] is not None)
    assert "not there any more" in str(heard.folder[-1])
    folder.mkdir()
    until(lambda: heard.folder[-1] is None)
    (folder / "b.jpg").write_bytes(b"2")
    until(lambda: heard.found[-1] == folder / "b.jpg")


def test_of_a_folder_that_never_was_nothing_is_said_of_any_more(
    tmp_path: Path, until: Until
) -> None:
    heard = Heard(tmp_path / "none", QUICK)
    heard.watcher.start()
    until(lambda: bool(heard.folder))
    heard.watcher.stop()
    assert heard.folder == [
        f"The folder is not there: {tmp_path / 'none'}. Check its name, or bring it back: nevus "
        "goes on as soon as it is there."
    ]


@pytest.mark.parametrize("was_there", [True, False], ids=["vanished", "never there"])
def test_while_the_folder_is_gone_it_looks_no_oftener_than_it_is_to(
    folder: Path, until: Until, was_there: bool
) -> None:
    asked, woken, now = [0], [0], [100.0]

    def clock() -> float:
        asked[0] += 1
        return now[0]

    heard = Heard(folder, Pace(folder=3600), clock)

    def has_seen(there: bool) -> bool:
        woken[0] += 1
        heard.watcher.again(folder / "a.jpg")
        return bool(heard.folder) and (heard.folder[-1] is None) == there

    if not was_there:
        folder.rmdir()
    heard.watcher.start()
    try:
        if was_there:
            until(lambda: bool(heard.scans))
            folder.rmdir()
            # A whole look through the folder has been due for long.
            now[0] = 1000.0
        until(lambda: has_seen(False))
        asked[0] = woken[0] = 0
        until(lambda: len(heard.watcher._changed._waiters) > 0)  # type: ignore[attr-defined]
        folder.mkdir()
        until(lambda: has_seen(True))
        # It asks for the time a few times a look.
        assert asked[0] <= 100 + 5 * woken[0]
    finally:
        heard.watcher.stop()


def test_without_events_the_rescan_finds_what_came(
    folder: Path, tmp_path: Path, until: Until
) -> None:
    # Events come for the folder a link stands in, none for changes of the file it points to.
    target = tmp_path / "target.jpg"
    target.write_bytes(b"1")
    (folder / "link.jpg").symlink_to(target)
    heard = Heard(folder, Pace(rescan=0.1, folder=0.05, settle=0.05, calm=0.2))
    heard.watcher.start()
    try:
        until(lambda: len(heard.found) == 1)
        target.write_bytes(b"22")
        until(lambda: heard.found == [folder / "link.jpg"] * 2)
    finally:
        heard.watcher.stop()
