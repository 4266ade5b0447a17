"""The refiner's card says what was measured of the package that lies beside it."""

import json
from typing import Any

import pytest

from models.package.package import package_hash
from models.package.shipped import shipped_refiner

CARD = shipped_refiner().with_suffix(".md").read_text(encoding="utf-8")
STARTS = {
    "own": "the model's outline",
    "bad": "the same, Jaccard below 0.75",
    "nothing": "nothing",
}


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(shipped_refiner().with_suffix(".json").read_text())
    return report


def test_the_figures_belong_to_the_package(measured: dict[str, Any]) -> None:
    assert measured["package_sha256"] == package_hash(shipped_refiner())
    assert measured["outlines_sha256"][:12] in CARD


@pytest.mark.parametrize("refiner", ["dev", "classic"])
@pytest.mark.parametrize("kind", ["dermoscopy", "phone", "all"])
def test_the_card_has_the_marks_on_dev(measured: dict[str, Any], refiner: str, kind: str) -> None:
    for start, words in STARTS.items():
        found = measured[refiner][kind][start]
        row = (
            f"| {kind} | {words} | {found['photos']} | {found['median_marks']:g} | "
            f"{found['mean_marks']:.2f} | {found['failing']:.1%} | {found['worse']:.1%} |"
        )
        assert row in CARD


def test_the_card_has_size_training_and_parity(measured: dict[str, Any]) -> None:
    parity, said = measured["parity"], " ".join(CARD.split())
    assert f"| parameters | {measured['parameters']:,} |" in CARD
    assert f"| multiply-accumulates | {measured['multiply_accumulates']:,}, " in CARD
    assert f"{measured['training_pairs']:,} pairs" in said
    assert f"{measured['steps']:,} steps" in said
    assert f"{parity['mean_jaccard']:.4f} (mean), {parity['least_jaccard']:.4f} (least)" in said
    assert f"difference of a probability {parity['largest_difference']:.4f}" in said


def test_it_is_as_small_and_as_true_as_it_has_to_be(measured: dict[str, Any]) -> None:
    assert measured["parameters"] <= 3_000_000
    assert measured["parity"]["mean_jaccard"] >= 0.999
    assert measured["parity"]["least_jaccard"] >= 0.98
    assert measured["parity"]["largest_difference"] <= 0.02


def test_it_is_better_than_what_needs_no_network(measured: dict[str, Any]) -> None:
    network, classic = measured["dev"]["all"], measured["classic"]["all"]
    for start in STARTS:
        assert network[start]["median_marks"] <= classic[start]["median_marks"]
        assert network[start]["failing"] <= classic[start]["failing"]
    assert network["bad"]["worse"] <= 0.05
