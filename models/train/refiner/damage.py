"""Outlines as they may be before a mark: the model's own, badly drawn ones, and none."""

import torch
from torch import Tensor
from torch.nn import functional as F

OWN, DRAWN = 0.45, 0.35
"""How often an outline begins as the model's and as a damaged true one; else there is none."""


def starting_outlines(truth: Tensor, own: Tensor) -> Tensor:
    """Probabilities (N, 1, H, W) to begin with, of true masks and the model's maps of that shape.

    Each view draws by chance whether it has the model's, one that was damaged, or nothing.
    """
    chance = torch.rand(len(truth), 1, 1, 1, device=truth.device)
    damaged = _softened(_spotted(_bent(truth)))
    model = _spotted(_shifted(own), chance=0.2)
    begun = torch.where(chance < OWN, model, damaged)
    return torch.where(chance < OWN + DRAWN, begun, torch.zeros_like(begun))


def _bent(masks: Tensor) -> Tensor:
    """Masks moved, scaled and bent in waves."""
    count, device = len(masks), masks.device
    scale = torch.exp(torch.randn(count, 1, 1, 1, device=device) * 0.3)
    shift = torch.randn(count, 1, 1, 2, device=device) * 0.12
    waves = _noise(masks, 5, 2).permute(0, 2, 3, 1)
    strength = torch.rand(count, 1, 1, 1, device=device) ** 2 * 0.5
    still = torch.eye(2, 3, device=device).expand(count, 2, 3)
    grid = F.affine_grid(still, list(masks.shape), align_corners=False)
    return F.grid_sample(masks, grid * scale + shift + waves * strength, align_corners=False)


def _spotted(masks: Tensor, chance: float = 0.4) -> Tensor:
    """Masks with patches added and others taken away, each by chance."""
    for lesion in (1.0, 0.0):
        patch = _noise(masks, 6, 1) > 0.6 + 0.8 * _each(masks)
        hit = patch & (_each(masks) < chance)
        masks = torch.where(hit, torch.full_like(masks, lesion), masks)
    return masks


def _shifted(maps: Tensor) -> Tensor:
    """Maps as another threshold would see them, some of them hardened to masks."""
    logits = maps.clamp(0.004, 0.996).logit() + torch.randn_like(_each(maps)) * 0.7
    hard = _each(maps) < 0.3
    return torch.where(hard, (logits > 0).float(), logits.sigmoid())


def _softened(masks: Tensor) -> Tensor:
    """Masks whose border is more or less wide."""
    wide = F.avg_pool2d(masks, 31, 1, 15, count_include_pad=False)
    near = F.avg_pool2d(masks, 9, 1, 4, count_include_pad=False)
    pick = _each(masks)
    return torch.where(pick < 0.3, wide, torch.where(pick < 0.6, near, masks))


def _noise(like: Tensor, cells: int, channels: int) -> Tensor:
    """Smooth noise (N, channels, H, W), about normal, in so many cells a side."""
    rough = torch.randn(len(like), channels, cells, cells, device=like.device)
    return F.interpolate(rough, like.shape[-2:], mode="bicubic", align_corners=False)


def _each(like: Tensor) -> Tensor:
    """A number from 0 to 1 for each picture, (N, 1, 1, 1)."""
    return torch.rand(len(like), 1, 1, 1, device=like.device)
