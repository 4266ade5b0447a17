"""The model card says what was measured of the package that lies beside it."""

import json
from typing import Any

import pytest

from models.package.aimodel import aimodel_beside, aimodel_hash
from models.package.package import package_hash, read_package
from models.package.shipped import shipped_model

CARD = (shipped_model().parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(shipped_model().with_suffix(".json").read_text())
    return report


def test_the_figures_belong_to_the_package(measured: dict[str, Any]) -> None:
    assert measured["package_sha256"] == package_hash(shipped_model())


@pytest.mark.parametrize("kind", ["dermoscopy", "phone"])
def test_the_card_has_the_figures_on_dev(measured: dict[str, Any], kind: str) -> None:
    found = measured["dev"][kind]
    low, high = found["jaccard_interval"]
    row = (
        f"| {kind} | {found['pairs']} | {found['dice']:.3f} | {found['jaccard']:.3f} "
        f"({low:.3f}–{high:.3f}) | {found['threshold_jaccard']:.3f} | {found['below_065']:.1%} |"
    )
    assert row in CARD


def test_the_card_has_size_and_parity(measured: dict[str, Any]) -> None:
    parity = measured["parity"]
    assert f"| parameters | {measured['parameters']:,} |" in CARD
    assert f"| multiply-accumulates | {measured['multiply_accumulates']:,} |" in CARD
    said = " ".join(CARD.split())
    assert f"{parity['mean_jaccard']:.4f} (mean), {parity['least_jaccard']:.4f} (least)" in said
    assert f"difference of a probability {parity['largest_difference']:.4f}" in said


def test_the_parity_holds(measured: dict[str, Any]) -> None:
    parity = measured["parity"]
    assert parity["mean_jaccard"] >= 0.999
    assert parity["least_jaccard"] >= 0.98
    assert parity["largest_difference"] <= 0.02


FORMS = ("package_and_torch", "aimodel_and_torch", "aimodel_and_package")


def test_the_second_form_is_the_one_that_was_measured(measured: dict[str, Any]) -> None:
    asset = aimodel_beside(shipped_model())
    assert measured["aimodel"]["program_sha256"] == aimodel_hash(asset)
    assert measured["aimodel"]["bytes"] == sum(f.stat().st_size for f in asset.iterdir())
    assert f"{measured['aimodel']['bytes'] / 1e6:.1f} MB; carries" in CARD


@pytest.mark.parametrize("forms", FORMS)
def test_any_two_forms_agree_and_the_card_says_how_far(
    measured: dict[str, Any], forms: str
) -> None:
    found = measured["aimodel"]["agreement"][forms]
    assert found["mean_jaccard"] >= 0.999
    assert found["least_jaccard"] >= 0.98
    assert found["largest_difference"] <= 0.02
    row = (
        f"| {found['photos']} | {found['mean_jaccard']:.4f} | {found['least_jaccard']:.4f} | "
        f"{found['largest_difference']:.4f} |"
    )
    assert row in CARD


@pytest.mark.parametrize("kind", ["dermoscopy", "phone", "all"])
def test_the_card_has_how_far_the_model_s_word_holds(measured: dict[str, Any], kind: str) -> None:
    word = measured["confidence"][kind]
    row = (
        f"| {kind} | {word['calibration_error']:.3f} | {word['spearman']:.2f} | "
        f"{word['caught']:.0%} | {word['baseline_spearman']:.2f} | {word['baseline_caught']:.0%} |"
    )
    assert row in CARD


@pytest.mark.parametrize("kind", ["dermoscopy", "phone"])
def test_the_card_has_how_well_lesions_are_told_from_skin(
    measured: dict[str, Any], kind: str
) -> None:
    told = measured["presence"][kind]
    row = (
        f"| {kind} | {told['lesions']} | {told['skin']} | {told['auc']:.3f} | "
        f"{told['calibration_error']:.3f} | {told['missed']:.1%} | {told['found']:.0%} |"
    )
    assert row in CARD


@pytest.mark.slow
def test_the_package_says_what_was_fitted(measured: dict[str, Any]) -> None:
    info, fitted = read_package(shipped_model()), measured["fitted"]
    assert info.threshold == pytest.approx(fitted["threshold"])
    assert info.jaccard_slope == pytest.approx(fitted["jaccard_slope"], abs=1e-5)
    assert info.jaccard_intercept == pytest.approx(fitted["jaccard_intercept"], abs=1e-5)
