"""A photo is its pixels: whatever reads its file finds it where it lies now, or says what to do."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from db.arrivals import NewPhoto
from db.store import Store
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Size, fit
from pipeline.errors import NothingToRepair, ReviewError
from pipeline.intake.scan import file_stat
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.refining import Mark
from pipeline.review.session import ReviewSession

Use = Callable[[ReviewSession, OpenPhoto], object]


@pytest.fixture
def opened(session: ReviewSession, remembered: int) -> OpenPhoto:
    return session.open(remembered)


def moved(opened: OpenPhoto, name: str) -> Path:
    """The photo's file under another name."""
    path = Path(opened.details.path)
    there = path.parent / name
    there.parent.mkdir(exist_ok=True)
    return path.rename(there)


def found(store: Store, path: Path, gone: str) -> None:
    """What is done when the folder is looked through: the file is known where it lies now."""
    store.mark_gone(gone)
    store.take_in(NewPhoto(file_stat(path), fingerprint(read_file(path))))


def refine(_session: ReviewSession, opened: OpenPhoto) -> None:
    # That the network may find nothing to mend says that it has seen the photo.
    with suppress(NothingToRepair):
        opened.editor.refine(Mark(20.5, 20.5, True), opened.refiner)


def look(session: ReviewSession, opened: OpenPhoto) -> None:
    session.look(opened, fit(opened.details.size, Size(64, 48)))


def glance(session: ReviewSession, opened: OpenPhoto) -> None:
    [item] = session.queue()
    session.glance(replace(item, path=opened.details.path), lambda _mask: 64)


def open_anew(session: ReviewSession, opened: OpenPhoto) -> None:
    session.open(opened.details.photo_id)


USES = pytest.mark.parametrize("use", [refine, look, glance, open_anew])


@USES
@pytest.mark.parametrize("name", ["renamed.jpg", "further/down.jpg"])
def test_a_photo_that_was_moved_is_followed(
    session: ReviewSession, store: Store, opened: OpenPhoto, use: Use, name: str
) -> None:
    found(store, moved(opened, name), opened.details.path)
    use(session, opened)
    # Once more: where it lies is known by now.
    use(session, opened)


@USES
def test_it_is_followed_also_where_another_picture_lies_in_its_place(
    session: ReviewSession, store: Store, opened: OpenPhoto, use: Use
) -> None:
    path = moved(opened, "renamed.jpg")
    Image.fromarray(np.full((240, 320, 3), 90, np.uint8)).save(opened.details.path)
    found(store, path, opened.details.path)
    use(session, opened)


@USES
def test_it_is_read_from_another_file_that_holds_it(
    session: ReviewSession, store: Store, opened: OpenPhoto, use: Use
) -> None:
    path = Path(opened.details.path)
    path.with_name("twin.jpg").write_bytes(path.read_bytes())
    twin = path.with_name("twin.jpg")
    store.take_in(NewPhoto(file_stat(twin), fingerprint(read_file(twin))))
    path.unlink()
    use(session, opened)


@pytest.mark.parametrize("use", [refine, look, open_anew])
def test_where_it_is_not_known_yet_where_it_lies_that_is_said_and_it_is_found_later(
    session: ReviewSession, store: Store, opened: OpenPhoto, use: Use
) -> None:
    path = moved(opened, "renamed.jpg")
    with pytest.raises(ReviewError, match=r"^mole.jpg is not there any more.*try again then"):
        use(session, opened)
    store.mark_gone(opened.details.path)
    with pytest.raises(ReviewError, match="try again then"):
        use(session, opened)
    found(store, path, opened.details.path)
    use(session, opened)


@pytest.mark.parametrize("use", [refine, look, open_anew])
def test_another_picture_in_its_place_is_never_taken_for_it(
    session: ReviewSession, opened: OpenPhoto, use: Use
) -> None:
    Image.fromarray(np.full((240, 320, 3), 90, np.uint8)).save(opened.details.path)
    with pytest.raises(ReviewError, match="holds another picture now"):
        use(session, opened)
