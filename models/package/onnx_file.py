"""An .onnx that a user brings: one picture in, one map out, and what it must say of both.

An ML Program's types say how a picture is given to it; a tensor's don't. So the metadata key
`org.nevus.input` says it: values from 0 to 255, from 0 to 1, or normalised as for ImageNet. Bytes
need no word. All else is as in a package: threshold, framing, calibration, `org.nevus.output`.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from imaging.framing import Size
from models.package.interface import COLOURS, GREY, LOGIT, OUTPUT_KEY, OUTPUTS, PROBABILITY
from models.package.package import (
    JACCARD_INTERCEPT_KEY,
    JACCARD_SLOPE_KEY,
    LESION_INTERCEPT_KEY,
    LESION_SLOPE_KEY,
    ModelError,
    NotAPackage,
    PackageInfo,
    said_framing,
    said_number,
    said_threshold,
)

SUFFIX = ".onnx"
INPUT_KEY, COLOUR_KEY, LICENCE_KEY = "org.nevus.input", "org.nevus.colour", "org.nevus.license"
BYTES, UNIT, IMAGENET = INPUTS = ("0..255", "0..1", "imagenet")
LARGEST = 2**31 - 1
"""Bytes: protobuf reads no more."""
_BY_LAST = {"Sigmoid": PROBABILITY}
"""What a map holds, by the operation that it comes from."""


@dataclass(frozen=True)
class OnnxInput:
    """How a picture is given: its values, whether as bytes, and with its channels last or first."""

    values: str
    as_bytes: bool
    channels_last: bool


@dataclass(frozen=True)
class OnnxModel:
    """What an .onnx says of itself."""

    info: PackageInfo
    input: OnnxInput


def is_onnx(path: Path) -> bool:
    """Whether a path names an .onnx, by its ending."""
    return path.suffix == SUFFIX


def check_onnx(path: Path) -> None:
    """Raise ModelError where there is no such file at `path`."""
    if not path.exists():
        raise ModelError(f"There is no model at {path}. Name another with --model.")
    if not path.is_file():
        raise NotAPackage(f"{path} is no .onnx file.")


def onnx_hash(path: Path) -> str:
    """SHA-256, hexadecimal, of the file. Raises ModelError."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{path} can't be read ({error.strerror or error}).") from error


def read_onnx(path: Path) -> OnnxModel:
    """What an .onnx is; imports onnx. Raises ModelError."""
    check_onnx(path)
    model = _loaded(path)
    metadata = {each.key: each.value for each in model.metadata_props}
    (taken,) = _one(path, "takes", _fed(model.graph), "one picture")
    (given,) = _one(path, "gives", list(model.graph.output), "one map")
    size, channels, channels_last = _picture(path, taken)
    as_bytes = taken.type.tensor_type.elem_type == _uint8()
    info = PackageInfo(
        name=path.stem,
        hash=onnx_hash(path),
        input_name=taken.name,
        input_size=size,
        output_name=given.name,
        framing=said_framing(path, metadata),
        threshold=said_threshold(path, metadata),
        jaccard_slope=said_number(path, metadata, JACCARD_SLOPE_KEY, 1.0),
        jaccard_intercept=said_number(path, metadata, JACCARD_INTERCEPT_KEY, 0.0),
        lesion_slope=said_number(path, metadata, LESION_SLOPE_KEY, 0.0)
        if LESION_SLOPE_KEY in metadata
        else None,
        lesion_intercept=said_number(path, metadata, LESION_INTERCEPT_KEY, 0.0),
        colour="GRAYSCALE"
        if channels == 1
        else _named(path, metadata, COLOUR_KEY, "RGB", COLOURS[:2]),
        output=_output(path, metadata, model.graph, given.name),
        license=metadata.get(LICENCE_KEY, ""),
    )
    return OnnxModel(info, OnnxInput(_values(path, metadata, as_bytes), as_bytes, channels_last))


def _loaded(path: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        if path.stat().st_size > LARGEST:
            raise ModelError(f"{path} is larger than the 2 GB that an .onnx may have.")
        model = onnx.load(str(path), load_external_data=False)
    except OSError as error:
        raise ModelError(f"{path} can't be read ({error.strerror or error}).") from error
    except (DecodeError, ValueError) as error:
        raise ModelError(f"{path} is damaged, or no .onnx. Copy it again.") from error
    if not model.graph.node:
        raise ModelError(f"{path} is damaged, or no .onnx: it computes nothing. Copy it again.")
    if any(each.data_location == onnx.TensorProto.EXTERNAL for each in model.graph.initializer):
        raise ModelError(
            f"{path} keeps its weights in other files. Save it as one: "
            "onnx.save(onnx.load(path), path, save_as_external_data=False)."
        )
    return model


def _fed(graph: Any) -> list[Any]:
    """What has to be given: older files list their weights among the inputs."""
    weights = {each.name for each in graph.initializer}
    return [each for each in graph.input if each.name not in weights]


def _one(path: Path, does: str, found: list[Any], wanted: str) -> list[Any]:
    if len(found) != 1:
        names = ", ".join(each.name for each in found) or "nothing"
        raise ModelError(f"{path} {does} {names}; nevus needs {wanted}. Export it with that alone.")
    if not found[0].type.HasField("tensor_type"):
        raise ModelError(f"{path} {does} {found[0].name}, no tensor; nevus needs {wanted}.")
    return found


def _picture(path: Path, taken: Any) -> tuple[Size, int, bool]:
    """The size of the picture that goes in, its channels, and whether they come last."""
    dims = taken.type.tensor_type.shape.dim
    shape = [each.dim_value if each.HasField("dim_value") else 0 for each in dims]
    if taken.type.tensor_type.elem_type not in _kinds():
        raise ModelError(f"{path} takes neither float32 nor bytes. Export it with one of them.")
    if len(shape) == 4 and shape[0] in (0, 1):
        if shape[1] in (1, 3) and min(shape[2:]) > 0:
            return Size(shape[3], shape[2]), shape[1], False
        if shape[3] in (1, 3) and min(shape[1:3]) > 0:
            return Size(shape[2], shape[1]), shape[3], True
    told = "×".join(str(n) if n else "?" for n in shape) or "a single number"
    raise ModelError(
        f"{path} takes {told}; nevus gives one picture of a fixed size, 1×3×height×width or "
        "1×height×width×3, or with one channel. Export it with fixed sizes."
    )


def _output(path: Path, metadata: dict[str, str], graph: Any, name: str) -> str:
    said = metadata.get(OUTPUT_KEY)
    if said is not None and said not in OUTPUTS:
        raise ModelError(
            f"{path} says that it gives {said} ({OUTPUT_KEY}); nevus knows {', '.join(OUTPUTS)}."
        )
    last = next((node.op_type for node in graph.node if name in node.output), "")
    found = said or _BY_LAST.get(last)
    if found is None:
        raise ModelError(
            f"{path} doesn't say what its map holds. Say it with the metadata key {OUTPUT_KEY}: "
            f"{PROBABILITY} (0 to 1), {LOGIT}, or {GREY} (0 to 255)."
        )
    return found


def _values(path: Path, metadata: dict[str, str], as_bytes: bool) -> str:
    if as_bytes:
        return BYTES
    said = metadata.get(INPUT_KEY)
    if said not in INPUTS:
        told = "doesn't say" if said is None else f"says “{said}” of"
        raise ModelError(
            f"{path} {told} what values a picture has that goes in. Say it with the metadata key "
            f"{INPUT_KEY}: {BYTES}, {UNIT}, or {IMAGENET} (from 0 to 1, less mean, by deviation)."
        )
    return said


def _named(
    path: Path, metadata: dict[str, str], key: str, default: str, names: tuple[str, ...]
) -> str:
    said = metadata.get(key, default)
    if said not in names:
        raise ModelError(f"{path} says {said} for {key}; nevus knows {', '.join(names)}.")
    return said


def _kinds() -> tuple[int, int]:
    from onnx import TensorProto

    return TensorProto.FLOAT, TensorProto.UINT8


def _uint8() -> int:
    return _kinds()[1]
