"""The package for non-commercial use says so, and its card says what was measured of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.package.package import OWN_LICENCE, package_hash, read_package
from models.package.shipped import shipped_model

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[3] / "models" / "noncommercial"
PACKAGE = FOLDER / "lesion-nc.mlpackage"
CARD = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(PACKAGE.with_suffix(".json").read_text())
    return report


def test_it_is_never_the_default_and_says_its_licence() -> None:
    info = read_package(PACKAGE)
    assert shipped_model().parent != FOLDER
    assert info.license != OWN_LICENCE
    assert info.license.startswith("CC BY-NC 4.0")
    assert "CC BY-NC 4.0" in (FOLDER / "LICENSE.md").read_text(encoding="utf-8")


def test_the_figures_belong_to_the_package(measured: dict[str, Any]) -> None:
    assert measured["package_sha256"] == package_hash(PACKAGE)
    assert f"`{measured['package_sha256']}`" in CARD
    assert f"| threshold | {read_package(PACKAGE).threshold:g}," in CARD


def test_the_card_has_the_figures_on_dev(measured: dict[str, Any]) -> None:
    assert len(measured["dev"]) == 7
    for kind, found in measured["dev"].items():
        low, high = found["jaccard_interval"]
        row = (
            f"| {kind} | {found['pairs']} | {found['dice']:.3f} "
            f"| {found['jaccard']:.3f} ({low:.3f}–{high:.3f}) "
            f"| {found['threshold_jaccard']:.3f} | {found['below_065']:.1%} |"
        )
        assert row in CARD


def test_the_card_has_how_far_its_word_holds(measured: dict[str, Any]) -> None:
    for kind, word in measured["confidence"].items():
        row = (
            f"| {kind} | {word['calibration_error']:.3f} | {word['spearman']:.2f} | "
            f"{word['caught']:.0%} | {word['baseline_spearman']:.2f} "
            f"| {word['baseline_caught']:.0%} |"
        )
        assert row in CARD
