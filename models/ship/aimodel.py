"""The .aimodel of a network, which Core AI runs: the same weights as the package's, in float16.

Core AI is Apple's successor to Core ML. Its converter takes what torch.export gives.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.package.carried import info_to_metadata
from models.package.package import PackageInfo
from models.ship.rounding import round_weights

SEGMENTS = "Skin lesion segmentation: photo in, probability of lesion out."


class HalfNetwork(nn.Module):
    """A network in float16 between float32: as Core ML's converter makes it of the same network.

    In: float (1, 3, H, W) from 0 to 255, as the package takes a picture. Out: float (1, 1, H, W).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.half()

    def forward(self, photo: Tensor) -> Tensor:
        """A picture's values to probabilities."""
        probability: Tensor = self.network((photo * (1 / 255)).half())
        return probability.float()


def write_aimodel(network: nn.Module, info: PackageInfo, target: Path) -> None:
    """Write a network as an .aimodel that says of itself what its package says; replaces one there.

    The network takes float (1, 3, height, width) from 0 to 1. `info` is the package's, made from
    the same network: its hash stands for both.
    """
    from coreai_torch import TorchConverter, get_decomp_table

    half = HalfNetwork(without_norms(round_weights(network, info.input_size))).eval()
    photo = torch.zeros(1, 3, info.input_size.height, info.input_size.width)
    exported = torch.export.export(half, (photo,)).run_decompositions(get_decomp_table())
    # Released: with it no path and no stack of this machine goes into the file.
    converter = TorchConverter(mode=TorchConverter.Mode.RELEASE)
    converter.add_exported_program(
        exported, input_names=[info.input_name], output_names=[info.output_name]
    )
    with _quiet():
        converter.to_coreai().save_asset(target, _metadata(info))


def without_norms(network: nn.Module) -> nn.Module:
    """A network whose norms, folded into convolutions before, are gone."""
    changed = deepcopy(network)
    for module in list(changed.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
    return changed


def _metadata(info: PackageInfo) -> Any:
    from coreai.runtime import AIModelAssetMetadata

    said = AIModelAssetMetadata()
    said.license, said.model_description = info.license, SEGMENTS
    for key, value in info_to_metadata(info).items():
        said.set_custom(key, value)
    return said


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the converter logs of its progress."""
    logger = logging.getLogger("coreai_torch")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
