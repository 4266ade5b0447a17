"""The refiner's network: the lesion network's blocks, told of the outline as it is and of marks.

In the spirit of Sofiiuk et al., "Reviving Iterative Training with Mask Guidance for Interactive
Segmentation" (2021, arXiv:2102.06583): the photo, the map before and the marks go in together.
"""

import torch
from torch import Tensor, nn

from models.train.network import Conv, Encoder, LesionNetwork, Pyramid, conv_norm, upsample
from models.train.normalisation import DEVIATION, MEAN

GUIDE = 16
"""Channels that bring outline and marks to the decoder's finest map, past the encoder."""


class GuidedEncoder(Pyramid):
    """MobileNetV4-Conv-S that sees six channels; its map at stride 4 has the guide's beside it.

    In: float (N, 6, H, W): the normalised photo, probabilities, inside and outside marks (0 to 1).
    """

    def __init__(self) -> None:
        super().__init__()
        plain = Encoder()
        stem = nn.Sequential(conv_norm(6, Conv(3, 2, plain.channels[0])))
        self.stages = nn.ModuleList([stem, *list(plain.stages)[1:]])
        self.guide = nn.Sequential(
            conv_norm(3, Conv(3, 2, GUIDE)), conv_norm(GUIDE, Conv(3, 2, GUIDE))
        )
        first, quarter, *others = plain.channels
        self.channels = [first, quarter + GUIDE, *others]

    def forward(self, x: Tensor) -> list[Tensor]:
        """(N, 6, H, W) to one map a stage, at strides 2 to 32."""
        half, quarter, *others = super().forward(x)
        return [half, torch.cat([quarter, self.guide(x[:, 3:])], 1), *others]


def refiner_network(width: int = 64) -> LesionNetwork:
    """The refiner's network with random weights: (N, 6, H, W) to logits (N, 1, H/4, W/4)."""
    return LesionNetwork(width, GuidedEncoder())


def take_lesion_weights(refiner: LesionNetwork, lesion: LesionNetwork) -> None:
    """Begin with a lesion network's weights; what it has not starts as if it were not there.

    The stem's new channels weigh nothing at first, and neither do the guide's in the decoder.
    """
    theirs = lesion.state_dict()
    ours = refiner.state_dict()
    for name, value in theirs.items():
        if ours[name].shape == value.shape:
            ours[name].copy_(value)
        else:
            ours[name].zero_()
            ours[name][:, : value.shape[1]].copy_(value)
    refiner.load_state_dict(ours)


class ShippedRefiner(nn.Module):
    """What ships: one picture twice as high as the view, values from 0 to 1, split in the graph.

    In: float (1, 3, 2H, W), the photo above; below, as channels, probabilities, inside marks and
    outside marks. Out: probabilities (1, 1, H, W).
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, network: LesionNetwork, size: int) -> None:
        super().__init__()
        self.network, self.size = network, size
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None])
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None])

    def forward(self, x: Tensor) -> Tensor:
        """(1, 3, 2H, W) to (1, 1, H, W)."""
        photo = (x[:, :, : self.size] - self.mean) / self.deviation
        logits: Tensor = self.network(torch.cat([photo, x[:, :, self.size :]], 1))
        return upsample(logits).sigmoid()
