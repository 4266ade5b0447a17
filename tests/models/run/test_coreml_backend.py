"""coremltools' own Python and our Core ML backend, over a stand-in for Apple's module alone."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coremltools as ct
import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.models import CompiledMLModel, MLModel
from PIL import Image

from imaging.decode.photo import read_photo
from imaging.framing import Mask
from imaging.photo import Photo
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.package import ModelError, package_hash
from models.run.compiled import compile_cached
from models.run.coreml_backend import CoreMLBackend, one_line
from models.run.segmenter import open_segmenter
from models.run.setup import COMPUTE_UNITS
from tests.support.mac import Mac

Build = Callable[..., Path]
SAMPLES = Path(__file__).parents[3] / "sample_images"
INSTEAD = r"Try --compute-units CPU_ONLY or --backend onnxruntime\.$"


@pytest.fixture(scope="module")
def sample() -> Photo:
    """A sample photo, decoded as it is when a folder is segmented."""
    return read_photo(min(SAMPLES.glob("*.jpg"), key=lambda path: path.stat().st_size), 256)


def mask(backend: str, model: Path, photo: Photo) -> Mask:
    prediction = open_segmenter(model, backend).predict(photo)
    return prediction.framing.map_to_photo(prediction.grid) >= 0.5


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    """A package whose map is the mean of blue, weighted, and red: 24 wide, 16 high."""

    def weighted(x: object) -> object:
        weights = np.array([0.75, 0, 2.25], np.float32).reshape(1, 3, 1, 1)
        return mb.reduce_mean(x=mb.mul(x=x, y=weights), axes=[1])

    path = tmp_path_factory.mktemp("tiny") / "tiny.mlpackage"
    return build(path, weighted, (24, 16), **{OUTPUT_KEY: PROBABILITY})


def noise() -> Any:
    return np.random.default_rng(0).integers(0, 256, (16, 24, 3)).astype(np.uint8)


def test_a_sample_photo_s_mask_is_that_of_onnx_runtime(
    mac: Mac, shipped: Path, sample: Photo
) -> None:
    drawn = mask("coreml", shipped, sample)
    np.testing.assert_array_equal(drawn, mask("onnxruntime", shipped, sample))
    assert drawn.shape == (sample.size.height, sample.size.width)
    assert 0.005 < drawn.mean() < 0.5
    assert mac.count("predict CPU_AND_NE") == 2


def test_on_a_mac_core_ml_is_what_auto_means(mac: Mac, tiny: Path) -> None:
    assert open_segmenter(tiny).backend == "coreml"


def test_channels_rows_and_columns_keep_their_places(mac: Mac, tiny: Path) -> None:
    pixels = noise()
    expected = (pixels[..., 0] * 0.25 + pixels[..., 2] * 0.75) / 255
    output = CoreMLBackend(tiny, "CPU_ONLY").run(pixels)
    assert output.dtype == np.float32
    np.testing.assert_allclose(output.reshape(16, 24), expected, atol=1e-3)


@pytest.mark.parametrize("units", COMPUTE_UNITS)
def test_compute_units_reach_core_ml_and_the_receipt(
    mac: Mac, tiny: Path, sample: Photo, units: str
) -> None:
    receipt = open_segmenter(tiny, "coreml", units).predict(sample).receipt
    assert {line for line in mac.journal if line != "compile"} == {
        f"load {units}", f"predict {units}",
    }  # fmt: skip
    assert (receipt.backend, receipt.device, receipt.model_hash) == (
        "coreml", units, package_hash(tiny),
    )  # fmt: skip


def test_the_model_has_run_before_the_first_photo(mac: Mac, tiny: Path, sample: Photo) -> None:
    """So the first receipt's milliseconds are those of a photo, and not of a specialisation."""
    segmenter = open_segmenter(tiny, "coreml")
    assert mac.journal == ["compile", "load CPU_AND_NE", "predict CPU_AND_NE"]
    assert segmenter.predict(sample).receipt.milliseconds > 0
    assert mac.count("predict") == 2


def test_a_batch_gives_what_single_pictures_give(mac: Mac, tiny: Path) -> None:
    model = CompiledMLModel(str(compile_cached(tiny, package_hash(tiny))), ct.ComputeUnit.CPU_ONLY)
    pixels = noise()
    pictures = [{"photo": Image.fromarray(turned)} for turned in (pixels, pixels[::-1].copy())]
    batch = model.predict(pictures)
    assert [list(answer) for answer in batch] == [list(model.predict(pictures[0]))] * 2
    for answer, picture in zip(batch, pictures, strict=True):
        ((name, values),) = answer.items()
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, model.predict(picture)[name])
    assert not np.array_equal(*(next(iter(answer.values())) for answer in batch))


def test_a_package_opened_whole_runs_the_same(mac: Mac, tiny: Path) -> None:
    model = MLModel(str(tiny), compute_units=ct.ComputeUnit.CPU_ONLY)
    pixels = noise()
    (values,) = model.predict({"photo": Image.fromarray(pixels)}).values()
    np.testing.assert_array_equal(values, CoreMLBackend(tiny, "CPU_ONLY").run(pixels))
    assert Path(model.get_compiled_model_path()).suffix == ".mlmodelc"


@pytest.mark.parametrize(
    "picture",
    [Image.new("L", (24, 16)), Image.new("RGB", (16, 24)), np.zeros((16, 24, 3), np.float32), 3],
    ids=["grey", "turned", "array", "number"],
)
def test_what_core_ml_doesn_t_take_raises(mac: Mac, tiny: Path, picture: object) -> None:
    model = CompiledMLModel(str(compile_cached(tiny, package_hash(tiny))))
    with pytest.raises(RuntimeError, match=r"The model wants|size"):
        model.predict({"photo": picture})


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (
            "refuse to compile",
            r"can't load .*tiny\.mlpackage \(The package can not be compiled\)\. ",
        ),
        (
            "refuse to load",
            r"can't load .*tiny\.mlpackage \(The model can not be loaded on this device\)\. ",
        ),
        (
            "refuse to predict",
            r"can't run .*tiny\.mlpackage \(The picture can not be computed\)\. ",
        ),
    ],
)
def test_a_native_error_is_one_sentence(mac: Mac, tiny: Path, order: str, sentence: str) -> None:
    mac.order(order)
    with pytest.raises(ModelError, match=sentence + INSTEAD) as failure:
        open_segmenter(tiny, "coreml")
    assert "\n" not in str(failure.value)
    assert r"\x0a" not in str(failure.value)
    mac.pardon(order)
    assert open_segmenter(tiny, "coreml").backend == "coreml"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ('{\n    NSLocalizedDescription = "It is\n    bad.";\n}', "It is bad"),
        ("Error compiling model.", "Error compiling model."),
        (
            '{\n    NSLocalizedDescription = "Bad.";\n    NSUnderlyingError = "Why.";\n}',
            '{ NSLocalizedDescription = "Bad."; NSUnderlyingError = "Why."; }',
        ),
    ],
)
def test_apple_s_dictionary_becomes_its_description_where_it_has_no_more(
    error: str, line: str
) -> None:
    assert one_line(RuntimeError(error)) == line


def test_a_missing_output_is_named(mac: Mac, tiny: Path) -> None:
    mac.order("rename the output", "heat")
    with pytest.raises(ModelError, match=r"gave heat where the package promises "):
        open_segmenter(tiny, "coreml")


def test_a_macos_that_is_too_old_is_said(mac: Mac, tiny: Path) -> None:
    mac.install("10.12")
    with pytest.raises(ModelError, match=r"macOS 10\.13"):
        open_segmenter(tiny, "coreml")


def test_a_package_from_elsewhere_keeps_its_own_names(mac: Mac, tiny: Path, tmp_path: Path) -> None:
    copy = tmp_path / "sub folder" / "mine.mlpackage"
    shutil.copytree(tiny, copy)
    assert open_segmenter(copy, "coreml").info.name == "mine"
