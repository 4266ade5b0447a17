"""What an .aimodel is: what it says of itself, and what Apple's library reads in its program."""

from dataclasses import dataclass
from pathlib import Path

from models.package.aimodel import aimodel_hash, check_aimodel, read_aimodel, read_asset
from models.package.package import ModelError
from models.run.coreai_backend import computed_by, why_not


@dataclass(frozen=True)
class Function:
    """A function of an asset, its inputs and outputs as Apple's library writes them."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class AssetInspection:
    """All that can be said of an .aimodel without running it.

    `hash` is that of the package it was made with, empty where it doesn't say, and `refusal` the
    sentence with which nevus refuses it. What only Apple's library tells (functions, operations,
    system) is empty where that is not here, and `unread` says why.
    """

    name: str
    hash: str
    program_sha256: str
    bytes: int
    version: str
    producer: str
    licence: str
    functions: tuple[Function, ...]
    operations: int
    values: tuple[str, ...]
    system: str
    computed_by: str
    unread: str
    refusal: str


def inspect_asset(path: Path) -> AssetInspection:
    """Look into an .aimodel. Raises ModelError where it is none, damaged or too new."""
    check_aimodel(path)
    said, unread = read_asset(path), why_not()
    functions, operations, values, system = _read(path) if not unread else ((), 0, (), "")
    digest, refusal = _carried(path)
    return AssetInspection(
        name=path.name,
        hash=digest,
        program_sha256=aimodel_hash(path),
        bytes=sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
        version=said.version,
        producer=said.producer,
        licence=said.license,
        functions=functions,
        operations=operations,
        values=values,
        system=system,
        computed_by="" if unread else computed_by(),
        unread=unread,
        refusal=refusal,
    )


def _carried(path: Path) -> tuple[str, str]:
    try:
        return read_aimodel(path).hash, ""
    except ModelError as error:
        return "", str(error)


def _read(path: Path) -> tuple[tuple[Function, ...], int, tuple[str, ...], str]:
    """Functions, how many operations, kinds of stored values, and the first system that runs it."""
    from coreai.authoring import AIModelAsset

    summary = AIModelAsset.load(path).summary()
    if summary is None:
        return (), 0, (), ""
    functions = tuple(
        Function(
            name,
            tuple(f"{own}: {kind}" for own, kind in summary.function_inputs(name)),
            tuple(f"{own}: {kind}" for own, kind in summary.function_outputs(name)),
        )
        for name in summary.function_names
    )
    count = sum(n for kind, n in summary.operation_distribution if kind != "constant")
    stored = sorted(summary.storage_types, key=lambda each: -each[1])
    values = tuple(f"{number:,} {kind}" for kind, number in stored)
    return functions, count, values, str(summary._compatibility_version or "")
