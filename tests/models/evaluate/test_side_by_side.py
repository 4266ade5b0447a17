"""Two models on the same photos: the verdict, the table of photos and the pictures."""

import csv
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813
from PIL import Image

from models.evaluate.comparison import Comparison, Difference, comparison_from
from models.evaluate.contrasts import draw_contrasts
from models.evaluate.evaluation import evaluate, score_all
from models.evaluate.pairs import Pair, PairsError, read_pairs
from models.evaluate.side_by_side import compare, rows, verdict
from models.evaluate.table import figures, row_of, write_table
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.run.segmenter import Segmenter, open_segmenter
from tests.models.evaluate.test_evaluation import darkness, save

Build = Callable[..., Path]


def half_darkness(x: object) -> object:
    """As dark as half of it is."""
    return mb.mul(x=darkness(x), y=np.float32(0.4))


@pytest.fixture
def both(tmp_path: Path, build: Build) -> tuple[Segmenter, Segmenter]:
    """One that finds what is black, and one that is never sure enough."""
    drawn = (("dark", darkness), ("shy", half_darkness))
    dark, shy = (
        build(tmp_path / f"{name}.mlpackage", draw, (40, 40), **{OUTPUT_KEY: PROBABILITY})
        for name, draw in drawn
    )
    return open_segmenter(dark, "onnxruntime"), open_segmenter(shy, "onnxruntime")


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    """Eight photos of two kinds; on those by phone the first model finds half, else all."""
    folder = tmp_path / "pairs"
    lines = ["image,mask,kind,note"]
    for number in range(8):
        phone = number % 2
        save(folder, f"p{number}", slice(10, 20), slice(15, 25) if phone else slice(10, 20))
        kind = "phone" if phone else "dermoscopy"
        lines.append(f"images/p{number}.png,masks/p{number}.png,{kind},=1+1")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")
    return read_pairs(folder)


def test_the_differences_are_those_of_photos_in_pairs(
    both: tuple[Segmenter, Segmenter], pairs: list[Pair]
) -> None:
    done: list[int] = []
    summary = compare(*both, pairs, done.append).summary
    assert done == list(range(1, 9))
    assert summary.first == replace(
        evaluate(both[0], pairs, lambda _: None), milliseconds=summary.first.milliseconds
    )
    found = summary.comparison
    assert found.other == both[1].info.hash
    assert found.jaccard.mean == pytest.approx((4 * 1 + 4 / 3) / 8)
    assert found.jaccard.low > 0
    assert {kind: each.mean for kind, each in found.kinds.items()} == {
        "dermoscopy": pytest.approx(1.0),
        "phone": pytest.approx(1 / 3),
    }
    assert summary.below_065.mean == pytest.approx(-0.5)
    assert summary.threshold_jaccard.mean == pytest.approx(0.5)
    assert summary.dice.mean == pytest.approx((4 + 2) / 8)
    turned = compare(both[1], both[0], pairs, done.append).summary.comparison
    assert turned == found.of_the_other(both[0].info.hash)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.05, "a is better than b"),
        (-0.05, -0.01, "a is worse than b"),
        (-0.01, 0.05, "which of a and b is better can't be told from these photos"),
        (0.0, 0.0, "which of a and b is better can't be told from these photos"),
    ],
)
def test_the_verdict_says_no_more_than_the_interval(low: float, high: float, said: str) -> None:
    assert verdict("a", "b", Difference((low + high) / 2, low, high)) == said


def test_a_comparison_is_the_same_again_from_what_was_kept() -> None:
    kept = Comparison("x", "y", 3, Difference(1, 0, 2), {"phone": Difference(0, -1, 1)})
    assert comparison_from(asdict(kept)) == kept


def test_each_photo_has_a_row_in_which_nothing_is_a_formula(
    both: tuple[Segmenter, Segmenter], pairs: list[Pair], tmp_path: Path
) -> None:
    table = tmp_path / "photos.csv"
    write_table(table, rows(compare(*both, pairs, lambda _: None), ("dark", "shy")))
    with table.open(newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 8
    assert found[0]["kind"] == "dermoscopy"
    assert found[0]["note"] == "'=1+1"
    assert (found[1]["dark, jaccard"], found[1]["shy, jaccard"]) == ("0.333333", "0")
    assert found[0]["difference"] == "1"
    with pytest.raises(PairsError, match="is there already, and nothing is overwritten"):
        write_table(table, [])
    with pytest.raises(PairsError, match="There is no folder"):
        write_table(tmp_path / "no" / "photos.csv", [])
    scores = score_all(both[0], pairs, lambda _: None)
    write_table(tmp_path / "one.csv", [row_of(each.pair) | figures(each) for each in scores])
    assert "jaccard" in (tmp_path / "one.csv").read_text().splitlines()[0]
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_photos_that_differ_most_are_drawn_in_a_new_folder(
    both: tuple[Segmenter, Segmenter], pairs: list[Pair], tmp_path: Path
) -> None:
    compared = compare(*both, pairs, lambda _: None)
    made = draw_contrasts(compared, both, ("dark", "shy"), tmp_path / "differ", 3)
    assert [path.name for path in made] == ["01-p0.png", "02-p2.png", "03-p4.png"]
    with Image.open(made[0]) as picture:
        assert picture.info == {}
        assert picture.width == 2 * 512 + 8
    with pytest.raises(PairsError, match="is there already"):
        draw_contrasts(compared, both, ("dark", "shy"), tmp_path / "differ", 3)
