"""Take up the weights of a package in a network to be trained further.

A package has its batch norms folded into its convolutions. Here each convolution gets its folded
weights, and its batch norm the statistics of real views, set so that the network computes what the
package computes.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.package.package import ModelError
from models.package.program_file import main_function
from models.train.network import LesionNetwork


def take_weights(network: LesionNetwork, package: Path, photos: Tensor, member: int = 1) -> None:
    """Load a package's weights; `photos` (N, 3, H, W), normalised, settle the batch norms.

    Of a package of several networks those of the `member`th, from 1, of the network's own kind.
    Raises ModelError where the package holds none like it, or fewer.
    """
    layers = convolutions(network, photos[:1])
    stored = [op for op in main_function(package).operations if op.kind == "conv"]
    shapes = [op.one("weight").shape for op in stored]
    own = [tuple(conv.weight.shape) for conv, _ in layers]
    places = [at for at in range(len(shapes)) if shapes[at : at + len(own)] == own]
    if len(places) < member:
        raise ModelError(
            f"{package} holds another network than the one to be trained, or fewer than {member}."
        )
    stored = stored[places[member - 1] :][: len(own)]
    for (convolution, norm), operation in zip(layers, stored, strict=True):
        _fill(convolution, norm, operation)
    _settle(network, photos)


def convolutions(
    network: nn.Module, photo: Tensor
) -> list[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """The network's convolutions in the order they run, each with the batch norm behind it."""
    ran: list[nn.Module] = []
    watched = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.BatchNorm2d)]
    hooks = [m.register_forward_hook(lambda m, _i, _o: ran.append(m)) for m in watched]
    with torch.no_grad():
        network.eval()(photo)
    for hook in hooks:
        hook.remove()
    found: list[tuple[nn.Conv2d, nn.BatchNorm2d | None]] = []
    for module, following in zip(ran, [*ran[1:], None], strict=True):
        if isinstance(module, nn.Conv2d):
            found.append((module, following if isinstance(following, nn.BatchNorm2d) else None))
    return found


def _fill(convolution: nn.Conv2d, norm: nn.BatchNorm2d | None, operation: Any) -> None:
    """Set a convolution to the stored weights, each filter scaled to length 1 by its norm."""
    weight = torch.from_numpy(np.array(operation.one("weight").constant, np.float32))
    bias = torch.from_numpy(np.array(operation.one("bias").constant, np.float32))
    with torch.no_grad():
        if norm is None:
            convolution.weight.copy_(weight)
            assert convolution.bias is not None
            convolution.bias.copy_(bias)
            return
        length = weight.flatten(1).norm(dim=1).clamp_min(1e-4)
        convolution.weight.copy_(weight / length[:, None, None, None])
        norm.weight.copy_(length)
        norm.bias.copy_(bias)


def _settle(network: nn.Module, photos: Tensor) -> None:
    """Give each batch norm the statistics of what reaches it, its output left as it is."""

    def settle(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.bias.add_(norm.weight * mean)
        norm.weight.mul_((variance + norm.eps).sqrt())

    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(settle) for norm in norms]
    with torch.no_grad():
        network.eval()(photos)
    for hook in hooks:
        hook.remove()
