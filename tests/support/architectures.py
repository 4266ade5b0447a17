"""Small segmentation networks of other families than ours, with random weights, for conversions.

Each takes float (1, 3, H, W), H and W multiples of 16. Weights and statistics are drawn so that
every operation changes the map.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def stirred(network: nn.Module, pictures: Tensor, seed: int = 3) -> nn.Module:
    """The network in evaluation mode with seeded weights, and statistics far from 0 and 1.

    Its `head` is scaled so that logits on `pictures` lie about 0 and spread: a map of nothing but
    0.5 would agree with any other.
    """
    torch.manual_seed(seed)
    network.eval()
    with torch.no_grad():
        for module in network.modules():
            _stir(module)
        found: list[Tensor] = []
        head = network.get_submodule("head")
        hook = head.register_forward_hook(lambda _module, _given, made: found.append(made))
        network(pictures)
        hook.remove()
        gain = 2 / found[0].std()
        head.weight.mul_(gain)  # type: ignore[operator]
        head.bias.sub_(found[0].mean()).mul_(gain)  # type: ignore[operator]
    return network


def _stir(module: nn.Module) -> None:
    own = dict(module.named_parameters(recurse=False))
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        reach = (6 / own["weight"][0].numel()) ** 0.5
        own["weight"].uniform_(-reach, reach)
        if "bias" in own:
            own["bias"].uniform_(-0.2, 0.2)
    else:
        for name, values in own.items():
            values.uniform_(-0.3, 0.3) if name == "bias" else values.uniform_(0.4, 1.4)
    if isinstance(module, nn.BatchNorm2d):
        module.get_buffer("running_mean").uniform_(-0.3, 0.3)
        module.get_buffer("running_var").uniform_(0.3, 2)


def _double(into: int, out: int, act: Callable[[], nn.Module] = nn.ReLU) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(into, out, 3, padding=1, bias=False),
        nn.BatchNorm2d(out),
        act(),
        nn.Conv2d(out, out, 3, padding=1, padding_mode="reflect"),
        nn.BatchNorm2d(out),
        act(),
    )


class UNet(nn.Module):
    """Max-pools down, `up` back up (transposed convolution, nearest, bilinear), concat; logits."""

    def __init__(self, up: str = "transposed", act: Callable[[], nn.Module] = nn.ReLU) -> None:
        super().__init__()
        widths = (8, 12)
        self.down = nn.ModuleList(
            _double(into, out, act) for into, out in zip((3, *widths), widths, strict=False)
        )
        self.bottom = _double(12, 16, act)
        self.up = nn.ModuleList(_up(up, into, out) for into, out in ((16, 12), (12, 8)))
        self.join = nn.ModuleList(_double(2 * n, n, act) for n in (12, 8))
        self.head: nn.Module = nn.Conv2d(8, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for level in self.down:
            x = level(x)
            kept.append(x)
            x = F.max_pool2d(x, 2)
        x = self.bottom(x)
        for up, join in zip(self.up, self.join, strict=True):
            x = join(torch.cat([up(x), kept.pop()], 1))
        logits: Tensor = self.head(x)
        return logits


def _up(kind: str, into: int, out: int) -> nn.Module:
    if kind == "transposed":
        return nn.ConvTranspose2d(into, out, 2, stride=2)
    corners = {"align_corners": True} if kind == "bilinear" else {}
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode=kind, **corners),
        nn.Conv2d(into, out, 1),
    )


class Squeeze(nn.Module):
    """Squeeze-and-excite: what a channel is worth, from its mean over the picture."""

    def __init__(self, width: int, gate: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(width, width // 4, 1),
            nn.ReLU(),
            nn.Conv2d(width // 4, width, 1),
            gate(),
        )

    def forward(self, x: Tensor) -> Tensor:
        weighed: Tensor = x * self.weigh(x)
        return weighed


class Inverted(nn.Module):
    """An inverted residual: widen, depthwise, narrow."""

    def __init__(
        self, into: int, out: int, stride: int, act: Callable[[], nn.Module], extra: nn.Module
    ) -> None:
        super().__init__()
        wide = into * 4
        self.residual = stride == 1 and into == out
        self.body = nn.Sequential(
            nn.Conv2d(into, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
            act(),
            nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False),
            nn.BatchNorm2d(wide),
            act(),
            extra,
            nn.Conv2d(wide, out, 1, bias=False),
            nn.BatchNorm2d(out),
        )

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.body(x)
        return x + made if self.residual else made


class MobileNet(nn.Module):
    """Inverted residuals and bilinear resizes to fixed sizes; MobileNetV2, or V3 with squeezes."""

    def __init__(self, size: tuple[int, int], third: bool = False) -> None:
        super().__init__()
        self.size = size
        act: Callable[[], nn.Module] = nn.Hardswish if third else nn.ReLU6

        def extra(width: int) -> nn.Module:
            return Squeeze(width, nn.Hardsigmoid) if third else nn.Identity()

        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), act())
        self.early = Inverted(8, 8, 1, act, extra(32))
        self.late = nn.Sequential(
            Inverted(8, 16, 2, act, extra(32)), Inverted(16, 16, 1, act, extra(64))
        )
        self.context = nn.Sequential(nn.AvgPool2d(3, 1, 1), nn.Conv2d(16, 8, 1), act())
        self.head = nn.Conv2d(16, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.early(self.stem(x))
        coarse = self.context(self.late(fine))
        high, wide = self.size
        coarse = F.interpolate(coarse, (high // 2, wide // 2), mode="bilinear")
        logits: Tensor = self.head(torch.cat([fine, coarse], 1))
        return F.interpolate(logits, (high, wide), mode="bilinear", align_corners=True).sigmoid()


class EfficientNet(nn.Module):
    """SiLU and squeezes by mean and sigmoid, PixelShuffle up, and group and instance norms."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.SiLU()
        )
        self.block = Inverted(8, 8, 1, nn.SiLU, Squeeze(32, nn.Sigmoid))
        self.norm = nn.GroupNorm(4, 8)
        self.second = nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=1), nn.InstanceNorm2d(8, affine=True), nn.PReLU(8)
        )
        self.head = nn.Conv2d(8, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.block(self.stem(x)))
        logits: Tensor = self.head(F.leaky_relu(self.second(x), 0.1))
        return F.pixel_shuffle(logits, 2).sigmoid()


class ChannelNorm(nn.Module):
    """A layer norm over the channels of (n, C, H, W), written out as ConvNeXt does."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(1, keepdim=True)
        spread = (x - mean).pow(2).mean(1, keepdim=True)
        x = (x - mean) / torch.sqrt(spread + 1e-6)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


class Next(nn.Module):
    """A ConvNeXt block: depthwise 7×7, layer norm channels last, two linears with GELU, scale."""

    def __init__(self, width: int, approximate: str) -> None:
        super().__init__()
        self.mix = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.widen = nn.Linear(width, 4 * width)
        self.act = nn.GELU(approximate)
        self.narrow = nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.linspace(0.5, 1, width))

    def forward(self, x: Tensor) -> Tensor:
        made = self.norm(self.mix(x).permute(0, 2, 3, 1))
        made = self.scale * self.narrow(self.act(self.widen(made)))
        mixed: Tensor = x + made.permute(0, 3, 1, 2)
        return mixed


class ConvNeXt(nn.Module):
    """A patchify stem, ConvNeXt blocks with both kinds of layer norm, nearest up; logits."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 12, 4, 4), ChannelNorm(12))
        self.first = Next(12, "none")
        self.down = nn.Sequential(ChannelNorm(12), nn.Conv2d(12, 16, 2, 2))
        self.second = Next(16, "tanh")
        self.head = nn.Conv2d(28, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.first(self.stem(x))
        coarse = self.second(self.down(fine))
        coarse = F.interpolate(coarse, scale_factor=2, mode="nearest")
        logits: Tensor = self.head(torch.cat([fine, coarse], 1))
        return F.interpolate(logits, scale_factor=4, mode="bilinear", align_corners=False)


class Twofold(nn.Module):
    """A U-Net with two classes whose softmax is cut to the lesion's channel, H×W without more."""

    def __init__(self) -> None:
        super().__init__()
        self.body = UNet("nearest", nn.ELU)
        self.body.head = nn.Identity()
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        both: Tensor = self.head(self.body(x)).softmax(1)
        return both[0, 1]
