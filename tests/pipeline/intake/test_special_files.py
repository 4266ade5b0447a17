"""Pipes, sockets, devices and odd links in a folder are no photos, and hold up none."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from db.store import Store
from pipeline.errors import ScanStopped
from pipeline.intake.ingest import Ingest, IngestProgress, Rhythm
from pipeline.intake.outcome import Outcome
from pipeline.intake.scan import scan
from pipeline.intake.sights import Pace
from pipeline.intake.watch import Listener, Watcher
from pipeline.work.scorer import Pool
from tests.support.intake import take_in

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]
QUICK = Pace(rescan=60, folder=0.05, settle=0.05, calm=0.2, coming=0.2)


def make_oddities(folder: Path) -> list[Path]:
    """Whatever can have a photo's name without being one."""
    pipe, wire, device, loop = (folder / f"{name}.jpg" for name in ("p", "w", "d", "l"))
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as server, chdir(folder):
        server.bind(wire.name)
    device.symlink_to("/dev/zero")
    loop.symlink_to(loop)
    (folder / "folder.jpg").mkdir()
    (folder / "pipe-link.jpg").symlink_to(pipe)
    return [pipe, wire, device, loop, folder / "folder.jpg", folder / "pipe-link.jpg"]


def test_a_scan_finds_none_of_them(folder: Path, draw: Draw) -> None:
    make_oddities(folder)
    photo = draw(folder / "z.jpg")
    assert scan(folder).photos == (photo,)


def test_a_watcher_finds_none_of_them_whether_they_lie_there_or_come(
    folder: Path, tmp_path: Path, draw: Draw, until: Until
) -> None:
    make_oddities(folder)
    found: list[Path] = []
    listener = Listener(found.extend, found.append, lambda _: None, lambda _: None)
    watcher = Watcher(folder, listener, QUICK)
    watcher.start()
    try:
        first = draw(folder / "y.jpg")
        until(lambda: first in found)
        (folder / "later").mkdir()
        make_oddities(folder / "later")
        os.mkfifo(folder / "a.jpg")
        last = draw(folder / "z.jpg")
        until(lambda: last in found)
    finally:
        watcher.stop()
    assert set(found) == {first, last}


def test_photos_that_come_after_a_pipe_are_taken_in(
    store: Store, modelless: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    told: list[IngestProgress] = []
    ingest = Ingest(store, modelless, folder, told.append, Rhythm(QUICK))
    ingest.start()
    try:
        until(lambda: bool(told))
        os.mkfifo(folder / "a.jpg")
        (folder / "b.jpg").symlink_to("/dev/zero")
        draw(folder / "z.jpg")
        until(lambda: [item.name for item in store.queue(str(folder))] == ["z.jpg"])
    finally:
        ingest.stop()
    assert store.set_aside_files(str(folder)) == []


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_becomes_one_after_it_was_found_is_set_aside(
    store: Store, modelless: Pool, folder: Path, kind: str
) -> None:
    odd = folder / "odd.jpg"
    if kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to("/dev/zero")
    assert take_in(store, modelless, odd) is Outcome.SET_ASIDE
    [aside] = store.set_aside_files(str(folder))
    assert aside.reason.startswith("odd.jpg is a pipe, a socket or a device")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into."""
    folder = Path(tempfile.mkdtemp()).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_link_into_a_folder_without_permission_does_not_end_the_scan(
    open_folder: Path, tmp_path: Path, draw: Draw
) -> None:
    locked = draw(tmp_path / "locked" / "secret.jpg")
    locked.parent.chmod(0)
    link, photo = open_folder / "a.jpg", open_folder / "b.jpg"
    link.symlink_to(locked)
    photo.write_bytes(b"x")
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        found = scan(open_folder)
    finally:
        os.seteuid(user)
        locked.parent.chmod(0o755)
    assert found.photos == (link, photo)


def test_a_scan_that_nobody_wants_any_more_ends_in_the_middle(folder: Path, draw: Draw) -> None:
    for number in range(5):
        draw(folder / f"{number}.jpg")
    asked: list[bool] = []

    def wanted() -> bool:
        asked.append(len(asked) < 3)
        return asked[-1]

    with pytest.raises(ScanStopped):
        scan(folder, wanted)
    assert asked == [True, True, True, False]
