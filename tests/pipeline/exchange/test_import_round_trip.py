"""What was exported comes in the same again, in every format, frame and orientation."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from db.brought import Brought, BroughtDecision
from db.store import Store
from db.values import DecisionKind
from imaging.decode.orientation import turned_back, turned_upright, upright_size
from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.mask.parts import parts_of
from pipeline.exchange.export import export
from pipeline.exchange.find import find_format, format_names
from pipeline.exchange.layout import Frame, Layout
from pipeline.upkeep.check import check
from tests.pipeline.conftest import remember_photo
from tests.support.databases import new_store
from tests.support.importing import DECIDED, STORED, masks_of, run, turned
from tests.support.tries import tries

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Eight:
    """A photo under each orientation, and the bytes of a database that knows them."""

    folder: Path
    photos: tuple[int, ...]
    known: bytes

    def store(self, path: Path) -> Store:
        """Another store in which nothing but these photos is."""
        path.parent.mkdir()
        path.write_bytes(self.known)
        return Store.open(path)


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Eight:
    folder = tmp_path_factory.mktemp("turned").resolve()
    path = tmp_path_factory.mktemp("known") / "nevus.db"
    with closing(new_store(path)) as store:
        photos = []
        for orientation in range(1, 9):
            photo = folder / f"turned-{orientation}.png"
            turned(photo, orientation)
            photos.append(remember_photo(store, photo))
    return Eight(folder, tuple(photos), path.read_bytes())


def drawn_masks(size: Size) -> st.SearchStrategy[Mask]:
    """Masks with holes, of several parts, at the border, of one pixel, empty and full."""
    shape = (size.height, size.width)
    one = np.zeros(shape, np.bool_)
    one[size.height // 2, size.width // 3] = True
    hole = np.ones(shape, np.bool_)
    hole[2:4, 2:5] = False
    parts = np.zeros(shape, np.bool_)
    parts[:2, :3] = parts[-2:, -2:] = True
    plain = [one, hole, parts, np.zeros(shape, np.bool_), np.ones(shape, np.bool_)]
    return st.sampled_from(plain) | arrays(bool, shape)


@pytest.mark.parametrize("frame", Frame)
@pytest.mark.parametrize("name", format_names())
@settings(max_examples=tries(2), deadline=None)
@given(data=st.data())
def test_what_was_exported_comes_in_the_same_under_every_orientation(
    name: str,
    frame: Frame,
    data: st.DataObject,
    eight: Eight,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp("trip")
    with (
        closing(eight.store(place / "a" / "nevus.db")) as before,
        closing(eight.store(place / "b" / "nevus.db")) as after,
    ):
        chosen, brought = find_format(name), []
        for orientation, photo in enumerate(eight.photos, 1):
            mask = data.draw(drawn_masks(upright_size(STORED, orientation)))
            if mask.any():
                # What a format can't hold is lost on the way out, and said there.
                lies = orientation if frame is Frame.STORED else 1
                held = chosen.kept(rle.encode(turned_back(mask, lies)))
                mask = turned_upright(rle.decode(held), lies)
            parts = [part.on(Size.of(mask)) for part in parts_of(mask)]
            several = tuple(map(rle.encode, parts)) if chosen.APART and len(parts) > 1 else ()
            kind = DecisionKind.CORRECTED if mask.any() else DecisionKind.NO_LESION
            whole, said = rle.encode(mask), BroughtDecision(kind, "bob")
            brought.append(Brought(photo, whole, measure(mask), "bob", several, said))
        before.bring(brought)
        layout, folder = Layout(frame=frame), eight.folder
        made = export(before.path, place / "set", folder, name, list(DecisionKind), layout=layout)
        found = run(after, folder, made.dest, DECIDED)
        assert (found.imported, found.faults, found.conflicts) == (8, (), ())
        assert masks_of(after, folder) == masks_of(before, folder)
        again = run(after, folder, made.dest, DECIDED)
        assert (again.imported, again.as_they_are) == (0, 8)
        assert check(after.path).holds
