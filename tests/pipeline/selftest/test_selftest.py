"""The selftest passes here, and wrong weights, normalisation, channels or photos make it fail."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.package.package import (
    ModelError,
    PackageInfo,
    package_hash,
    program_file,
    read_package,
    weights_folder,
)
from models.proof.reference import Difference, References
from models.proof.reference_files import read_references, references_for
from models.proof.samples import sample_folder
from models.run.setup import ModelSetup
from pipeline.selftest.checks import selftest
from pipeline.selftest.looker import Processes
from pipeline.selftest.verdict import Checked, Ending, Fault, conclude
from pipeline.work.model_bench import ModelBench
from pipeline.work.picture_bench import decode_small
from pipeline.work.scorer import Pool
from pipeline.work.scoring import ModelJob, Segmented, SegmentJob
from pipeline.work.shelf import Viewed
from pipeline.work.viewer import Viewer
from tests.support.mac import in_workers
from tests.support.packages import Array, changed, constants_of

FEW = ("hairy.jpg", "pigment-network.png", "two-lesions.heic", "upright-portrait.jpg")


class HereAndNow:
    """The worker's jobs on the worker's bench, in this process: a process a package takes long."""

    def __init__(self, package: Path) -> None:
        self._bench = ModelBench(ModelSetup(package, "onnxruntime"))

    def model(self) -> PackageInfo:
        return ModelJob().run(self._bench)

    def backend(self) -> str:
        return self._bench.segmenter().backend

    def segment(self, path: Path) -> Segmented:
        return SegmentJob(path).run(self._bench)

    def view(self, path: Path, longest: int) -> Viewed:
        return decode_small(path, longest, lambda _phase: None)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No translation of a sabotaged package is left in the cache of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def references(model: Path) -> References:
    return read_references(model)


@pytest.fixture(scope="module")
def few(references: References) -> References:
    chosen = tuple(photo for photo in references.photos if photo.name in FEW)
    assert len(chosen) == len(FEW)
    return replace(references, photos=chosen)


def test_it_passes_here_in_the_apps_processes(
    model: Path, references: References, viewer: Viewer
) -> None:
    scorer = Pool(ModelSetup(model, "onnxruntime"))
    try:
        found = selftest(Processes(scorer, viewer), ModelSetup(model), references, sample_folder())
    finally:
        scorer.close()
    assert found.passed, found
    assert [photo.name for photo in found.photos] == [each.name for each in references.photos]
    assert (found.backend, found.device, found.model) == ("onnxruntime", "CPU", "lesion")
    assert min(found.first_milliseconds, found.median_milliseconds, found.opening_seconds) > 0
    assert all(photo.difference is not None for photo in found.photos)


def test_core_ml_s_python_passes_over_the_stand_in_and_its_death_on_the_neural_engine_is_told(
    model: Path, few: References, viewer: Viewer, tmp_path: Path
) -> None:
    with (
        in_workers(tmp_path / "mac") as mac,
        closing(Pool(ModelSetup(model, "coreml"))) as scorer,
    ):
        found = selftest(Processes(scorer, viewer), ModelSetup(model), few, sample_folder())
        assert found.passed, found
        assert (found.backend, found.device) == ("coreml", "CPU_AND_NE")
        assert mac.count("predict CPU_AND_NE") >= len(FEW)
    with (
        in_workers(tmp_path / "other") as mac,
        closing(Pool(ModelSetup(model, "coreml"))) as scorer,
    ):
        mac.order("die on CPU_AND_NE", "photos")
        found = selftest(Processes(scorer, viewer), ModelSetup(model), few, sample_folder())
    assert found.verdict is Ending.OTHER_DEVICE, found
    assert "but CPU_AND_NE gave none" in found.sentence
    assert "and CPU_ONLY made all of them" in found.sentence
    assert all(photo.fault is Fault.NONE for photo in found.photos)


DEEP = 10
"""A convolution in the middle of the encoder, of all the one whose scale matters least."""


def drawn_anew(weights: Array) -> Array:
    """Weights of the same spread from another seed."""
    return np.random.default_rng(1).normal(0, np.std(weights, dtype=np.float32), weights.shape)


@pytest.mark.parametrize(
    ("kind", "operand", "which", "change", "least"),
    [
        pytest.param("conv", "weight", DEEP, lambda a: a * 1.3, 3, id="one deep layer times 1.3"),
        pytest.param("conv", "weight", 0, lambda a: a * 1.1, 1, id="one first layer times 1.1"),
        pytest.param("conv", "weight", DEEP, lambda a: np.roll(a, 1, 0), 4, id="a layer permuted"),
        pytest.param("conv", "weight", DEEP, drawn_anew, 4, id="a layer of another seed"),
        pytest.param("mul", "y", 1, np.ones_like, 4, id="never divided by the deviation"),
        pytest.param("sub", "y", 0, lambda a: a[::-1], 4, id="the mean in BGR order"),
        pytest.param("sub", "y", 0, lambda a: np.full_like(a, 0.5), 4, id="half for the mean"),
        pytest.param("conv", "weight", 0, lambda a: a[:, ::-1], 4, id="red and blue swapped"),
    ],
)
def test_a_package_that_computes_something_else_fails_by_its_numbers(
    model: Path, few: References, tmp_path: Path,
    kind: str, operand: str, which: int, change: Callable[[Array], Array], least: int,
) -> None:  # fmt: skip
    name = constants_of(model, kind, operand)[which]
    package = changed(model, tmp_path / "lesion.mlpackage", name, change)
    travelling = replace(few, package_sha256=package_hash(package))
    found = selftest(HereAndNow(package), ModelSetup(package), travelling, sample_folder())
    assert found.verdict is Ending.WRONG
    assert "right pictures, and makes something else" in found.sentence
    faults = [photo.fault for photo in found.photos]
    assert faults.count(Fault.NUMBERS) >= least
    assert set(faults) <= {Fault.NUMBERS, Fault.NONE}
    assert all(photo.exact or photo.levels <= 3 for photo in found.photos)


def test_a_package_written_back_unchanged_passes(
    model: Path, few: References, viewer: Viewer, tmp_path: Path
) -> None:
    name = constants_of(model, "sub", "y")[0]
    package = changed(model, tmp_path / "lesion.mlpackage", name, np.copy)
    travelling = replace(few, package_sha256=package_hash(package))
    assert selftest(HereAndNow(package), ModelSetup(package), travelling, sample_folder()).passed


def test_another_model_is_told_from_wrong_numbers(
    model: Path, few: References, viewer: Viewer, tmp_path: Path
) -> None:
    name = constants_of(model, "conv", "weight")[DEEP]
    package = changed(model, tmp_path / "lesion.mlpackage", name, lambda a: a * 1.2)
    found = selftest(HereAndNow(package), ModelSetup(package), few, sample_folder())
    assert found.verdict is Ending.OTHER_MODEL
    assert "damaged or another one" in found.sentence
    assert not found.passed
    assert found.photos == ()
    assert few.package_sha256[:12] in found.sentence
    assert package_hash(package)[:12] in found.sentence


def test_a_sample_that_is_gone_or_another_file_is_no_fault_of_the_model(
    model: Path, few: References, viewer: Viewer, tmp_path: Path
) -> None:
    for name in FEW[:3]:
        shutil.copy(sample_folder() / name, tmp_path)
    with (tmp_path / FEW[0]).open("ab") as file:
        file.write(b"!")
    found = selftest(HereAndNow(model), ModelSetup(model), few, tmp_path)
    faults = {photo.name: (photo.fault, photo.sentence) for photo in found.photos}
    assert faults[FEW[0]] == (Fault.PHOTO, "It is not the file the references were made from.")
    assert faults[FEW[3]][0] is Fault.PHOTO
    assert {faults[name][0] for name in FEW[1:3]} == {Fault.NONE}
    assert found.verdict is Ending.NOT_RUN
    assert "2 of 4 photos failed. The sample photos are not the ones" in found.sentence


def test_a_model_that_can_t_be_opened_is_said_without_naming_its_folder(
    model: Path, few: References, viewer: Viewer, tmp_path: Path
) -> None:
    package = tmp_path / "of ada" / "ada's.mlpackage"
    shutil.copytree(model, package)
    (weights_folder(package) / "weight.bin").unlink()
    digest = package_hash(package)
    found = selftest(HereAndNow(package), ModelSetup(package), few, sample_folder())
    assert found.verdict is Ending.NOT_RUN
    assert found.sentence.startswith("The model can't be opened here. ada's.mlpackage can't be ")
    assert (found.model, found.model_sha256) == ("ada's", digest)
    assert found.model_sha256 != few.package_sha256


def test_a_copy_of_the_shipped_model_under_another_name_has_its_references(
    model: Path, references: References, tmp_path: Path
) -> None:
    copy = tmp_path / "mine.mlpackage"
    shutil.copytree(model, copy)
    assert references_for(copy).package_sha256 == references.package_sha256
    program_file(copy).write_bytes(program_file(copy).read_bytes() + b"\0")
    with pytest.raises(ModelError, match=r"mine\.mlpackage has no references.*workshop"):
        references_for(copy)
    with pytest.raises(ModelError, match=r"is not an \.mlpackage"):
        references_for(sample_folder())


def test_references_of_nothing_do_not_pass(model: Path, few: References) -> None:
    found = selftest(HereAndNow(model), ModelSetup(model), replace(few, photos=()), sample_folder())
    assert found.verdict is Ending.NOT_RUN


RIGHT = Checked("a.jpg", Fault.NONE, "", 2.0, "CPU_AND_NE", True, 0, Difference(0.0, 0.0, 1.0))


def test_right_numbers_by_another_device_than_asked_do_not_pass(model: Path) -> None:
    photos = (RIGHT, replace(RIGHT, device="CPU_ONLY", milliseconds=8.0))
    found = conclude(read_package(model), "coreml", "CPU_AND_NE", 1.0, photos)
    assert found.verdict is Ending.OTHER_DEVICE
    assert "and CPU_ONLY made the rest" in found.sentence
    assert found.device == "CPU_AND_NE, then CPU_ONLY"
    assert (found.first_milliseconds, found.median_milliseconds) == (2.0, 5.0)


def test_a_wrong_picture_is_seen_to_before_wrong_numbers(model: Path) -> None:
    photos = (replace(RIGHT, fault=Fault.NUMBERS), replace(RIGHT, fault=Fault.PICTURE))
    found = conclude(read_package(model), "coreml", "CPU_AND_NE", 1.0, photos)
    assert found.verdict is Ending.WRONG
    assert found.sentence.startswith("1 of 2 photos failed. Photos are decoded or framed otherwise")
