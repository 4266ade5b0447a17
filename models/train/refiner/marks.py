"""Marks as a reviewer would set them, for a whole batch at once on its device.

A mark lies where the error is deepest, as in Sofiiuk et al. (arXiv:2102.06583), moved a little.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

CELL = 4
"""Errors are looked at in cells of so many pixels a side."""
RADIUS = 5.0
"""A mark is a disc of this radius, in pixels of the view."""


@dataclass
class Marks:
    """What has been marked on a batch of views: float (N, 2, H, W), inside and outside, 0 or 1."""

    planes: Tensor

    @classmethod
    def none(cls, count: int, size: int, device: torch.device) -> "Marks":
        """No marks on `count` views."""
        return cls(torch.zeros(count, 2, size, size, device=device))

    def add(self, at: Tensor, wanted: Tensor, truth: Tensor) -> None:
        """A disc at `at` (N, 2; x and y in pixels) where `wanted` (N,): inside where truth is."""
        size = self.planes.shape[-1]
        places = torch.arange(size, device=at.device) + 0.5
        across = (places[None, None, :] - at[:, 0, None, None]) ** 2
        along = (places[None, :, None] - at[:, 1, None, None]) ** 2
        disc = ((across + along <= RADIUS**2) & wanted[:, None, None]).float()
        cell = at.long().clamp(0, size - 1)
        inside = truth[torch.arange(len(at), device=at.device), 0, cell[:, 1], cell[:, 0]] >= 0.5
        both = torch.stack([disc * inside[:, None, None], disc * ~inside[:, None, None]], 1)
        self.planes = torch.maximum(self.planes, both)


def depths(errors: Tensor) -> Tensor:
    """How far each cell is from where its error ends, float (N, C, h, w) of shares (N, C, h, w).

    The sum of what is left after each erosion, by squares and crosses in turn: near the distance.
    """
    total, left = torch.zeros_like(errors), errors
    for turn in range(max(errors.shape[-2:]) // 2):
        total = total + left
        framed = F.pad(-left, (1, 1, 1, 1))
        if turn % 2:
            left = -F.max_pool2d(framed, 3, 1)
        else:
            across = F.max_pool2d(framed[:, :, 1:-1], (1, 3), 1)
            along = F.max_pool2d(framed[:, :, :, 1:-1], (3, 1), 1)
            left = -torch.maximum(across, along)
    return total


def deepest_errors(drawn: Tensor, truth: Tensor, marked: Tensor) -> tuple[Tensor, Tensor]:
    """The cell (N, 2; x, y) where each mask is most deeply wrong, and how deep (N,), in cells.

    In: float masks (N, 1, H, W), 0 or 1; `marked` (N, 1, H, W) is not looked at again.
    """
    free = 1 - marked
    errors = torch.cat([truth * (1 - drawn) * free, drawn * (1 - truth) * free], 1)
    deep = depths(F.avg_pool2d(errors, CELL)).amax(1)
    columns = deep.shape[-1]
    depth, at = deep.flatten(1).max(1)
    return torch.stack([at % columns, at // columns], 1), depth


def add_marks(marks: Marks, drawn: Tensor, truth: Tensor, shake: float) -> None:
    """Mark each view where its mask is most deeply wrong; `shake` moves marks by its depth.

    Nothing is marked where hardly a cell is wrong.
    """
    cell, depth = deepest_errors(drawn, truth, marks.planes.amax(1, keepdim=True))
    at = (cell + 0.5) * CELL
    moved = torch.randn_like(at) * shake * depth[:, None] * CELL
    at = (at + moved).clamp(0, truth.shape[-1] - 1e-3)
    marks.add(at, depth > 0.5, truth)


def add_needless(marks: Marks, truth: Tensor, chance: float) -> None:
    """Mark some views, by chance, anywhere: people also mark what is right already."""
    at = torch.rand(len(truth), 2, device=truth.device) * (truth.shape[-1] - 1e-3)
    marks.add(at, torch.rand(len(truth), device=truth.device) < chance, truth)
