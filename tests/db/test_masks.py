"""Masks, maps, receipts and measurements come back as they were stored, and models are known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from db.arrivals import NewOutline
from db.errors import StoreError
from db.store import Store
from db.tables import MeasurementRow, ModelRow, PredictionRow
from db.values import DecisionKind, Origin
from imaging.framing import FRAMINGS, Mask, Size
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.values import FileStat, Fingerprint, Measurements, Prediction, Receipt
from tests.db.conftest import FOLDER, correct, edit, new_photo, outline, revision_of, verdict
from tests.support.tries import tries

GRID = np.linspace(0, 1, 16, dtype=np.float16).astype(np.float32).reshape(4, 4)
RECEIPT = Receipt("a", "b" * 64, "x", "y", 1 / 3)
MASKS = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda size: st.lists(
        st.lists(st.booleans(), min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


def store_mask(store: Store, mask: Mask, framing: str = "centre") -> int:
    """A photo of the mask's size with that outline; its id."""
    number, size = len(list(store.queue(FOLDER))), Size.of(mask)
    new = replace(
        new_photo(f"{number}.jpg"),
        fingerprint=Fingerprint(f"file-{number}", f"content-{number}", "PNG", size),
    )
    made = Prediction(GRID, FRAMINGS[framing](size, Size(4, 4)), RECEIPT, 0.1 + 0.2, 0.9)
    return store.take_in(new, NewOutline(made, rle.encode(mask), measure(mask), 1 / 3)).photo_id


@settings(
    max_examples=tries(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=MASKS)
def test_a_mask_comes_back_with_what_was_measured_on_it(
    store: Store, rows: list[list[bool]]
) -> None:
    mask = np.array(rows, np.bool_)
    details = store.photo(store_mask(store, mask))
    assert details.revision is not None
    assert np.array_equal(rle.decode(store.mask(details.revision.id)), mask)
    assert details.revision.measurements == measure(mask)
    assert isinstance(details.revision.measurements.area_pixels, int)
    item = next(item for item in store.queue(FOLDER) if item.photo_id == details.photo_id)
    assert item.area_fraction == measure(mask).area_fraction


@pytest.mark.parametrize("framing", sorted(FRAMINGS))
def test_a_map_comes_back_with_its_framing_and_receipt(store: Store, framing: str) -> None:
    details = store.photo(store_mask(store, np.ones((30, 40), np.bool_), framing))
    found = store.prediction(details.photo_id)
    assert found is not None
    assert np.array_equal(found.grid, GRID)
    assert (found.framing.name, found.receipt) == (framing, RECEIPT)
    assert details.receipt == found.receipt
    assert details.predicted_jaccard == found.predicted_jaccard == 0.1 + 0.2
    assert details.lesion_probability == found.lesion_probability == 0.9
    assert details.unseen_fraction == found.framing.unseen_fraction
    assert details.revision is not None
    assert (details.revision.threshold, details.revision.origin) == (1 / 3, Origin.MODEL)


def test_measurements_are_kept_by_name_with_their_unit(store: Store) -> None:
    mask = np.zeros((30, 40), np.bool_)
    mask[:3, :4] = True
    store_mask(store, mask)
    with Session(store._engine) as session:
        rows = {row.name: (row.value, row.unit) for row in session.exec(select(MeasurementRow))}
    assert rows == {"area_pixels": (12.0, "px"), "area_fraction": (0.01, "1")}


def test_a_model_is_known_by_its_hash_and_first_name_and_receipts_say_the_name_of_their_time(
    store: Store,
) -> None:
    first, second = outline(store, "a.jpg"), outline(store, "b.jpg", model="n" * 64)
    new = new_photo("c.jpg")
    made = store.prediction(first)
    assert made is not None
    renamed = replace(made, receipt=replace(made.receipt, model_name="renamed"))
    revision = store.photo(first).revision
    assert revision is not None
    made_anew = NewOutline(renamed, store.mask(revision.id), revision.measurements, 0.5)
    third = store.take_in(new, made_anew).photo_id
    with Session(store._engine) as session:
        assert [(row.hash[0], row.name) for row in session.exec(select(ModelRow))] == [
            ("m", "lesion"),
            ("n", "lesion"),
        ]
        assert {row.lesion_probability for row in session.exec(select(PredictionRow))} == {None}
    receipts = [store.photo(photo_id).receipt for photo_id in (first, second, third)]
    assert [(r.model_name, r.model_hash[0]) if r else None for r in receipts] == [
        ("lesion", "m"),
        ("lesion", "n"),
        ("renamed", "m"),
    ]


def test_what_a_model_has_outlined_it_does_not_outline_again(store: Store) -> None:
    photo_id = outline(store, "a.jpg", predicted_jaccard=0.25)
    assert outline(store, "a.jpg", predicted_jaccard=0.75) == photo_id
    assert store.photo(photo_id).predicted_jaccard == 0.25
    with Session(store._engine) as session:
        assert len(session.exec(select(PredictionRow)).all()) == 1
    assert [entry.what for entry in store.photo(photo_id).history] == ["outlined by model lesion"]


def test_a_file_that_cant_be_stored_whole_leaves_nothing(store: Store) -> None:
    outline(store, "a.jpg")
    made = store.prediction(1)
    assert made is not None
    impossible = NewOutline(
        made, rle.encode(np.ones((30, 40), np.bool_)), Measurements(1, float("nan")), 0.5
    )
    other = replace(made.receipt, model_hash="z" * 64)
    with pytest.raises(StoreError):
        store.take_in(
            new_photo("b.jpg"), replace(impossible, prediction=replace(made, receipt=other))
        )
    assert store.find_photo("content-b.jpg") is None
    assert [item.name for item in store.queue(FOLDER)] == ["a.jpg"]


def decide(store: Store, photo_id: int) -> None:
    store.decide(verdict(store, photo_id, DecisionKind.SKIPPED))


def draw(store: Store, photo_id: int) -> None:
    store.add_edit("ada", photo_id, revision_of(store, photo_id), 0, edit(1))


def draw_and_undo(store: Store, photo_id: int) -> None:
    base = revision_of(store, photo_id)
    store.move_cursor(store.add_edit("ada", photo_id, base, 0, edit(1)).draft_id, 0)


def do_nothing(store: Store, photo_id: int) -> None:
    assert store.photo(photo_id).decision is None


@pytest.mark.parametrize(
    ("work", "displaced"),
    [(decide, False), (draw, False), (correct, False), (draw_and_undo, True), (do_nothing, True)],
)
def test_another_models_outline_stands_where_nobody_has_worked(
    store: Store, work: Callable[[Store, int], object], displaced: bool
) -> None:
    photo_id = outline(store, "a.jpg")
    work(store, photo_id)
    before = revision_of(store, photo_id)
    outline(store, "a.jpg", model="n" * 64)
    assert (revision_of(store, photo_id) != before) is displaced
    assert store.look_up(new_photo("a.jpg").stat, "n" * 64).outlined
    assert not store.look_up(new_photo("a.jpg").stat, "o" * 64).outlined


def test_a_correction_rests_on_the_prediction_that_its_base_rests_on(store: Store) -> None:
    photo_id = outline(store, "a.jpg", predicted_jaccard=0.5)
    correct(store, photo_id)
    details = store.photo(photo_id)
    assert details.receipt is not None
    assert (details.receipt.model_hash, details.predicted_jaccard) == ("m" * 64, 0.5)
    [reviewed] = store.reviewed([DecisionKind.CORRECTED])
    assert reviewed.receipt == details.receipt


def test_what_a_file_may_hold_that_was_outlined_is_found_by_path_and_by_inode(store: Store) -> None:
    outline(store, "a.jpg")
    outline(store, "b.jpg", model="n" * 64)
    stat = new_photo("a.jpg").stat
    elsewhere = replace(stat, path=f"{FOLDER}/moved.jpg")
    changed = replace(stat, modified_ns=9)
    model = "m" * 64
    assert store.look_up(stat, model).contents == {"content-a.jpg"}
    assert store.look_up(changed, model).contents == {"content-a.jpg"}
    # The tests' photos share one inode, size and time: whichever of this model's it was.
    assert store.look_up(elsewhere, model).contents == {"content-a.jpg"}
    assert store.look_up(replace(elsewhere, modified_ns=9), model).contents == frozenset()
    assert store.look_up(FileStat("/x", 1, 2, 3), model).contents == frozenset()
