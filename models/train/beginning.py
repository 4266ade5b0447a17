"""What a training run begins with: weights of a package or a checkpoint, or ImageNet's."""

from pathlib import Path

import torch

from models.train.checkpoint import read_trained
from models.train.efficientnet import EfficientNetLite, take_imagenet
from models.train.network import LesionNetwork
from models.train.normalisation import normalise
from models.train.recipe import Recipe, UnfitRun
from models.train.views import Draw, Views
from models.train.warm_start import take_weights

SETTLING_VIEWS = 48


def begin(network: LesionNetwork, recipe: Recipe, start: Path | None, views: Views) -> None:
    """Take up the first weights: a package's or a checkpoint's, else ImageNet's if there are any.

    Of a package the batch norms are settled on some views. Raises ModelError and UnfitRun where
    `start` holds another network.
    """
    if start is None:
        if isinstance(network.encoder, EfficientNetLite):
            take_imagenet(network.encoder)
    elif start.is_dir():
        some = views.order(0)[:SETTLING_VIEWS]
        drawn = [views[Draw(0, index, recipe.size_in(0))][0] for index in some]
        photos = normalise(torch.stack(drawn).to(next(network.parameters()).device))
        take_weights(network, start, photos, recipe.start_member)
    else:
        network.load_state_dict(_taken(start, recipe).state_dict())


def _taken(checkpoint: Path, recipe: Recipe) -> LesionNetwork:
    trained = read_trained(checkpoint)
    if (trained.recipe.encoder, trained.recipe.width) != (recipe.encoder, recipe.width):
        raise UnfitRun(f"{checkpoint} holds another network than the one to be trained.")
    return trained.network
