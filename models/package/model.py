"""A model in either of its forms, package or .aimodel: whether it is there, and its hash."""

from pathlib import Path

from models.package.aimodel import check_aimodel, is_aimodel, read_aimodel
from models.package.package import PackageInfo, check_package, package_hash, read_package

SUFFIXES = (".mlpackage", ".aimodel")
"""How the path of a model ends."""


def check_model(path: Path) -> None:
    """Raise ModelError where there is no model at `path`."""
    if is_aimodel(path):
        check_aimodel(path)
    else:
        check_package(path)


def model_hash(path: Path) -> str:
    """The hash that stands for a model: a package's, and that of the package it was made with.

    Raises ModelError.
    """
    return read_aimodel(path).hash if is_aimodel(path) else package_hash(path)


def read_model(path: Path) -> PackageInfo:
    """What a model says of itself; imports coremltools for a package. Raises ModelError."""
    return read_aimodel(path) if is_aimodel(path) else read_package(path)
