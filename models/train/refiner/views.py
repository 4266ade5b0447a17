"""Photos, masks and the model's maps held on the training device, and views drawn of them there."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from models.train.normalisation import DEVIATION, MEAN

WHOLE = 0.25
"""How often a view shows the whole photo; else it lies around the lesion."""


@dataclass(frozen=True)
class Held:
    """Photos in square canvases, as `fit` lays them, on one device.

    `photos` uint8 (N, 3, S, S), `masks` uint8 (N, 1, S, S) of 0 and 255, `maps` uint8 (N, 1, s, s)
    of the model's probabilities; `chances` float (N,): how often each is drawn.
    """

    photos: Tensor
    masks: Tensor
    maps: Tensor
    chances: Tensor

    @property
    def device(self) -> torch.device:
        """Where it lies."""
        return self.photos.device

    def boxes(self, at: Tensor, share: float) -> Tensor:
        """Boxes (N, 4; left, top, right, bottom, from -1 to 1) around lesions.

        Of the true mask, and of a `share` of the photos of the model's as well.
        """
        size = self.maps.shape[-1]
        masks = F.adaptive_max_pool2d(self.masks[at].float(), size) > 127
        also = torch.rand(len(at), 1, 1, 1, device=self.device) < share
        lesion = masks | ((self.maps[at] > 110) & also)
        lesion |= ~lesion.flatten(1).any(1)[:, None, None, None]
        columns, rows = lesion.any(2)[:, 0], lesion.any(3)[:, 0]
        edges = [*_ends(columns), *_ends(rows)]
        left, right, top, bottom = (edge * 2.0 / size - 1 for edge in edges)
        return torch.stack([left, top, right, bottom], 1)


@dataclass(frozen=True)
class Views:
    """Views, float (N, C, H, W): normalised photo, true mask of 0 and 1, the model's map."""

    photo: Tensor
    truth: Tensor
    own: Tensor


def square_grid(held: Held, at: Tensor, size: int, margin: float) -> Tensor:
    """Where views around lesions look, upright and always the same: a grid (N, size, size, 2)."""
    box = held.boxes(at, 1.0)
    centre, half = (box[:, 2:] + box[:, :2]) / 2, (box[:, 2:] - box[:, :2]).amax(1) / 2
    zoom = (half * margin).clamp(0.15, 1.0)[:, None, None]
    turn = torch.eye(2, device=held.device) * zoom
    return _grid(torch.cat([turn, centre[:, :, None]], 2), size)


def random_grid(held: Held, at: Tensor, size: int) -> Tensor:
    """Where random views look: turned, mirrored, stretched, whole or around the lesion."""
    count, device = len(at), held.device
    box = held.boxes(at, 0.5)
    centre, half = (box[:, 2:] + box[:, :2]) / 2, (box[:, 2:] - box[:, :2]).amax(1) / 2
    margin = 1.1 * torch.exp(torch.rand(count, device=device) * 1.0)
    zoom = (half * margin).clamp(0.12, 1.1)
    centre = centre + torch.randn(count, 2, device=device) * 0.12 * zoom[:, None]
    whole = torch.rand(count, device=device) < WHOLE
    zoom = torch.where(whole, 0.8 + 0.4 * torch.rand(count, device=device), zoom)
    centre = torch.where(whole[:, None], torch.zeros_like(centre), centre)
    angle = torch.rand(count, device=device) * 2 * torch.pi
    mirror = (torch.rand(count, device=device) < 0.5) * 2.0 - 1
    stretch = torch.exp(torch.randn(count, 2, device=device) * 0.08) * zoom[:, None]
    turn = torch.stack(
        [
            torch.stack([angle.cos() * mirror * stretch[:, 0], -angle.sin() * stretch[:, 1]], 1),
            torch.stack([angle.sin() * mirror * stretch[:, 0], angle.cos() * stretch[:, 1]], 1),
        ],
        1,
    )
    return _grid(torch.cat([turn, centre[:, :, None]], 2), size)


def look(held: Held, at: Tensor, grid: Tensor, *, coloured: bool) -> Views:
    """The views of photos `at` (N,) on a grid; `coloured` changes light, colour and sharpness."""
    photo = F.grid_sample(held.photos[at].float() / 255, grid, align_corners=False)
    truth = F.grid_sample(held.masks[at].float() / 255, grid, align_corners=False)
    own = F.grid_sample(held.maps[at].float() / 255, grid, align_corners=False)
    if coloured:
        photo = _coloured(photo)
    mean = torch.tensor(MEAN, device=held.device)[:, None, None]
    deviation = torch.tensor(DEVIATION, device=held.device)[:, None, None]
    return Views((photo - mean) / deviation, (truth >= 0.5).float(), own)


def _coloured(photo: Tensor) -> Tensor:
    """Other light, other colours, less sharp and noisy, by chance."""
    count, device = len(photo), photo.device
    inside = (photo.amax(1, keepdim=True) > 0).float()

    def each(channels: int, spread: float) -> Tensor:
        return torch.randn(count, channels, 1, 1, device=device) * spread

    grey = photo.mean(1, keepdim=True)
    photo = grey + (photo - grey) * torch.exp(each(1, 0.25))
    middle = photo.mean((2, 3), keepdim=True)
    photo = middle + (photo - middle) * torch.exp(each(1, 0.2))
    photo = photo * torch.exp(each(3, 0.06) + each(1, 0.15)) + each(1, 0.03)
    gamma = torch.exp(each(1, 0.15))
    photo = photo.clamp(1e-3, 1) ** gamma
    blurred = F.avg_pool2d(photo, 5, 1, 2, count_include_pad=False)
    photo = torch.lerp(photo, blurred, torch.rand(count, 1, 1, 1, device=device) ** 2)
    noise = torch.randn_like(photo) * (torch.rand(count, 1, 1, 1, device=device) ** 2 * 0.06)
    return (photo + noise).clamp(0, 1) * inside


def _grid(matrix: Tensor, size: int) -> Tensor:
    return F.affine_grid(matrix, [len(matrix), 1, size, size], align_corners=False)


def _ends(lines: Tensor) -> tuple[Tensor, Tensor]:
    """First and behind the last True of each row (N, L)."""
    length = lines.shape[1]
    first = lines.float().argmax(1)
    last = length - lines.flip(1).float().argmax(1)
    return first, last
