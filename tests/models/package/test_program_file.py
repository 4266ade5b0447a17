"""A program is read as coremltools reads it, and what is damaged is refused with a sentence."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import coremltools as ct
import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.converters.mil.frontend.milproto.load import load
from coremltools.converters.mil.mil.types import builtin_to_string
from coremltools.optimize import coreml as compression
from coremltools.proto.Model_pb2 import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.inspect.inspection import inspect_package
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.messages import model_messages
from models.package.package import (
    ModelError,
    program_file,
    read_package,
    read_spec,
    weights_folder,
)
from models.package.program_file import Operation, Tensor, main_function
from models.translate.translation import translate
from tests.models.conftest import build_package

ROOT = Path(__file__).parents[3]
Build = Callable[..., Path]


def theirs(package: Path) -> Any:
    """The program as coremltools reads it back."""
    spec = read_spec(package)
    return load(spec, spec.specificationVersion, str(weights_folder(package))).functions["main"]


def check_same(package: Path) -> None:
    """Constants are looked at where they go in: coremltools makes more of them than it was told."""
    ours, other = main_function(package), theirs(package)
    computing = [each for each in ours.operations if each.kind != "const"]
    known = [each for each in other.operations if each.op_type != "const"]
    assert [(each.kind, each.name) for each in computing] == [
        (each.op_type, each.name) for each in known
    ]
    for each, its in zip(computing, known, strict=True):
        check_tensors(each.outputs, its.outputs)
        check_inputs(each, its)
    check_tensors(ours.outputs, other.outputs)
    check_tensors(tuple(ours.inputs.values()), list(other.inputs.values()))


def check_inputs(operation: Operation, its: Any) -> None:
    for name, tensors in operation.inputs.items():
        variables = its.inputs[name]
        check_tensors(tensors, variables if isinstance(variables, list | tuple) else [variables])


def check_tensors(tensors: tuple[Tensor, ...], variables: Sequence[Any]) -> None:
    assert [(t.name, t.shape, t.precision) for t in tensors] == [
        (v.name, tuple(v.shape), builtin_to_string(v.dtype)) for v in variables
    ]
    for tensor, variable in zip(tensors, variables, strict=True):
        if tensor.constant is not None:
            np.testing.assert_array_equal(tensor.constant, variable.val)
            assert np.asarray(tensor.constant).dtype == np.asarray(variable.val).dtype


@pytest.mark.parametrize(
    "package", ["models/weights/refine.mlpackage", "models/weights/lesion.mlpackage"]
)
def test_a_shipped_program_is_read_as_by_coremltools(package: str) -> None:
    check_same(ROOT / package)


def test_constants_of_each_kind_are_read_as_by_coremltools(tmp_path: Path, build: Build) -> None:
    def program(x: Any) -> Any:
        random = np.random.default_rng(0)
        first = mb.conv(x=x, weight=random.normal(size=(16, 3, 3, 3)), pad_type="same")
        gathered = mb.gather(x=first, indices=np.arange(16, dtype=np.int32)[::-1], axis=1)
        chosen = mb.select(cond=random.random((1, 16, 8, 8)) < 0.5, a=gathered, b=first)
        return mb.reduce_mean(x=mb.gelu(x=chosen, mode="EXACT"), axes=[1], keep_dims=True)

    check_same(build(tmp_path / "kinds.mlpackage", program))


@pytest.mark.parametrize("bits", ["int8", "int4"])
def test_compressed_weights_are_read_as_by_coremltools(
    tmp_path: Path, build: Build, bits: str
) -> None:
    """What unpacks them is coremltools' own."""
    kernel = np.random.default_rng(0).normal(size=(64, 3, 8, 8)).astype(np.float32)
    whole = build(tmp_path / "whole.mlpackage", lambda x: mb.conv(x=x, weight=kernel))
    model = ct.models.MLModel(str(whole), skip_model_load=True)
    if bits == "int8":
        how = compression.OpLinearQuantizerConfig(weight_threshold=1)
        small = compression.linear_quantize_weights(
            model, compression.OptimizationConfig(global_config=how)
        )
    else:
        few = compression.OpPalettizerConfig(nbits=4, weight_threshold=1)
        small = compression.palettize_weights(
            model, compression.OptimizationConfig(global_config=few)
        )
    small.save(str(tmp_path / "small.mlpackage"))
    kinds = [each.kind for each in main_function(tmp_path / "small.mlpackage").operations]
    assert any(kind.startswith("constexpr_") for kind in kinds)
    check_same(tmp_path / "small.mlpackage")


def test_a_loop_is_read_with_its_body(tmp_path: Path, build: Build) -> None:
    def program(x: Any) -> Any:
        return mb.while_loop(
            _cond=lambda y: mb.less(x=mb.reduce_max(x=y), y=np.float32(2.0)),
            _body=lambda y: mb.add(x=y, y=np.float32(0.5)),
            loop_vars=(x,),
        )

    found = main_function(build(tmp_path / "loop.mlpackage", program))
    (loop,) = (each for each in found.operations if each.kind == "while_loop")
    asked, done = (tuple(each.kind for each in block) for block in loop.blocks)
    assert {"reduce_max", "less"} <= set(asked)
    assert "add" in done
    check_same(tmp_path / "loop.mlpackage")


def test_its_messages_are_coremltools_own() -> None:
    assert model_messages().Model is Model


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[: len(data) // 2], r"\(weight\.bin is cut short\)"),
        (lambda data: data[:100], r"\(weight\.bin is cut short\)"),
        (lambda _: b"", r"\(weight\.bin is cut short\)"),
        (lambda data: bytes(len(data)), r"\(weight\.bin holds other numbers than the program says"),
    ],
    ids=["half", "a hundred bytes", "nothing", "zeros"],
)
def test_damaged_weights_are_refused(
    shipped: Path, tmp_path: Path, damage: Callable[[bytes], bytes], said: str
) -> None:
    copy = tmp_path / "copy.mlpackage"
    shutil.copytree(shipped, copy)
    weights = weights_folder(copy) / "weight.bin"
    weights.write_bytes(damage(weights.read_bytes()))
    with pytest.raises(ModelError, match=rf"copy\.mlpackage can't be read back {said}"):
        main_function(copy)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with constants of all kinds that stand in the program itself."""
    path = tmp_path_factory.mktemp("small") / "small.mlpackage"

    def program(x: Any) -> Any:
        return mb.gelu(x=mb.conv(x=x, weight=np.ones((1, 3, 1, 1))))

    return build_package(path, program, (8, 8), **{OUTPUT_KEY: PROBABILITY})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_program_is_read_or_refused_by_whoever_reads_it(
    small: Path, tmp_path: Path, changes: list[tuple[int, int]]
) -> None:
    copy = tmp_path / "copy.mlpackage"
    shutil.copytree(small, copy, dirs_exist_ok=True)
    data = bytearray(program_file(small).read_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    program_file(copy).write_bytes(data)
    for read in (read_package, main_function, translate, inspect_package):
        with suppress(ModelError):
            read(copy)


@pytest.mark.parametrize("gone", ["operations", "maker", "function"])
def test_a_program_with_a_hole_is_refused(shipped: Path, tmp_path: Path, gone: str) -> None:
    copy = tmp_path / "copy.mlpackage"
    shutil.copytree(shipped, copy)
    spec = read_spec(copy)
    main = spec.mlProgram.functions["main"]
    if gone == "function":
        del spec.mlProgram.functions["main"]
    elif gone == "maker":
        del main.block_specializations[main.opset].operations[-3]
    else:
        del main.block_specializations[main.opset]
    program_file(copy).write_bytes(spec.SerializeToString())
    with pytest.raises(ModelError, match=r"copy\.mlpackage can't be read back"):
        main_function(copy)
