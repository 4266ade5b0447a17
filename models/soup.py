"""The mean of several runs' weights: one network that does a little better than each of them.

`python -m models.soup DATA OUT.pt RUN/checkpoint.pt OTHER/checkpoint.pt …` takes runs that went on
from the same weights, and gives a checkpoint to convert. Wortsman et al., "Model soups: averaging
weights of multiple fine-tuned models improves accuracy without increasing inference time" (2022,
arXiv:2203.05482). The batch norms get their statistics anew, from views of training photos.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from torch import Tensor, nn

from models.exported import load_checkpoint
from models.network import LesionNetwork
from models.pairs import held_out, read_pairs
from models.training import normalise
from models.training_data import Views

VIEWS, AT_ONCE = 480, 48
"""How many views the batch norms see, and how many at a time."""


def mean_weights(networks: Sequence[LesionNetwork]) -> LesionNetwork:
    """The mean of networks of the same shape, in the first of them."""
    states = [network.state_dict() for network in networks]
    mean: dict[str, Tensor] = {
        name: torch.stack([state[name].double() for state in states]).mean(0).to(value.dtype)
        for name, value in states[0].items()
    }
    networks[0].load_state_dict(mean)
    return networks[0]


def settle(network: nn.Module, photos: Tensor) -> None:
    """Give every batch norm the statistics of photos, uint8 (N, H, W, 3), N a multiple of 48."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    network.train()
    with torch.no_grad():
        for start in range(0, len(photos), AT_ONCE):
            network(normalise(photos[start : start + AT_ONCE]))
    network.eval()
    for norm in norms:
        norm.momentum = 0.1


def some_views(data: Path, where: dict[str, str], size: int) -> Tensor:
    """Views of training photos, evenly from all of them: uint8 (480, size, size, 3)."""
    pairs = [pair for pair in read_pairs(data, where) if not held_out(pair)]
    step = max(1, len(pairs) // VIEWS)
    views = Views(pairs[::step][:VIEWS], seed=0)
    views.size = size
    photos = [views[index % len(views)][0] for index in range(VIEWS)]
    return torch.stack(photos)


def main(
    data: Annotated[Path, typer.Argument(help="A folder with manifest.csv, or the CSV itself.")],
    out: Annotated[Path, typer.Argument(help="The checkpoint to write.")],
    checkpoints: Annotated[list[Path], typer.Argument(help="The runs; their sizes must agree.")],
    threads: int = 1,
) -> None:
    """Write the mean of several runs as a checkpoint."""
    torch.set_num_threads(threads)
    parts = [load_checkpoint(path) for path in checkpoints]
    network = mean_weights([exported.network for exported, _, _ in parts])
    _, recipe, epoch = parts[-1]
    settle(network, some_views(data, recipe.where, recipe.size))
    hashes = ",".join(sha256(path.read_bytes()).hexdigest()[:12] for path in checkpoints)
    state: dict[str, Any] = {
        "recipe": asdict(replace(recipe, mean_of=hashes)),
        "epoch": epoch,
        "averaged": {f"module.{name}": value for name, value in network.state_dict().items()},
    }
    torch.save(state, out)


if __name__ == "__main__":
    typer.run(main)
