"""The lesion network: an encoder, MobileNetV4-Conv-S at first, and a light top-down decoder.

That encoder follows Qin et al., "MobileNetV4: Universal Models for the Mobile Ecosystem"
(2024, arXiv:2404.10518), whose table of layers is `CONV_SMALL` below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Conv:
    """A convolution with batch norm and, if asked for, ReLU: `kernel` in pixels, `out` channels.

    Each of the `groups` sees its share of the channels alone; with one a channel it is depthwise.
    """

    kernel: int
    stride: int
    out: int
    groups: int = 1
    relu: bool = True


@dataclass(frozen=True)
class Bottleneck:
    """A Universal Inverted Bottleneck.

    `start` and `middle` are the sizes of its two optional depthwise kernels (0: absent), which give
    its four forms: extra depthwise (both), inverted bottleneck (middle only), ConvNeXt-like (start
    only) and feed-forward (neither). `expand` is the ratio of inner to incoming channels.
    """

    start: int
    middle: int
    stride: int
    out: int
    expand: float


Stage = tuple[Conv | Bottleneck, ...]

_IB_3 = Bottleneck(0, 3, 1, 96, 2.0)

CONV_SMALL: tuple[Stage, ...] = (
    (Conv(3, 2, 32),),
    (Conv(3, 2, 32), Conv(1, 1, 32)),
    (Conv(3, 2, 96), Conv(1, 1, 64)),
    (Bottleneck(5, 5, 2, 96, 3.0), _IB_3, _IB_3, _IB_3, _IB_3, Bottleneck(3, 0, 1, 96, 4.0)),
    (
        Bottleneck(3, 3, 2, 128, 6.0),
        Bottleneck(5, 5, 1, 128, 4.0),
        Bottleneck(0, 5, 1, 128, 4.0),
        Bottleneck(0, 5, 1, 128, 3.0),
        Bottleneck(0, 3, 1, 128, 4.0),
        Bottleneck(0, 3, 1, 128, 4.0),
    ),
)
"""MobileNetV4-Conv-S, one tuple a halving of the resolution (strides 2, 4, 8, 16 and 32)."""

CONV_MEDIUM: tuple[Stage, ...] = (
    (Conv(3, 2, 32),),
    (Conv(3, 2, 128), Conv(1, 1, 48, relu=False)),
    (Bottleneck(3, 5, 2, 80, 4.0), Bottleneck(3, 3, 1, 80, 2.0)),
    (
        Bottleneck(3, 5, 2, 160, 6.0),
        Bottleneck(3, 3, 1, 160, 4.0),
        Bottleneck(3, 3, 1, 160, 4.0),
        Bottleneck(3, 5, 1, 160, 4.0),
        Bottleneck(3, 3, 1, 160, 4.0),
        Bottleneck(3, 0, 1, 160, 4.0),
        Bottleneck(0, 0, 1, 160, 2.0),
        Bottleneck(3, 0, 1, 160, 4.0),
    ),
    (
        Bottleneck(5, 5, 2, 256, 6.0),
        Bottleneck(5, 5, 1, 256, 4.0),
        Bottleneck(3, 5, 1, 256, 4.0),
        Bottleneck(3, 5, 1, 256, 4.0),
        Bottleneck(0, 0, 1, 256, 4.0),
        Bottleneck(3, 0, 1, 256, 4.0),
        Bottleneck(3, 5, 1, 256, 2.0),
        Bottleneck(5, 5, 1, 256, 4.0),
        Bottleneck(0, 0, 1, 256, 4.0),
        Bottleneck(0, 0, 1, 256, 4.0),
        Bottleneck(5, 0, 1, 256, 2.0),
    ),
)
"""MobileNetV4-Conv-M, likewise; its fused bottleneck is a plain 3×3 and a linear 1×1."""

CONV_MEDIUM_SHORT = (*CONV_MEDIUM[:-1], CONV_MEDIUM[-1][:6])
"""Conv-M without its last five blocks, which alone would take the network past 6 M parameters."""


class Depthwise(nn.Conv2d):
    """A depthwise convolution that stays in float32 when the rest is trained in bfloat16.

    PyTorch's bfloat16 gradient of a depthwise convolution takes several times the float32 one.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C, H/stride, W/stride)."""
        if not torch.is_autocast_enabled("cpu"):
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.float())


def conv_norm(incoming: int, conv: Conv) -> nn.Sequential:
    """A convolution of `incoming` channels, padded so that only its stride makes maps smaller."""
    layers: list[nn.Module] = [
        bare_convolution(incoming, conv, conv.kernel // 2),
        nn.BatchNorm2d(conv.out),
    ]
    if conv.relu:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def bare_convolution(incoming: int, conv: Conv, padding: int) -> nn.Conv2d:
    """The convolution alone, padded alike on all sides; without bias, which its norm has."""
    kind = Depthwise if conv.groups > 1 else nn.Conv2d
    return kind(
        incoming, conv.out, conv.kernel, conv.stride, padding, groups=conv.groups, bias=False
    )


class Residual(nn.Module):
    """Layers, with what came in added to what comes out if `residual` (of the same shape)."""

    layers: nn.Module

    def __init__(self, *, residual: bool) -> None:
        super().__init__()
        self.residual = residual
        self.drop = 0.0
        """The chance that training skips the block for a picture (see `drop_blocks`)."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, out, H/stride, W/stride)."""
        y: Tensor = self.layers(x)
        if not self.residual:
            return y
        return x + (self._sometimes(y) if self.training and self.drop else y)

    def _sometimes(self, y: Tensor) -> Tensor:
        kept = torch.rand(len(y), 1, 1, 1, device=y.device) >= self.drop
        return y * (kept / (1 - self.drop)).to(y.dtype)


class UniversalInvertedBottleneck(Residual):
    """Depthwise, expand, depthwise, project; a residual where the shape stays the same."""

    def __init__(self, incoming: int, spec: Bottleneck) -> None:
        super().__init__(residual=spec.stride == 1 and incoming == spec.out)
        inner = _multiple_of_eight(incoming * spec.expand)
        start_stride = 1 if spec.middle else spec.stride
        layers: list[nn.Module] = []
        if spec.start:
            start = Conv(spec.start, start_stride, incoming, groups=incoming, relu=False)
            layers.append(conv_norm(incoming, start))
        layers.append(conv_norm(incoming, Conv(1, 1, inner)))
        if spec.middle:
            layers.append(conv_norm(inner, Conv(spec.middle, spec.stride, inner, groups=inner)))
        layers.append(conv_norm(inner, Conv(1, 1, spec.out, relu=False)))
        self.layers = nn.Sequential(*layers)


def _multiple_of_eight(channels: float) -> int:
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def _layer(incoming: int, spec: Conv | Bottleneck) -> nn.Module:
    if isinstance(spec, Conv):
        return conv_norm(incoming, spec)
    return UniversalInvertedBottleneck(incoming, spec)


class Pyramid(nn.Module):
    """An encoder in stages, each one's output kept.

    In: float (N, 3, H, W), normalised, H and W multiples of 32. Out: one float map a stage, at
    strides 2 to 32, of as many `channels`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        self.channels: list[int] = []

    def forward(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) to one map a stage."""
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class Encoder(Pyramid):
    """The stages of a MobileNetV4 table."""

    def __init__(self, stages: Sequence[Stage] = CONV_SMALL) -> None:
        super().__init__()
        incoming = 3
        for stage in stages:
            layers: list[nn.Module] = []
            for spec in stage:
                layers.append(_layer(incoming, spec))
                incoming = spec.out
            self.stages.append(nn.Sequential(*layers))
            self.channels.append(incoming)


class Merge(nn.Module):
    """One step up the decoder: the coarser map doubled, a lateral map added, mixed."""

    def __init__(self, lateral: int, width: int) -> None:
        super().__init__()
        self.lateral = conv_norm(lateral, Conv(1, 1, width, relu=False))
        self.mix = nn.Sequential(
            conv_norm(width, Conv(5, 1, width, groups=width, relu=False)),
            conv_norm(width, Conv(1, 1, width * 2)),
            conv_norm(width * 2, Conv(1, 1, width, relu=False)),
        )

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """(N, width, H, W) and (N, lateral, 2H, 2W) to (N, width, 2H, 2W)."""
        doubled = F.interpolate(coarse, scale_factor=2.0, mode="bilinear", align_corners=False)
        total = F.relu(doubled + self.lateral(fine))
        mixed: Tensor = self.mix(total)
        return F.relu(total + mixed)


class LesionNetwork(nn.Module):
    """Photo in, lesion logits out.

    In: float (N, 3, H, W), normalised, H and W multiples of 32. Out: float logits (N, 1, H/4, W/4);
    `upsample` brings them to the input's size.
    """

    def __init__(self, width: int = 64, encoder: Pyramid | None = None) -> None:
        super().__init__()
        self.encoder = encoder or Encoder()
        _, quarter, eighth, sixteenth, last = self.encoder.channels
        self.context = Context(last, width)
        self.up16 = Merge(sixteenth, width)
        self.up8 = Merge(eighth, width)
        self.up4 = Merge(quarter, width)
        self.head = nn.Conv2d(width, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to logits (N, 1, H/4, W/4)."""
        logits: Tensor = self.head(self.decode(x)[-1])
        return logits

    def decode(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) to the decoder's maps of `width` channels at strides 16, 8 and 4."""
        return self.rise(self.encoder(x))

    def rise(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """The encoder's maps to those of the decoder, as `decode` gives them."""
        _, quarter, eighth, sixteenth, last = maps
        at16 = self.up16(self.context(last), sixteenth)
        at8 = self.up8(at16, eighth)
        return [at16, at8, self.up4(at8, quarter)]


def drop_blocks(network: nn.Module, most: float) -> None:
    """Let training skip residual blocks, the deepest with a chance of `most`, the first never.

    Stochastic depth: Huang et al., "Deep Networks with Stochastic Depth" (2016, arXiv:1603.09382).
    """
    blocks = [m for m in network.modules() if isinstance(m, Residual)]
    for index, block in enumerate(blocks):
        block.drop = most * index / max(1, len(blocks) - 1)


class Context(nn.Module):
    """What the whole frame says, added to each place of the coarsest map."""

    def __init__(self, incoming: int, width: int) -> None:
        super().__init__()
        self.local = conv_norm(incoming, Conv(1, 1, width))
        self.frame = nn.Sequential(nn.Conv2d(incoming, width, 1), nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, width, H, W)."""
        whole: Tensor = self.frame(x.mean((2, 3), keepdim=True))
        local: Tensor = self.local(x)
        return local + whole


def upsample(logits: Tensor) -> Tensor:
    """Quarter-size logits (N, 1, h, w) to the input's size (N, 1, 4h, 4w), bilinear."""
    return F.interpolate(logits, scale_factor=4.0, mode="bilinear", align_corners=False)


def parameters(network: nn.Module) -> int:
    """How many trainable numbers a network has."""
    return sum(p.numel() for p in network.parameters())


def multiply_accumulates(network: nn.Module, size: int, channels: int = 3) -> int:
    """Multiply-accumulates of convolutions and linear layers on (channels, size, size) values."""
    total = 0

    def count(module: nn.Module, _: object, out: Tensor) -> None:
        nonlocal total
        if isinstance(module, nn.Conv2d):
            per_place = module.weight[0].numel()
            total += per_place * out.numel() // out.shape[0]
        elif isinstance(module, nn.Linear):
            total += module.weight.numel()

    hooks = [m.register_forward_hook(count) for m in network.modules()]
    training = network.training
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, channels, size, size))
    network.train(training)
    for hook in hooks:
        hook.remove()
    return total
