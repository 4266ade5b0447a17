"""An .onnx that a user brings: the shipped network as one draws the same; or a sentence."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from imaging.decode.photo import read_photo
from models.package.interface import OUTPUT_KEY
from models.package.model import check_model, model_hash, read_model
from models.package.onnx_file import INPUT_KEY, LICENCE_KEY, read_onnx
from models.package.package import (
    FRAMING_KEY,
    THRESHOLD_KEY,
    ModelError,
    NotAPackage,
    read_package,
)
from models.proof.samples import sample_folder
from models.registry import Registry
from models.run.segmenter import open_segmenter
from models.run.tensors import DEVIATION, MEAN
from models.translate.translation import translate
from pipeline.doctor.onnx import onnx_report, onnx_sections

FLOAT, BYTES = TensorProto.FLOAT, TensorProto.UINT8
PLANES, LAST = (1, 3, 24, 32), (1, 24, 32, 3)
Save = Callable[..., Path]


def darkness(axis: int, kind: int, weights: bool = False) -> list[Any]:
    """Nodes that give a sigmoid of how dark the mean of the channels is."""
    nodes = []
    fed = "photo"
    if kind == BYTES:
        nodes.append(helper.make_node("Cast", ["photo"], ["cast"], to=FLOAT))
        fed = "cast"
    mean = helper.make_node("ReduceMean", [fed], ["mean"], axes=[axis], keepdims=1)
    nodes += [mean, helper.make_node("Neg", ["mean"], ["dark"])]
    return [*nodes, helper.make_node("Sigmoid", ["dark"], ["map"])]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a graph as an .onnx."""

    def make(
        said: Mapping[str, str],
        shape: tuple[int | str, ...] = PLANES,
        kind: int = FLOAT,
        nodes: list[Any] | None = None,
        inputs: list[Any] | None = None,
        outputs: list[Any] | None = None,
    ) -> Path:
        axis = 3 if shape[-1] == 3 else 1
        drawn = darkness(axis, kind) if nodes is None else nodes
        graph = helper.make_graph(
            drawn,
            "main",
            inputs or [helper.make_tensor_value_info("photo", kind, shape)],
            outputs or [helper.make_tensor_value_info("map", FLOAT, None)],
        )
        opset = [helper.make_opsetid("", 17)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=9)
        helper.set_model_props(model, dict(said))
        onnx.save(model, str(tmp_path / "brought.onnx"))
        return tmp_path / "brought.onnx"

    return make


def test_the_shipped_network_as_onnx_draws_the_very_same_maps(
    shipped: Path, cache: Path, tmp_path: Path
) -> None:
    package = read_package(shipped)
    model = translate(shipped)
    said = {INPUT_KEY: "0..255", THRESHOLD_KEY: f"{package.threshold}", LICENCE_KEY: "MIT"}
    said[OUTPUT_KEY] = "probability"
    helper.set_model_props(model, said)
    path = tmp_path / "same.onnx"
    onnx.save(model, str(path))
    ours, theirs = open_segmenter(path), open_segmenter(shipped, "onnxruntime")
    assert (ours.backend, ours.info.license) == ("onnxruntime", "MIT")
    assert ours.info.hash == model_hash(path) != theirs.info.hash
    photo = read_photo(sample_folder() / "hairy.jpg", ours.decoded_side)
    found = ours.predict(photo)
    assert np.array_equal(found.grid, theirs.predict(photo).grid)
    assert found.receipt.model_hash == model_hash(path)
    entry = Registry(tmp_path / "models").add(path, "brought")
    assert entry.path.suffix == ".onnx"
    assert open_segmenter(entry.path).info.name == "brought"


@pytest.mark.parametrize("shape", [PLANES, LAST])
@pytest.mark.parametrize("values", ["0..255", "0..1", "imagenet"])
def test_a_picture_is_given_as_the_file_says(
    save: Save, shape: tuple[int, ...], values: str
) -> None:
    segmenter = open_segmenter(save({INPUT_KEY: values}, shape))
    assert (segmenter.info.input_size.width, segmenter.info.input_size.height) == (32, 24)
    framed = np.random.default_rng(1).integers(0, 256, (24, 32, 3), np.uint8)
    scaled = framed.astype(np.float32) / (1 if values == "0..255" else 255)
    if values == "imagenet":
        scaled = (scaled - np.array(MEAN)) / np.array(DEVIATION)
    wanted = 1 / (1 + np.exp(scaled.mean(axis=2)))
    assert np.allclose(segmenter.predict_framed(framed), wanted, atol=1e-5)


def test_bytes_need_no_word_and_bgr_is_given_turned(save: Save) -> None:
    framed = np.zeros((24, 32, 3), np.uint8)
    framed[..., 0] = 30
    nodes = [
        helper.make_node("Cast", ["photo"], ["cast"], to=FLOAT),
        helper.make_node("Split", ["cast"], ["blue", "green", "mean"], axis=1),
        helper.make_node("Neg", ["mean"], ["dark"]),
        helper.make_node("Sigmoid", ["dark"], ["map"]),
    ]
    path = save({"org.nevus.colour": "BGR", FRAMING_KEY: "centre"}, kind=BYTES, nodes=nodes)
    segmenter = open_segmenter(path)
    assert read_onnx(path).input.as_bytes
    assert (segmenter.info.colour, segmenter.info.framing) == ("BGR", "centre")
    assert segmenter.predict_framed(framed).max() < 1e-6


GIVEN = {INPUT_KEY: "0..1"}
TWO = [helper.make_tensor_value_info(name, FLOAT, PLANES) for name in ("photo", "other")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"said": {}}, "doesn't say what values a picture has that goes in"),
        ({"said": {INPUT_KEY: "0..7"}}, "says “0..7” of what values"),
        ({"said": GIVEN, "shape": (1, 3, "h", "w")}, r"takes 1×3×\?×\?; nevus gives one picture"),
        ({"said": GIVEN, "shape": (2, 3, 24, 32)}, "nevus gives one picture of a fixed size"),
        ({"said": GIVEN, "shape": (1, 5, 24, 32)}, "nevus gives one picture of a fixed size"),
        ({"said": GIVEN, "kind": TensorProto.INT64}, "takes neither float32 nor bytes"),
        ({"said": GIVEN, "inputs": TWO}, "takes photo, other; nevus needs one picture"),
        (
            {"said": GIVEN, "nodes": [helper.make_node("Neg", ["photo"], ["map"])]},
            "doesn't say what its map holds",
        ),
        ({"said": {**GIVEN, "org.nevus.output": "classes"}}, "says that it gives classes"),
        ({"said": {**GIVEN, THRESHOLD_KEY: "1.5"}}, "has the threshold 1.5"),
        ({"said": {**GIVEN, THRESHOLD_KEY: "half"}}, "which is no number"),
        ({"said": {**GIVEN, FRAMING_KEY: "tilt"}}, "wants the framing tilt"),
        (
            {"said": GIVEN, "nodes": [helper.make_node("Sigmoid", ["photo"], ["map"])]},
            "gives 1×3×24×32 values",
        ),
        (
            {
                "said": GIVEN,
                "nodes": [
                    helper.make_node("Magic", ["photo"], ["dark"], domain="own"),
                    helper.make_node("Sigmoid", ["dark"], ["map"]),
                ],
            },
            "ONNX Runtime can't run",
        ),
    ],
)
def test_what_can_t_be_taken_is_a_sentence(save: Save, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        open_segmenter(save(**given))


def test_a_damaged_file_one_of_several_files_and_a_folder_are_sentences(
    save: Save, tmp_path: Path
) -> None:
    path = save(GIVEN)
    whole = path.read_bytes()
    for cut in (b"", whole[:40], b"\xff" * 99):
        path.write_bytes(cut)
        with pytest.raises(ModelError, match=r"is damaged, or no \.onnx"):
            read_model(path)
    with pytest.raises(ModelError, match="There is no model at"):
        check_model(tmp_path / "nowhere.onnx")
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(NotAPackage):
        check_model(tmp_path / "folder.onnx")
    weights = numpy_helper.from_array(np.zeros(4096, np.float32), "w")
    graph = helper.make_graph(darkness(1, FLOAT), "main", TWO[:1], [], [weights])
    graph.output.append(helper.make_tensor_value_info("map", FLOAT, None))
    apart = tmp_path / "apart.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9),
        str(apart),
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    with pytest.raises(ModelError, match="keeps its weights in other files"):
        read_model(apart)


def test_no_other_runtime_runs_it(save: Save) -> None:
    path = save(GIVEN)
    for backend in ("coreml", "coreai"):
        with pytest.raises(ModelError, match="is run by ONNX Runtime alone"):
            open_segmenter(path, backend)


@pytest.mark.slow
def test_the_doctor_says_what_it_is_and_that_no_neural_engine_runs_it(save: Save) -> None:
    report = onnx_report(save({**GIVEN, LICENCE_KEY: "CC BY-NC 4.0"}))
    assert report.works
    said = {
        finding.subject: finding.sentence
        for section in onnx_sections(report)
        for finding in section.findings
    }
    assert said["Input"] == "photo: RGB 32×24, values 0..1, channels first."
    assert said["Output"] == "map: probability."
    assert said["Licence"].startswith("CC BY-NC 4.0")
    assert said["The Neural Engine"].startswith("An .onnx runs on the CPU alone")
