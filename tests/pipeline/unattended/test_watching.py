"""What the log says of a folder that is watched."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.run.setup import ModelSetup
from pipeline.intake.lease import Lease
from pipeline.intake.notice import Board
from pipeline.unattended.log import Log, as_json
from pipeline.unattended.names import Names
from pipeline.unattended.watching import Watched, watch
from pipeline.work.scorer import Pool

Draw = Callable[..., Path]
Until = Callable[[Callable[[], bool]], None]


class Watch:
    """A folder watched in a thread, and the lines of its log."""

    def __init__(self, folder: Path, database: Path, model: Path, key: bytes | None) -> None:
        self.scorer = Pool(ModelSetup(model))
        self.lines: list[dict[str, Any]] = []
        self.looks = 0
        self._asked = threading.Event()
        log = Log(self._hear, as_json, lambda: datetime.now(UTC))
        watched = Watched(folder, database, Names(folder, key))
        self._thread = threading.Thread(
            target=watch, args=(watched, self.scorer, log, self._asked, self._look)
        )
        self._thread.start()

    def _hear(self, lines: str) -> None:
        self.lines += map(json.loads, lines.splitlines())

    def _look(self) -> None:
        self.looks += 1

    def end(self) -> None:
        self._asked.set()
        self._thread.join()

    def photos(self) -> dict[str, str]:
        return {line["photo"]: line["outcome"] for line in self.lines if line["event"] == "photo"}

    def says(self, event: str, words: str) -> bool:
        return any(line["event"] == event and words in line["sentence"] for line in self.lines)


@pytest.fixture
def watching(folder: Path, tmp_path: Path, model: Path) -> Callable[..., Any]:
    @contextmanager
    def begin(key: bytes | None = None) -> Iterator[Watch]:
        watched = Watch(folder, tmp_path / "memory" / "nevus.db", model, key)
        try:
            yield watched
        finally:
            watched.end()

    return begin


def test_each_photo_has_a_line_and_what_else_happens_too(
    watching: Callable[..., Any], folder: Path, draw: Draw, tmp_path: Path, until: Until
) -> None:
    draw(folder / "a.jpg")
    empty = folder / "b.jpg"
    empty.touch()
    # What was written just now would be given longer.
    os.utime(empty, (0, 0))
    (folder / "report.pdf").touch()
    with watching() as found:
        until(lambda: found.says("note", "All photos are done"))
        assert found.photos() == {"a.jpg": "segmented", "b.jpg": "set aside"}
        workers = found.scorer.pids
        assert workers
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        draw(folder / "sub" / "c.jpg", at=(20, 0))
        until(lambda: found.photos().get("sub/c.jpg") == "segmented")
        folder.rename(tmp_path / "away")
        until(lambda: found.says("trouble", "not there any more"))
        (tmp_path / "away").rename(folder)
        until(lambda: found.says("note", "is over"))
        until(lambda: found.looks > 0)
    assert found.says("note", "1 of other kinds (.pdf)")
    [line] = [line for line in found.lines if line.get("photo") == "a.jpg"]
    assert line["milliseconds"] >= line["model_milliseconds"] > 0
    assert 0.01 < line["area_fraction"] < 0.5
    [line] = [line for line in found.lines if line.get("photo") == "b.jpg"]
    assert "is empty" in line["reason"]
    assert found.lines[-1]["event"] == "ended"
    assert "3 photos came through" in found.lines[-1]["sentence"]


def test_with_hashes_no_line_holds_anything_of_a_name(
    watching: Callable[..., Any], folder: Path, draw: Draw, until: Until
) -> None:
    draw(folder / "Smith" / "Jane.jpg")
    empty = folder / "Smith" / "Miller.jpg"
    empty.touch()
    os.utime(empty, (0, 0))
    (folder / "letter.to Jones").touch()
    names = Names(folder, b"1" * 32)
    with watching(b"1" * 32) as found:
        until(lambda: len(found.photos()) == 2)
    assert names.of(folder / "Smith" / "Jane.jpg") in found.photos()
    assert found.says("note", "Files left out: 1.")
    said = json.dumps(found.lines)
    assert not any(name in said for name in ("Smith", "Jane", "Miller", "Jones"))


@pytest.mark.parametrize("place", ["photos", "elsewhere"])
def test_while_another_segments_it_says_who_and_then_takes_over(
    watching: Callable[..., Any], folder: Path, tmp_path: Path, draw: Draw, until: Until, place: str
) -> None:
    database = tmp_path / "memory" / "nevus.db"
    database.parent.mkdir()
    other = Lease(database)
    assert other.take()
    Board(database, "watch", folder.with_name(place)).begin()
    draw(folder / "a.jpg")
    with watching() as found:
        until(lambda: found.says("note", f"Another nevus (watch, process {os.getpid()} on"))
        until(lambda: found.looks > 0)
        assert found.photos() == {}
        other.release()
        until(lambda: found.photos() == {"a.jpg": "segmented"})
        assert found.says("note", "This nevus segments.")
