import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from db.store import Store
from models.package.package import ModelError
from models.run.setup import ModelSetup
from pipeline.errors import FolderGone
from pipeline.intake.driver import MOST_AT_ONCE
from pipeline.intake.outcome import Outcome
from pipeline.intake.segment import Told, Totals, segment_folder
from pipeline.work.scorer import Pool
from tests.support.intake import take_in

Draw = Callable[..., Path]
ESCAPES = "mo\nle\x1b[31m.jpg"


REMARKS: list[str] = []


@pytest.fixture(autouse=True)
def no_remarks_yet() -> None:
    REMARKS.clear()


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def run(store: Store, worker: Pool, folder: Path) -> Totals:
    return segment_folder(store, worker, folder, Told(silent, REMARKS.append))


def numbers(totals: Totals) -> tuple[int, int, int, int, int]:
    return (
        totals.files,
        totals.segmented,
        totals.known,
        totals.duplicates,
        totals.set_aside,
    )


def test_new_then_known_and_every_photo_has_an_outline(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    names = ["a.jpg", "sub/b.png", ESCAPES]
    for number, name in enumerate(names):
        draw(folder / name, at=(number * 10, 0))
    first = run(store, scorer, folder)
    assert numbers(first) == (3, 3, 0, 0, 0)
    assert (first.model, first.backend) == ("lesion", scorer.backend())
    queue = list(store.queue(str(folder)))
    assert {item.path for item in queue} == {str(folder / name) for name in names}
    assert all(item.segmented and item.area_fraction is not None for item in queue)
    assert numbers(run(store, scorer, folder)) == (3, 0, 3, 0, 0)


def test_a_known_file_is_not_read_again(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    run(store, scorer, folder)
    stat = photo.stat()
    # Same inode, size and time: whatever the bytes are now, nobody looks.
    photo.write_bytes(b"x" * stat.st_size)
    os.utime(photo, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert numbers(run(store, scorer, folder)) == (1, 0, 1, 0, 0)


def test_a_copy_is_a_duplicate_a_touched_file_is_known_and_changed_pixels_are_new(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    run(store, scorer, folder)
    shutil.copy(photo, folder / "b.jpg")
    assert numbers(run(store, scorer, folder)) == (2, 0, 1, 1, 0)
    os.utime(photo, ns=(1, 1))
    assert numbers(run(store, scorer, folder)) == (2, 0, 2, 0, 0)
    draw(photo, at=(40, 0))
    assert numbers(run(store, scorer, folder)) == (2, 1, 1, 0, 0)
    assert len(list(store.queue(str(folder)))) == 2


def test_a_photo_comes_back_when_its_file_does(
    store: Store, scorer: Pool, folder: Path, tmp_path: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    draw(folder / "b.jpg", at=(30, 0))
    run(store, scorer, folder)
    photo.rename(tmp_path / "away.jpg")
    run(store, scorer, folder)
    assert [item.name for item in store.queue(str(folder))] == ["b.jpg"]
    (tmp_path / "away.jpg").rename(photo)
    assert run(store, scorer, folder).segmented == 0
    assert {item.name for item in store.queue(str(folder))} == {"a.jpg", "b.jpg"}


def make_bad_files(folder: Path, draw: Draw) -> list[str]:
    whole = draw(folder / "whole.jpg").read_bytes()
    (folder / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "zero.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("not a picture at all\n" * 20)
    Image.new("RGB", (1, 1)).save(folder / "one.png")
    return ["one.png", "text.jpg", "truncated.jpg", "zero.jpg"]


def test_bad_files_are_set_aside_with_a_reason_each_and_stay_so_until_they_change(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    bad = make_bad_files(folder, draw)
    assert numbers(run(store, scorer, folder)) == (5, 1, 0, 0, 4)
    aside = store.set_aside_files(str(folder))
    assert sorted(file.name for file in aside) == bad
    assert len({file.reason.split(file.name)[-1] for file in aside}) == len(bad)
    assert numbers(run(store, scorer, folder)) == (5, 0, 1, 0, 4)
    draw(folder / "zero.jpg", at=(25, 5))
    assert numbers(run(store, scorer, folder)) == (5, 1, 1, 0, 3)
    assert "zero.jpg" not in {file.name for file in store.set_aside_files(str(folder))}


def test_a_file_without_permission_is_set_aside_and_taken_when_it_is_given(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root can read every file")
    photo = draw(folder / "locked.jpg")
    photo.chmod(0)
    assert numbers(run(store, scorer, folder)) == (1, 0, 0, 0, 1)
    photo.chmod(0o644)
    assert numbers(run(store, scorer, folder)) == (1, 1, 0, 0, 0)


def test_a_name_that_is_no_text_is_set_aside(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    try:
        (folder / name).write_bytes(draw(folder / "good.jpg").read_bytes())
    except OSError:
        pytest.skip("this file system takes only names that are text")
    assert numbers(run(store, scorer, folder)) == (2, 1, 0, 0, 1)
    assert [file.name for file in store.set_aside_files(str(folder))] == [r"caf\udce9.jpg"]


MANY = 2 * MOST_AT_ONCE + 4
"""Photos of which some are not in work when the first of them are stored."""


def draw_many(folder: Path, draw: Draw) -> None:
    for number in range(MANY):
        draw(folder / f"{number:02}.jpg", (160, 120), at=(number % 8, number // 8))


def test_killed_in_the_middle_the_worker_comes_back_and_no_photo_is_lost(
    store: Store, model: Path, folder: Path, draw: Draw
) -> None:
    draw_many(folder, draw)
    worker = Pool(ModelSetup(model))
    pids: list[int] = []

    def kill_once(done: int, total: int) -> None:
        pids.extend(worker.pids)
        if done == 2:
            for pid in worker.pids:
                os.kill(pid, signal.SIGKILL)

    try:
        totals = segment_folder(store, worker, folder, Told(kill_once, REMARKS.append))
    finally:
        worker.close()
    assert numbers(totals) == (MANY, MANY, 0, 0, 0)
    assert len(set(pids)) == 2


def test_without_a_model_photos_are_stored_all_the_same(
    store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    assert take_in(store, modelless, photo) is Outcome.STORED
    assert [item.segmented for item in store.queue(str(folder))] == [False]
    assert take_in(store, modelless, photo) is Outcome.KNOWN
    with pytest.raises(ModelError):
        run(store, modelless, folder)


def test_stored_without_a_model_a_photo_is_outlined_when_there_is_one(
    store: Store, modelless: Pool, scorer: Pool, folder: Path, draw: Draw
) -> None:
    assert take_in(store, modelless, draw(folder / "a.jpg")) is Outcome.STORED
    assert numbers(run(store, scorer, folder)) == (1, 1, 0, 0, 0)


def test_another_model_outlines_the_photos_again(
    store: Store,
    scorer: Pool,
    folder: Path,
    draw: Draw,
    remember: Callable[[Store, Path], int],
) -> None:
    photo = draw(folder / "a.jpg")
    remember(store, photo)
    assert take_in(store, scorer, photo, scorer.model()) is Outcome.SEGMENTED


def test_a_model_that_was_replaced_while_nevus_ran_leaves_its_own_receipt_and_no_failure(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    run(store, scorer, folder)
    before = replace(scorer.model(), hash="f" * 64)
    assert take_in(store, scorer, photo, before) is Outcome.KNOWN
    [item] = store.queue(str(folder))
    receipt = store.photo(item.photo_id).receipt
    assert receipt is not None
    assert receipt.model_hash == scorer.model().hash


def test_a_file_that_may_still_grow_is_not_set_aside(
    store: Store, modelless: Pool, folder: Path
) -> None:
    half = folder / "half.jpg"
    half.write_bytes(b"\xff\xd8\xff")
    assert take_in(store, modelless, half, complete=lambda _path: False) is Outcome.UNSETTLED
    assert store.set_aside_files(str(folder)) == []
    assert take_in(store, modelless, half) is Outcome.SET_ASIDE
    half.unlink()
    assert take_in(store, modelless, half) is Outcome.GONE


def test_an_empty_folder_is_no_work_and_a_missing_one_is_said(
    store: Store, scorer: Pool, folder: Path
) -> None:
    assert numbers(run(store, scorer, folder)) == (0, 0, 0, 0, 0)
    folder.rmdir()
    with pytest.raises(FolderGone):
        run(store, scorer, folder)


def test_a_folder_that_vanishes_half_way_is_no_success(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    draw_many(folder, draw)

    def take_away(done: int, total: int) -> None:
        if done == 2:
            folder.rename(folder.with_name("away"))

    with pytest.raises(FolderGone, match=rf"vanished when \d+ of {MANY} photos were done") as gone:
        segment_folder(store, scorer, folder, Told(take_away, REMARKS.append))
    done = int(str(gone.value).partition("vanished when ")[2].split()[0])
    folder.with_name("away").rename(folder)
    assert 2 <= done < MANY
    assert numbers(run(store, scorer, folder)) == (MANY, MANY - done, done, 0, 0)
    assert REMARKS == []


def test_photos_that_vanish_half_way_are_said(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    first, second = draw(folder / "a.jpg"), draw(folder / "b.jpg", at=(20, 0))

    def delete_second(done: int, total: int) -> None:
        second.unlink(missing_ok=True)

    totals = segment_folder(store, scorer, folder, Told(delete_second, REMARKS.append))
    assert numbers(totals) == (1, 1, 0, 0, 0)
    assert [item.name for item in store.queue(str(folder))] == [first.name]
    assert REMARKS == ["1 of the photos vanished while the others were segmented."]


def test_a_sub_folder_that_can_t_be_read_is_said(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root can read every folder")
    draw(folder / "a.jpg")
    draw(folder / "locked" / "b.jpg")
    (folder / "locked").chmod(0)
    try:
        assert numbers(run(store, scorer, folder)) == (1, 1, 0, 0, 0)
    finally:
        (folder / "locked").chmod(0o755)
    assert "locked can't be read" in REMARKS[0]


def test_only_what_was_looked_into_counts_as_work(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    draw(folder / "a.jpg")
    (folder / "empty.jpg").touch()

    def looked_into() -> int:
        worked: list[None] = []
        told = Told(silent, REMARKS.append, lambda: worked.append(None))
        segment_folder(store, scorer, folder, told)
        return len(worked)

    assert looked_into() == 2
    assert looked_into() == 0
    draw(folder / "b.jpg", at=(20, 0))
    assert looked_into() == 1
