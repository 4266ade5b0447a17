"""Our networks with fewer layers, where their depth is not the point."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from torch import nn

from models.train.efficientnet import LITE0
from models.train.encoders import ENCODERS
from models.train.network import Bottleneck, Conv, Encoder, LesionNetwork

SHORT = (
    (Conv(3, 2, 8),),
    (Conv(3, 2, 8), Conv(1, 1, 8, relu=False)),
    (Bottleneck(3, 3, 2, 16, 2.0),),
    (Bottleneck(0, 3, 2, 16, 2.0),),
    (Bottleneck(3, 0, 2, 24, 2.0),),
)
"""An encoder with each kind of layer."""
SHALLOW = tuple(tuple(row._replace(repeats=1) for row in rows) for rows in LITE0)
"""The table of EfficientNet-Lite0, each of its blocks once."""


def settle_at_once(network: LesionNetwork) -> LesionNetwork:
    """The network in training, whose norms take over the next photos' statistics and no others."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    return network.train()


AS_A_PROGRAM = """
import sys
from runpy import run_module
from tests.support.small_networks import short_encoder
del sys.argv[0]
with short_encoder():
    run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""`python -c AS_A_PROGRAM MODULE ...` is `python -m MODULE ...` with a short encoder."""


@contextmanager
def short_encoder() -> Iterator[None]:
    """In the block and in this process, what a recipe calls conv_small is short."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENCODERS, "conv_small", lambda: Encoder(SHORT))
        yield
