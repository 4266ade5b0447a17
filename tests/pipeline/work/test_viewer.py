"""The viewer answers for the screen, from all pixels and what it keeps, whatever is killed."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.decode.photo import fingerprint, read_file, read_photo
from imaging.framing import Framing, Size, fit
from imaging.photo import PhotoError
from imaging.view.pyramid import draw_region, pyramid
from models.run.setup import ModelSetup
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

pytestmark = pytest.mark.slow

Until = Callable[[Callable[[], bool]], None]
Draw = Callable[..., Path]
SIZE = Size(800, 600)
CLOSE = Framing("fit", SIZE, Size(40, 40), -380, -280, SIZE.width, SIZE.height)
"""A part of the photo as large as it is."""


IN_PROC = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks into /proc")


@pytest.fixture
def own() -> Iterator[Viewer]:
    """A viewer that a test may harm."""
    with closing(Viewer()) as viewer:
        yield viewer


@pytest.fixture
def photo(folder: Path, draw: Draw) -> Path:
    return draw(folder / "mole.png", size=(SIZE.width, SIZE.height))


def plain(path: Path, size: Size, red: int = 0) -> Path:
    """A photo of one colour, which is quickly made."""
    Image.new("RGB", (size.width, size.height), (red, 120, 90)).save(path)
    return path


def test_its_process_is_started_before_a_photo_is_asked_for(own: Viewer, until: Until) -> None:
    own.expect()
    until(lambda: own.pid is not None)


def memory_of(pid: int | None) -> int:
    """What a process holds, in bytes."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_a_view_is_small_and_knows_the_photo(viewer: Viewer, photo: Path) -> None:
    seen = viewer.view(photo, 200)
    assert seen.photo.pixels.shape == (150, 200, 3)
    assert seen.photo.size == SIZE
    assert seen.fingerprint == fingerprint(read_file(photo))


def test_a_region_is_what_the_framing_shows_of_all_pixels(viewer: Viewer, photo: Path) -> None:
    seen = viewer.region(photo, CLOSE)
    whole = read_photo(photo)
    assert np.array_equal(seen.photo.pixels, CLOSE.picture_to_grid(whole.pixels))
    assert seen.photo.size == SIZE
    assert seen.fingerprint == fingerprint(read_file(photo))


def test_once_it_is_whole_a_view_is_made_of_it(viewer: Viewer, photo: Path) -> None:
    before = viewer.view(photo, 200).photo.pixels.astype(int)
    viewer.region(photo, CLOSE)
    after = viewer.view(photo, 200).photo.pixels
    assert after.shape == before.shape
    assert np.abs(after - before).max() <= 2
    assert viewer.view(photo, 5000).photo.pixels.shape == (SIZE.height, SIZE.width, 3)


def test_another_picture_at_the_same_path_is_another_answer(
    viewer: Viewer, photo: Path, folder: Path, draw: Draw
) -> None:
    first = viewer.region(photo, CLOSE)
    stat = photo.stat()
    other = draw(folder / "other.png", size=(SIZE.width, SIZE.height), at=(300, 0))
    other.replace(photo)
    os.utime(photo, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    second = viewer.region(photo, CLOSE)
    assert second.fingerprint == fingerprint(read_file(photo)) != first.fingerprint
    assert not np.array_equal(first.photo.pixels, second.photo.pixels)


@IN_PROC
def test_what_is_asked_for_ahead_is_kept_whole(
    own: Viewer, folder: Path, until: Until, photo: Path
) -> None:
    size = Size(4000, 3000)
    large = plain(folder / "large.jpg", size)
    own.view(photo, 64)
    before = memory_of(own.pid)
    own.ahead(large)
    until(lambda: memory_of(own.pid) > before + size.width * size.height * 3)
    framing = fit(size, Size(40, 40))
    expected = draw_region(pyramid(read_photo(large).pixels), framing)
    assert np.array_equal(own.region(large, framing).photo.pixels, expected)


@IN_PROC
def test_it_keeps_no_more_than_it_may(folder: Path) -> None:
    side, count = 2000, 12
    framing = fit(Size(side, side), Size(40, 40))
    photos = [plain(folder / f"{number}.jpg", framing.photo, number) for number in range(count)]
    held = []
    with closing(Viewer(most_bytes=2 * side * side * 3)) as small:
        for photo in photos:
            small.region(photo, framing)
            held.append(memory_of(small.pid))
    assert max(held[4:]) < held[3] + 3 * side * side * 3


def test_one_larger_than_all_that_may_be_kept_is_kept_alone(
    photo: Path, folder: Path, draw: Draw
) -> None:
    other = draw(folder / "other.png", size=(SIZE.width, SIZE.height), at=(60, 0))
    with closing(Viewer(most_bytes=1000)) as viewer:
        for path in (photo, other, photo):
            expected = CLOSE.picture_to_grid(read_photo(path).pixels)
            assert np.array_equal(viewer.region(path, CLOSE).photo.pixels, expected)


@pytest.mark.parametrize("ask", ["view", "region"])
def test_what_is_no_photo_is_a_sentence_and_the_next_is_unharmed(
    viewer: Viewer, folder: Path, photo: Path, ask: str
) -> None:
    bad = folder / "bad.jpg"
    viewer.ahead(bad)
    for text, sentence in (("", "is empty"), ("no picture", "is no photo")):
        bad.write_text(text)
        with pytest.raises(PhotoError, match=rf"^bad\.jpg {sentence}"):
            viewer.view(bad, 64) if ask == "view" else viewer.region(bad, CLOSE)
    bad.unlink()
    with pytest.raises(PhotoError, match=r"^bad\.jpg is not there any more"):
        viewer.view(bad, 64) if ask == "view" else viewer.region(bad, CLOSE)
    assert viewer.view(photo, 64).photo.size == SIZE


def test_killed_it_is_started_again_and_decodes_anew(own: Viewer, photo: Path) -> None:
    before = own.region(photo, CLOSE)
    first = own.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    after = own.region(photo, CLOSE)
    assert np.array_equal(before.photo.pixels, after.photo.pixels)
    assert own.pid != first


def test_it_answers_while_the_scorer_is_busy_with_photos_it_was_given_before(
    viewer: Viewer, model: Path, folder: Path
) -> None:
    size = Size(4000, 3000)
    batch = [plain(folder / f"{number}.jpg", size, number) for number in range(6)]
    shown, framing = batch[0], fit(size, Size(400, 200))
    viewer.region(shown, framing)
    with closing(Pool(ModelSetup(model))) as scorer:
        scorer.model()
        answers = [scorer.take_in(path, frozenset()) for path in batch]
        asked = 0
        while not answers[1].done():
            viewer.region(shown, framing)
            asked += 1
        # Of a viewer that waits its turn behind the batch, one answer comes with each photo.
        assert asked > 3 * sum(answer.done() for answer in answers)
        assert not answers[-1].done()
