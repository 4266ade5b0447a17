"""A checkpoint is a table of names and shapes: where they change, trained ones load no more."""

from hashlib import sha256

import pytest

pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.train.encoders import ENCODERS, lesion_network
from models.train.recipe import EncoderName

NAMES: dict[EncoderName, str] = {
    "conv_small": "0665b5f2f6e01d8e",
    "conv_medium_short": "fd7e972f4ce801b4",
    "efficientnet_lite0": "629b49c467d84c30",
}
"""The beginning of the hash of each network's names and shapes, in their order."""


def test_every_encoder_is_held() -> None:
    assert NAMES.keys() == ENCODERS.keys()


@pytest.mark.parametrize("encoder", NAMES)
def test_a_network_has_the_names_its_checkpoints_have(encoder: EncoderName) -> None:
    state = lesion_network(encoder, 64).state_dict()
    names = ";".join(f"{name}:{tuple(value.shape)}" for name, value in state.items())
    assert sha256(names.encode()).hexdigest()[:16] == NAMES[encoder]
