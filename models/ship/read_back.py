"""The torch network of a package that is there, its weights read back out of its ML Program.

What training left may be gone; the package holds every weight, as the float16 that ships. So this
network computes what the package computes, not what was trained: rounding happened once, before.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from imaging.framing import Size
from models.package.program_file import main_function
from models.ship.calibration import Scaling
from models.ship.exported import ShippedNetwork
from models.ship.kinds import Calibration, Teller
from models.ship.rounding import forget_norm
from models.train.encoders import lesion_network
from models.train.recipe import Recipe, UnfitRun
from models.train.warm_start import convolutions


@dataclass(frozen=True)
class Card:
    """What the JSON beside a package says that its program doesn't."""

    members: tuple[Recipe, ...]
    scaling: Scaling
    phone: Scaling | None

    @property
    def size(self) -> Size:
        """Of the picture that goes in."""
        return Size(self.members[0].size, self.members[0].size)


def read_back(package: Path) -> ShippedNetwork:
    """The network of a package that `models.ship.conversion` made, its JSON beside it.

    Raises ModelError where the package can't be read, UnfitRun where JSON and package don't go
    together.
    """
    card = read_card(package)
    networks = [lesion_network(recipe.encoder, recipe.width) for recipe in card.members]
    network = ShippedNetwork(networks).eval()
    stored = [op for op in main_function(package).operations if op.kind == "conv"]
    network.calibrate(_calibration(card, stored))
    photo = torch.zeros(1, 3, card.size.height, card.size.width)
    own = convolutions(network, photo)
    if [tuple(conv.weight.shape) for conv, _ in own] != [_weight(op).shape for op in stored]:
        raise UnfitRun(
            f"{package} holds another network than {package.with_suffix('.json').name} beside it "
            "says. Convert it again from its checkpoints."
        )
    for (convolution, norm), operation in zip(own, stored, strict=True):
        _fill(convolution, norm, operation)
    return network


def read_card(package: Path) -> Card:
    """What the JSON beside a package says. Raises UnfitRun."""
    path = package.with_suffix(".json")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        fitted, phone = said["fitted"], said["fitted"]["phone"]
        return Card(
            members=tuple(Recipe(**one["recipe"]) for one in said["origin"]["members"]),
            scaling=Scaling(**fitted["scaling"]),
            phone=None if phone is None else Scaling(**phone),
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UnfitRun(
            f"{path}, which says what {package.name} is made of, can't be read ({error}). "
            "It is written when checkpoints are converted; copy both."
        ) from error


def _calibration(card: Card, stored: list[Any]) -> Calibration:
    """The scalings of the card; what tells phones from others is the program's last convolution."""
    if card.phone is None:
        return Calibration(card.scaling)
    weights = _weight(stored[-1]).flatten().astype(np.float64)
    return Calibration(card.scaling, card.phone, Teller(weights, float(_bias(stored[-1])[0])))


def _fill(convolution: nn.Conv2d, norm: nn.BatchNorm2d | None, operation: Any) -> None:
    """Give a convolution what is stored, which its norm is folded into."""
    bias = torch.from_numpy(_bias(operation))
    with torch.no_grad():
        convolution.weight.copy_(torch.from_numpy(_weight(operation)))
        convolution.bias = nn.Parameter(bias)
        if norm is not None:
            forget_norm(norm)


def _weight(operation: Any) -> Any:
    return np.array(operation.one("weight").constant, np.float32)


def _bias(operation: Any) -> Any:
    return np.array(operation.one("bias").constant, np.float32)
