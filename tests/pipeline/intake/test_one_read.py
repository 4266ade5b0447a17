"""What was hashed is what was decoded, whatever happens to the file meanwhile."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from db.store import Store
from imaging.decode.photo import fingerprint, read_file
from imaging.mask import rle
from pipeline.errors import ReviewError
from pipeline.intake.outcome import Outcome
from pipeline.intake.scan import file_stat
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.scoring import Segmented
from pipeline.work.viewer import Viewer
from tests.support.intake import take_in

Draw = Callable[..., Path]
SIDE = 80
"""How far the lesion lies left or right of the middle, in pixels."""


@contextmanager
def swapping(path: Path, pictures: tuple[Path, Path]) -> Iterator[None]:
    """Another of two files lies at the path every moment, each of them whole."""
    done, link = threading.Event(), path.with_suffix(".next")

    def swap() -> None:
        while not done.is_set():
            for picture in pictures:
                os.link(picture, link)
                link.replace(path)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def side_of(store: Store, photo_id: int) -> str:
    """Where the stored mask of a photo lies."""
    revision = store.photo(photo_id).revision
    assert revision is not None
    columns = np.nonzero(rle.decode(store.mask(revision.id)))[1]
    return "left" if columns.mean() < 160 else "right"


def test_a_mask_belongs_to_the_picture_it_is_stored_for(
    store: Store, scorer: Pool, folder: Path, tmp_path: Path, draw: Draw
) -> None:
    sides: dict[str, str] = {}
    for number in range(8):
        left = draw(tmp_path / f"left{number}.png", at=(-SIDE, number))
        right = draw(tmp_path / f"right{number}.png", at=(SIDE, number))
        for picture, side in ((left, "left"), (right, "right")):
            sides[fingerprint(read_file(picture)).content_hash] = side
        path = draw(folder / f"{number}.png", at=(-SIDE, number))
        with swapping(path, (left, right)):
            take_in(store, scorer, path, scorer.model())
    masks = [
        (side, side_of(store, photo_id))
        for content, side in sides.items()
        if (photo_id := store.find_photo(content)) is not None
    ]
    assert len(masks) == 8
    assert [side for side, _ in masks] == [seen for _, seen in masks]


def test_a_mask_is_not_shown_on_another_picture(
    store: Store, modelless: Pool, viewer: Viewer, folder: Path, remembered: int, draw: Draw
) -> None:
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as session:
        whole = (folder / "mole.jpg").read_bytes()
        draw(folder / "mole.jpg", at=(40, 0))
        with pytest.raises(ReviewError, match=r"^mole\.jpg holds another picture now"):
            session.open(remembered)
        (folder / "mole.jpg").write_bytes(whole)
        assert session.open(remembered).picture.shape == (240, 320, 3)


def test_a_touched_or_renamed_photo_is_not_outlined_again(
    store: Store, scorer: Pool, folder: Path, draw: Draw
) -> None:
    photo = draw(folder / "a.jpg")
    model = scorer.model()
    take_in(store, scorer, photo, model)
    stat = photo.stat()
    os.utime(photo, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    touched = file_stat(photo)
    content = fingerprint(read_file(photo)).content_hash
    assert store.look_up(touched, model.hash).contents == {content}
    assert take_in(store, scorer, photo, model) is Outcome.KNOWN
    renamed = photo.rename(folder / "b.jpg")
    assert store.look_up(file_stat(renamed), model.hash).contents == {content}
    assert store.look_up(file_stat(renamed), "of another model").contents == frozenset()
    store.mark_gone(str(photo))
    assert take_in(store, scorer, renamed, model) is Outcome.DUPLICATE
    assert [item.name for item in store.queue(str(folder))] == ["b.jpg"]


def test_what_is_outlined_already_is_only_told(scorer: Pool, draw: Draw, folder: Path) -> None:
    photo = draw(folder / "a.jpg")
    identity = fingerprint(read_file(photo))
    assert scorer.take_in(photo, frozenset({identity.content_hash})).result() == identity
    found = scorer.take_in(photo, frozenset()).result()
    assert isinstance(found, Segmented)
    assert found.fingerprint == identity
