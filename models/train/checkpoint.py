"""What a training run saved, read again: all of its state, or the averaged network alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.package.package import package_hash
from models.train.encoders import lesion_network
from models.train.network import LesionNetwork
from models.train.recipe import Recipe, UnfitRun

Weights = Mapping[str, Tensor]
_PREFIX = "module."
"""What PyTorch's average puts before the names of a network's weights."""


@dataclass(frozen=True)
class Trained:
    """A trained network, how it was trained, and for how many epochs."""

    network: LesionNetwork
    recipe: Recipe
    epoch: int


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The state that a run saved. Raises UnfitRun where the file holds none."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise UnfitRun(f"{path} can't be read ({error.strerror}).") from error
    except Exception as error:  # PyTorch raises errors of many kinds for what is none of its files.
        raise UnfitRun(f"{path} is no checkpoint, or it is damaged.") from error
    if not isinstance(state, dict) or not state.keys() >= {"recipe", "epoch", "averaged"}:
        raise UnfitRun(f"{path} is no checkpoint of the lesion network.")
    return state


def read_trained(path: Path) -> Trained:
    """The network that a run gave. Raises UnfitRun where the file is no checkpoint."""
    state = read_checkpoint(path)
    recipe = Recipe(**state["recipe"])
    network = lesion_network(recipe.encoder, recipe.width)
    averaged = {
        name.removeprefix(_PREFIX): value
        for name, value in state["averaged"].items()
        if name.startswith(_PREFIX)
    }
    network.load_state_dict(given(recipe, averaged, state.get("begun")))
    return Trained(network, recipe, state["epoch"])


def given(recipe: Recipe, averaged: Weights, begun: Weights | None) -> Weights:
    """The weights that a run gives: its averaged ones, and the recipe's share of its first ones.

    They are averaged number by number, running statistics as well, as both lie in the same valley
    (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
    """
    if not begun:
        return averaged
    return {
        name: torch.lerp(value, begun[name].to(value), recipe.start_share)
        if value.is_floating_point()
        else value
        for name, value in averaged.items()
    }


def weights_hash(path: Path) -> str:
    """The SHA-256 of a package's weights or of a checkpoint's file. Raises ModelError, UnfitRun."""
    if path.is_dir():
        return package_hash(path)
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UnfitRun(f"{path} can't be read ({error.strerror}).") from error
