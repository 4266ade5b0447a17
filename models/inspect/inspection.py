"""What a package is: what it takes and gives, what it computes, and what may slow it down."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.inspect.arithmetic import count_arithmetic
from models.inspect.neural_engine import Concern, find_concerns, flexible
from models.inspect.program import Program, read_program
from models.package.package import (
    DEFAULT_THRESHOLD,
    FRAMING_KEY,
    THRESHOLD_KEY,
    ModelError,
    check_package,
    damage_said,
    package_hash,
    read_package,
    read_spec,
)
from models.translate.translation import untranslatable

SYSTEMS = {
    6: "iOS 15, macOS 12",
    7: "iOS 16, macOS 13",
    8: "iOS 17, macOS 14",
    9: "iOS 18, macOS 15",
    10: "iOS 26, macOS 26",
}
"""The first systems that read a specification version, as coremltools counts them."""


@dataclass(frozen=True)
class Port:
    """An input or an output: `256×256 RGB picture`, `1×1×256×256 numbers (float32)`."""

    name: str
    what: str


@dataclass(frozen=True)
class Kind:
    """A kind of operation, and how many of them there are."""

    name: str
    count: int


@dataclass(frozen=True)
class Inspection:
    """All that can be said of a package without running it.

    `framing` and `threshold` are as the package says them, defaults where it is silent; `licence`
    is empty there.
    `multiply_accumulates` is None where the input's size varies. `untranslated` names the
    operations that nevus can't write in ONNX, which it needs off a Mac, with why where their kind
    is known. `refusal` is the sentence
    with which nevus refuses the package, empty where it takes it.
    """

    name: str
    hash: str
    bytes: int
    specification: int
    systems: str
    licence: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    framing: str
    threshold: str
    operations: tuple[Kind, ...]
    parameters: int
    multiply_accumulates: int | None
    not_counted: tuple[str, ...]
    untranslated: tuple[str, ...]
    refusal: str
    concerns: tuple[Concern, ...]


def inspect_package(path: Path) -> Inspection:
    """Look into a package. Raises ModelError where it is no ML Program."""
    check_package(path)
    with damage_said(path):
        return _looked_into(path, read_spec(path), read_program(path))


def _looked_into(path: Path, spec: Any, program: Program) -> Inspection:
    described, counted = spec.description, count_arithmetic(program)
    said = dict(described.metadata.userDefined)
    return Inspection(
        name=path.name,
        hash=package_hash(path),
        bytes=sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
        specification=spec.specificationVersion,
        systems=SYSTEMS.get(spec.specificationVersion, "unknown systems"),
        licence=described.metadata.license,
        inputs=tuple(map(_port, described.input)),
        outputs=tuple(map(_port, described.output)),
        framing=_stated(said, FRAMING_KEY, "fit"),
        threshold=_stated(said, THRESHOLD_KEY, str(DEFAULT_THRESHOLD)),
        operations=_kinds(program),
        parameters=program.parameters,
        multiply_accumulates=counted.multiply_accumulates,
        not_counted=counted.not_counted,
        untranslated=untranslatable(path),
        refusal=_refusal(path),
        concerns=_concerns(described, program),
    )


def _stated(metadata: Mapping[str, str], key: str, default: str) -> str:
    return metadata.get(key, f"{default} (nevus' default)")


def _port(feature: Any) -> Port:
    return Port(feature.name, _what(feature.type))


def _what(kind: Any) -> str:
    name = kind.WhichOneof("Type")
    if name == "imageType":
        image = kind.imageType
        colour = image.ColorSpace.Name(image.colorSpace)
        return f"{image.width}×{image.height} {colour} picture"
    if name == "multiArrayType":
        array = kind.multiArrayType
        precision = array.ArrayDataType.Name(array.dataType).lower()
        sides = "×".join(map(str, array.shape))
        return (
            f"{sides} numbers ({precision})" if sides else f"numbers, how many varies ({precision})"
        )
    return str(name).removesuffix("Type")


def _kinds(program: Program) -> tuple[Kind, ...]:
    counts = Counter(operation.kind for operation in program.operations)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Kind(name, count) for name, count in ordered)


def _refusal(path: Path) -> str:
    try:
        read_package(path)
    except ModelError as error:
        return str(error)
    return ""


def _concerns(described: Any, program: Program) -> tuple[Concern, ...]:
    varying = [
        flexible(feature.name, ranged)
        for feature in described.input
        if (ranged := _ranged(feature.type)) is not None
    ]
    return (*varying, *find_concerns(program, bool(varying)))


def _ranged(kind: Any) -> bool | None:
    """Whether an input's size varies in a range (True), among listed sizes (False), or not."""
    name = kind.WhichOneof("Type")
    if name not in {"imageType", "multiArrayType"}:
        return None
    field = {"imageType": "SizeFlexibility", "multiArrayType": "ShapeFlexibility"}[name]
    chosen = getattr(kind, name).WhichOneof(field)
    return None if chosen is None else "Range" in chosen
