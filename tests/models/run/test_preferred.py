"""What `auto` chooses on a Mac: Core ML, until Core AI has passed there and was faster."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

import models.run.coreai_backend as coreai
from models.package.aimodel import aimodel_beside
from models.package.package import ModelError
from models.run import preferred
from models.run.preferred import Passed, disprove, passed, prefers_core_ai, recall, remember
from models.run.segmenter import open_segmenter
from tests.support.core_ai import NO_CORE_AI, needs_core_ai
from tests.support.mac import Mac, reported

UNITS = "CPU_AND_NE"


@pytest.fixture
def mac(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mac]:
    """A Mac with macOS 27 and the extra, as far as the choice of a backend looks."""
    if not NO_CORE_AI:
        # Apple's library looks what system it is on when it is imported: this one has a runtime.
        import_module("coreai.authoring")
    monkeypatch.setattr(preferred, "why_not", lambda: "")
    monkeypatch.setattr(preferred, "installed_version", lambda: coreai.PINNED)
    monkeypatch.setattr(preferred, "mac_ver", lambda: ("27.0", ("", "", ""), "arm64"))
    with reported(tmp_path / "mac") as mac:
        yield mac


def faster(package: Path) -> Passed:
    return passed(package, UNITS, 2.5, 4.0)


@needs_core_ai
def test_auto_takes_core_ai_where_it_has_passed_and_was_faster(mac: Mac, shipped: Path) -> None:
    assert open_segmenter(shipped).backend == "coreml"
    remember(faster(shipped))
    assert open_segmenter(shipped).backend == "coreai"
    assert open_segmenter(shipped, "coreml").backend == "coreml"


@pytest.mark.parametrize(
    "change",
    [
        {"core_ml": 2.0},
        {"system": "27.1"},
        {"runtime": "1.0.0b4"},
        {"model_hash": "0" * 64},
        {"compute_units": "CPU_ONLY"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_slower_or_is_another_now_is_not_taken(
    mac: Mac, shipped: Path, change: dict[str, str | float]
) -> None:
    remember(faster(shipped))
    assert prefers_core_ai(shipped, UNITS)
    disprove(shipped, UNITS)
    remember(replace(faster(shipped), **change))  # type: ignore[arg-type]
    assert not prefers_core_ai(shipped, UNITS)
    assert open_segmenter(shipped).backend == "coreml"


def test_where_core_ml_can_t_run_it_core_ai_is_faster(mac: Mac, shipped: Path) -> None:
    remember(replace(faster(shipped), core_ml=None))
    assert prefers_core_ai(shipped, UNITS)


def test_one_that_can_t_be_opened_any_more_leaves_it_to_core_ml(
    mac: Mac, tmp_path: Path, shipped: Path
) -> None:
    package = Path(shutil.copytree(shipped, tmp_path / "lesion.mlpackage"))
    asset = aimodel_beside(package)
    shutil.copytree(aimodel_beside(shipped), asset)
    remember(faster(package))
    (asset / "main.mlirb").write_bytes(b"cut")
    assert open_segmenter(package).backend == "coreml"


def test_it_is_forgotten_when_it_fails_and_when_the_extra_goes(
    mac: Mac, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(faster(shipped))
    disprove(shipped, UNITS)
    assert recall(shipped, UNITS) is None
    remember(faster(shipped))
    monkeypatch.setattr(preferred, "why_not", lambda: "Core AI needs the package coreai-core.")
    assert not prefers_core_ai(shipped, UNITS)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 1}'])
def test_a_damaged_memory_is_none(mac: Mac, cache: Path, shipped: Path, text: str) -> None:
    remember(faster(shipped))
    (cache / "cache" / "nevus" / "coreai-selftests.json").write_text(text)
    assert recall(shipped, UNITS) is None
    remember(faster(shipped))
    assert recall(shipped, UNITS) == faster(shipped)


def test_only_the_last_ones_are_kept(mac: Mac, shipped: Path) -> None:
    for number in range(preferred.KEPT):
        remember(replace(faster(shipped), model_hash=f"{number:064}"))
    remember(faster(shipped))
    assert recall(shipped, UNITS) == faster(shipped)
    assert len(preferred._kept()) == preferred.KEPT


def test_a_cache_that_can_t_be_written_is_a_sentence(mac: Mac, cache: Path, shipped: Path) -> None:
    (cache / "cache").mkdir(exist_ok=True)
    (cache / "cache" / "nevus").write_text("a file lies where the folder should")
    with pytest.raises(ModelError, match=r"can't be kept in nevus's cache \("):
        remember(faster(shipped))
