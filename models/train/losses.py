"""What training makes small: of maps against true masks, each picture with its weight."""

from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


def loss(logits: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """Binary cross-entropy plus Jaccard loss of each picture, weighted; all (N, 1, H, W).

    The truth may be a teacher's probabilities: it is least where both are the same (Wang et al.,
    "Jaccard Metric Losses: Optimizing the Jaccard Index with Soft Labels", 2023, arXiv:2302.05666).
    """
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none").mean((1, 2, 3))
    probability = logits.sigmoid()
    total = (probability + truth).sum((1, 2, 3))
    apart = (probability - truth).abs().sum((1, 2, 3))
    jaccard = (total - apart + 2) / (total + apart + 2)
    return ((entropy + 1 - jaccard) * weights).sum() / weights.sum()


def boundary_loss(logits: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """How far from the true outline the map is wrong: far away counts most.

    Kervadec et al., "Boundary loss for highly unbalanced segmentation" (2019, arXiv:1812.07032):
    the mean of probability times signed distance (below zero inside), here in frames, at the
    logits' own size. `truth` is (N, 1, H, W), `logits` (N, 1, h, w).
    """
    size = (logits.shape[-2], logits.shape[-1])
    smaller = F.adaptive_avg_pool2d(truth, size)[:, 0] >= 0.5
    distances = torch.from_numpy(np.stack([signed_distance(m) for m in smaller.cpu().numpy()]))
    apart = (logits[:, 0].float().sigmoid() * distances.to(logits.device)).mean((1, 2))
    return (apart * weights).sum() / weights.sum()


def one_lesion(truth: Tensor) -> Tensor:
    """Which of the true masks (N, 1, H, W) have one part, at 0.5: bool (N,)."""
    masks = (truth[:, 0] >= 0.5).cpu().numpy().astype(np.uint8)
    parts = [cv2.connectedComponents(mask)[0] - 1 for mask in masks]
    return torch.tensor([count == 1 for count in parts], device=truth.device)


def signed_distance(mask: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Distance to a mask's outline, in its longer sides, below zero inside; zero without one.

    In: bool (H, W). Out: float32 (H, W).
    """
    inside = mask.astype(np.uint8)
    if not 0 < inside.sum() < inside.size:
        return np.zeros(mask.shape, np.float32)
    out, into = (cv2.distanceTransform(m, cv2.DIST_L2, 5) for m in (1 - inside, inside))
    return np.asarray((out - into) / max(mask.shape), np.float32)
