"""A model in any of its forms, package, .aimodel or .onnx: whether it is there, and its hash."""

from pathlib import Path

from models.package.aimodel import check_aimodel, is_aimodel, read_aimodel
from models.package.onnx_file import check_onnx, is_onnx, onnx_hash, read_onnx
from models.package.package import PackageInfo, check_package, package_hash, read_package

SUFFIXES = (".mlpackage", ".aimodel", ".onnx")
"""How the path of a model ends."""


def check_model(path: Path) -> None:
    """Raise ModelError where there is no model at `path`."""
    if is_aimodel(path):
        check_aimodel(path)
    elif is_onnx(path):
        check_onnx(path)
    else:
        check_package(path)


def model_hash(path: Path) -> str:
    """The hash that stands for a model: a package's, and that of the package it was made with.

    Raises ModelError.
    """
    if is_onnx(path):
        return onnx_hash(path)
    return read_aimodel(path).hash if is_aimodel(path) else package_hash(path)


def read_model(path: Path) -> PackageInfo:
    """What a model says of itself. Raises ModelError."""
    if is_onnx(path):
        return read_onnx(path).info
    return read_aimodel(path) if is_aimodel(path) else read_package(path)
