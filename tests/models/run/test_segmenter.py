import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from imaging.decode.photo import read_photo
from imaging.framing import Size
from imaging.photo import Photo
from imaging.values import NO_LESION_BELOW
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.package import ModelError, NoNumbers, package_hash, weights_folder
from models.proof.samples import sample_folder
from models.run.onnx_backend import OnnxBackend
from models.run.segmenter import open_segmenter
from models.translate.translation import TRANSLATOR_VERSION, cache_file, translate, translate_cached

Build = Callable[..., Path]

OPEN_AND_REPORT = """
import sys
from pathlib import Path
from models.run.segmenter import open_segmenter
open_segmenter(Path(sys.argv[1]), "onnxruntime")
print(*sorted({"coremltools", "onnx", "torch", "onnxruntime"} & set(sys.modules)))
"""
IMPORT_AND_REPORT = """
import sys
import models.run.segmenter
print("imported", *sorted({"coremltools", "onnx", "torch", "onnxruntime"} & set(sys.modules)))
"""


def photo(width: int = 320, height: int = 240) -> Photo:
    """A dark disc on skin, a little noisy."""
    random = np.random.default_rng(3)
    rows, columns = np.mgrid[0:height, 0:width]
    inside = np.hypot(rows - height / 2, columns - width / 2) < height / 5
    pixels = np.where(inside[..., None], (92, 52, 40), (224, 180, 155))
    noisy = (pixels + random.normal(0, 6, pixels.shape)).clip(0, 255).astype(np.uint8)
    return Photo(noisy, Size(width, height))


def report(script: str, *arguments: str) -> list[str]:
    """What a script in a process of its own printed last."""
    command = [sys.executable, "-c", script, *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()[-1].split()


def test_importing_the_segmenter_imports_no_runtime(trainer: None) -> None:
    assert report(IMPORT_AND_REPORT) == ["imported"]


def test_coremltools_is_spared_and_by_a_warm_cache_onnx_too(
    cache: Path, shipped: Path, trainer: None
) -> None:
    assert report(OPEN_AND_REPORT, str(shipped)) == ["onnx", "onnxruntime"]
    assert report(OPEN_AND_REPORT, str(shipped)) == ["onnxruntime"]


def test_a_prediction_has_the_grid_s_shape_half_precision_and_a_receipt(shipped: Path) -> None:
    segmenter = open_segmenter(shipped, "onnxruntime")
    prediction = segmenter.predict(photo())
    grid, receipt = prediction.grid, prediction.receipt
    assert grid.shape == (256, 256)
    assert grid.dtype == np.float32
    np.testing.assert_array_equal(grid, grid.astype(np.float16).astype(np.float32))
    assert 0 <= grid.min() < grid.max() <= 1
    assert prediction.framing.photo == Size(320, 240)
    assert prediction.framing.grid == segmenter.info.input_size
    assert (receipt.model_name, receipt.backend, receipt.device) == ("lesion", "onnxruntime", "CPU")
    assert receipt.model_hash == package_hash(shipped)
    assert receipt.milliseconds > 0
    assert segmenter.backend == "onnxruntime"


def test_the_shipped_model_finds_a_dark_disc(shipped: Path) -> None:
    prediction = open_segmenter(shipped, "onnxruntime").predict(photo())
    mask = prediction.framing.map_to_photo(prediction.grid) >= 0.5
    assert mask[120, 160]
    assert not mask[5, 5]
    assert 0.5 < np.count_nonzero(mask) / (np.pi * 48**2) < 1.5


def test_the_shipped_model_is_sure_of_a_lesion_and_not_of_plain_skin(shipped: Path) -> None:
    segmenter = open_segmenter(shipped, "onnxruntime")
    whole = read_photo(sample_folder() / "upright-portrait.jpg")
    skin = np.ascontiguousarray(whole.pixels[1000:])
    beside = segmenter.predict(Photo(skin, Size(skin.shape[1], skin.shape[0])))
    lesion = segmenter.predict(whole)
    assert beside.lesion_probability is not None
    assert lesion.lesion_probability is not None
    assert beside.lesion_probability < NO_LESION_BELOW < 0.9 < lesion.lesion_probability


def test_a_photo_decoded_small_is_framed_as_its_whole(shipped: Path) -> None:
    segmenter = open_segmenter(shipped, "onnxruntime")
    small = photo()
    prediction = segmenter.predict(Photo(small.pixels, Size(3200, 2400)))
    assert prediction.framing.photo == Size(3200, 2400)
    np.testing.assert_allclose(prediction.grid, segmenter.predict(small).grid)


def test_threads_change_nothing_but_time(shipped: Path) -> None:
    framed = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    one, two = (OnnxBackend(shipped, threads).run(framed) for threads in (1, 2))
    np.testing.assert_allclose(one, two, atol=1e-5)


def test_channels_rows_and_columns_keep_their_places(tmp_path: Path, build: Build) -> None:
    """A package whose output is the blue channel gives back the blue channel."""

    def blue(x: object) -> object:
        chosen = np.array([0, 0, 3], np.float32).reshape(1, 3, 1, 1)
        return mb.reduce_mean(x=mb.mul(x=x, y=chosen), axes=[1])

    path = build(tmp_path / "blue.mlpackage", blue, (24, 16), **{OUTPUT_KEY: PROBABILITY})
    pixels = np.random.default_rng(0).integers(0, 256, (16, 24, 3)).astype(np.uint8)
    prediction = open_segmenter(path, "onnxruntime").predict(Photo(pixels, Size(24, 16)))
    np.testing.assert_allclose(prediction.grid, pixels[..., 2] / 255, atol=1e-3)


def test_a_translation_is_kept_under_version_and_hash(cache: Path, shipped: Path) -> None:
    made = translate_cached(shipped)
    file = cache_file(package_hash(shipped))
    assert file.name == f"{TRANSLATOR_VERSION}-{package_hash(shipped)}"
    assert file.is_relative_to(cache)
    assert [file] == list(file.parent.iterdir())
    written = file.stat().st_ino
    assert translate_cached(shipped) == made
    assert file.stat().st_ino == written


@pytest.fixture(scope="module")
def kept(shipped: Path) -> bytes:
    """What is kept of the shipped package's translation."""
    translate_cached(shipped)
    return cache_file(package_hash(shipped)).read_bytes()


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
def test_a_damaged_cache_is_made_anew(kept: bytes, cache: Path, shipped: Path, damage: str) -> None:
    file = cache_file(package_hash(shipped))
    file.parent.mkdir(parents=True)
    data = bytearray(kept)
    data[len(data) // 2] ^= 0x40
    file.write_bytes({"flipped": bytes(data), "cut": bytes(data[:9999]), "empty": b""}[damage])
    expected = open_segmenter(shipped, "onnxruntime").predict(photo())
    assert len(file.read_bytes()) == len(kept)
    assert translate_cached(shipped) == file.read_bytes()[32:]
    assert expected.grid.max() > 0.5


def test_a_cache_that_can_t_be_written_costs_only_time(cache: Path, shipped: Path) -> None:
    blocked = cache_file(package_hash(shipped)).parent
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where the folder should be")
    assert open_segmenter(shipped, "onnxruntime").predict(photo()).grid.max() > 0.5
    assert blocked.is_file()


def test_a_copy_under_another_name_keeps_that_name(
    cache: Path, shipped: Path, tmp_path: Path
) -> None:
    assert open_segmenter(shipped, "onnxruntime").info.name == "lesion"
    shutil.copytree(shipped, tmp_path / "mine.mlpackage")
    assert open_segmenter(tmp_path / "mine.mlpackage", "onnxruntime").info.name == "mine"


def test_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no model at"):
        open_segmenter(tmp_path / "nothing.mlpackage")


def test_unknown_names_are_refused(shipped: Path) -> None:
    with pytest.raises(ModelError, match="no backend abacus; there are auto, coreml, onn"):
        open_segmenter(shipped, "abacus")
    with pytest.raises(ModelError, match="no compute unit TPU; there are ALL"):
        open_segmenter(shipped, "onnxruntime", "TPU")


@pytest.mark.skipif(sys.platform == "darwin", reason="Core ML is there")
def test_core_ml_elsewhere_is_refused_with_what_to_do(shipped: Path) -> None:
    with pytest.raises(ModelError, match="use --backend onnxruntime"):
        open_segmenter(shipped, "coreml")


def test_an_operation_outside_the_table_is_named(tmp_path: Path, build: Build) -> None:
    path = build(tmp_path / "odd.mlpackage", lambda x: mb.sigmoid(x=mb.cos(x=x)))
    with pytest.raises(ModelError, match=r"odd\.mlpackage uses cos,"):
        open_segmenter(path, "onnxruntime")


def test_a_model_that_gives_no_map_is_refused(tmp_path: Path, build: Build) -> None:
    path = build(tmp_path / "deep.mlpackage", lambda x: mb.sigmoid(x=x), (8, 8))
    with pytest.raises(ModelError, match=r"deep\.mlpackage gives 1×3×8×8 values"):
        open_segmenter(path, "onnxruntime")


def test_a_model_that_computes_no_numbers_is_refused(tmp_path: Path, build: Build) -> None:
    def without(x: object) -> object:
        grey = mb.reduce_mean(x=x, axes=[1], keep_dims=True)
        return mb.sigmoid(x=mb.log(x=mb.sub(x=np.float32(-1), y=mb.abs(x=grey))))

    path = build(tmp_path / "nan.mlpackage", without, (8, 8))
    with pytest.raises(NoNumbers, match=r"^nan computes values that are no numbers \(NaN\)"):
        open_segmenter(path, "onnxruntime")


def test_a_photo_for_which_no_numbers_come_is_refused(tmp_path: Path, build: Build) -> None:
    def dark_alone(x: object) -> object:
        grey = mb.reduce_mean(x=x, axes=[1], keep_dims=True)
        return mb.sigmoid(x=mb.sqrt(x=mb.sub(x=np.float32(0.25), y=grey)))

    path = build(tmp_path / "dark.mlpackage", dark_alone, (8, 8), **{OUTPUT_KEY: PROBABILITY})
    segmenter = open_segmenter(path, "onnxruntime")
    dark, light = (np.full((8, 8, 3), value, np.uint8) for value in (20, 200))
    assert np.isfinite(segmenter.predict_framed(dark)).all()
    with pytest.raises(NoNumbers):
        segmenter.predict_framed(light)


def test_a_package_without_its_weights_is_refused(
    cache: Path, shipped: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "light.mlpackage"
    shutil.copytree(shipped, copy)
    (weights_folder(copy) / "weight.bin").unlink()
    with pytest.raises(ModelError, match=r"light\.mlpackage can't be read back"):
        translate(copy)
