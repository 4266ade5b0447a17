"""Weights of sixteen bits, rounded so that what a convolution says of an even picture stays."""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from imaging.framing import Size
from models.train.warm_start import convolutions


def round_weights(network: nn.Module, size: Size) -> nn.Module:
    """A copy that infers as the network does, its norms folded in and its weights of 16 bits.

    The network takes float (1, 3, height, width). Rounding each weight by itself lets the sum of a
    kernel drift, and all places of an even area with it: kernels that look for edges have large
    weights and a sum near zero. EfficientNet-Lite0's logits were off by 0.25, so by 0.05.
    """
    rounded = deepcopy(network)
    with torch.no_grad():
        for convolution, norm in convolutions(rounded, torch.zeros(1, 3, size.height, size.width)):
            if norm is not None:
                _fold(convolution, norm)
            convolution.weight.copy_(round_kernels(convolution.weight))
    return rounded


def _fold(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """Give a convolution what its norm does; the norm then does nothing."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    convolution.weight, convolution.bias = fuse_conv_bn_weights(
        convolution.weight,
        convolution.bias,
        norm.running_mean,
        norm.running_var,
        norm.eps,
        norm.weight,
        norm.bias,
    )
    forget_norm(norm)


def forget_norm(norm: nn.BatchNorm2d) -> None:
    """Have a norm give what it is given."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    with torch.no_grad():
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1)
        norm.bias.zero_()


def round_kernels(weight: Tensor) -> Tensor:
    """Float16 values as float32, (out, in, H, W): each kernel's least one takes up what is lost."""
    kernels = weight.flatten(2)
    nearest = kernels.half().float()
    lost = (kernels - nearest).sum(-1, keepdim=True)
    least = kernels.abs().argmin(-1, keepdim=True)
    return nearest.scatter_add(-1, least, lost).half().float().view_as(weight)
