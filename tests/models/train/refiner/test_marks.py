import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from torch import Tensor  # noqa: E402

from models.train.refiner.damage import starting_outlines  # noqa: E402
from models.train.refiner.marks import (  # noqa: E402
    CELL,
    RADIUS,
    Marks,
    add_marks,
    add_needless,
    deepest_errors,
    depths,
)

SIZE = 64


def masks(*boxes: tuple[int, int, int, int]) -> Tensor:
    """One mask (1, 1, SIZE, SIZE) a box (top, bottom, left, right)."""
    drawn: Tensor = torch.zeros(len(boxes), 1, SIZE, SIZE)
    for mask, (top, bottom, left, right) in zip(list(drawn), boxes, strict=True):
        mask[0, top:bottom, left:right] = 1
    return drawn


def test_depth_is_about_the_distance_to_where_an_error_ends() -> None:
    places = torch.arange(41) - 20.0
    away = (places[:, None] ** 2 + places[None] ** 2).sqrt()
    found = depths((away <= 15).float()[None, None])[0, 0]
    assert found[20, 20] == pytest.approx(15.5, abs=1.5)
    assert found[away > 15].max() == 0
    assert (found - (15.5 - away)).abs()[away <= 15].max() < 2


def test_an_error_at_the_edge_ends_there() -> None:
    found = depths(torch.ones(1, 1, 16, 16))[0, 0]
    assert found[0, 5] == 1
    assert found.max() == 8


def test_the_deepest_error_is_looked_for_in_both_kinds() -> None:
    truth = masks((8, 40, 8, 40), (8, 40, 8, 40))
    drawn = masks((8, 40, 8, 36), (8, 40, 8, 64))
    cells, depth = deepest_errors(drawn, truth, torch.zeros_like(truth))
    assert cells[0, 0] == 36 // CELL
    assert cells[1, 0] >= 40 // CELL
    assert depth[1] > depth[0] > 0.5


def test_what_is_marked_already_is_not_looked_at_again() -> None:
    truth, drawn = masks((8, 40, 8, 40)), masks((8, 40, 8, 20))
    marked = torch.zeros_like(truth)
    before, _ = deepest_errors(drawn, truth, marked)
    x, y = (int(at) * CELL for at in before[0])
    marked[:, :, y : y + CELL, x : x + CELL] = 1
    after, _ = deepest_errors(drawn, truth, marked)
    assert before.tolist() != after.tolist()


def test_a_mark_is_a_disc_of_the_kind_that_the_true_mask_says() -> None:
    truth = masks((0, 64, 0, 32), (0, 64, 0, 32), (0, 64, 0, 32))
    marks = Marks.none(3, SIZE, truth.device)
    at = torch.tensor([[16.0, 20.0], [48.0, 20.0], [16.0, 20.0]])
    marks.add(at, torch.tensor([True, True, False]), truth)
    area = marks.planes.sum((2, 3))
    assert area[0, 0] == pytest.approx(3.14 * RADIUS**2, rel=0.1)
    assert area[1, 1] == area[0, 0]
    assert area.sum() == 2 * area[0, 0]


def test_marks_never_lie() -> None:
    torch.manual_seed(2)
    truth = masks((10, 50, 10, 50), (0, 20, 30, 64)).repeat(20, 1, 1, 1)
    marks = Marks.none(len(truth), SIZE, truth.device)
    add_needless(marks, truth, 0.5)
    for _ in range(3):
        add_marks(marks, torch.zeros_like(truth), truth, shake=0.5)
    inside, outside = marks.planes[:, :1], marks.planes[:, 1:]
    # A disc reaches over the border by its radius at most.
    grown = torch.nn.functional.max_pool2d(truth, 11, 1, 5)
    grown_skin = torch.nn.functional.max_pool2d(1 - truth, 11, 1, 5)
    assert inside.sum() > 0
    assert not (inside * (1 - grown)).any()
    assert not (outside * (1 - grown_skin)).any()


def test_outlines_begin_as_the_model_s_as_damaged_ones_and_from_nothing() -> None:
    torch.manual_seed(5)
    truth = masks((10, 50, 10, 50)).repeat(200, 1, 1, 1)
    begun = starting_outlines(truth, truth * 0.8 + 0.1)
    assert begun.shape == truth.shape
    assert begun.min() >= 0
    assert begun.max() <= 1
    area = (begun >= 0.5).float().mean((1, 2, 3))
    empty = (begun.amax((1, 2, 3)) == 0).float().mean()
    assert empty == pytest.approx(0.2, abs=0.08)
    assert area[area > 0].std() > 0.05
