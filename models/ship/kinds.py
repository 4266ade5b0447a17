"""What tells phone photos from others by what the network sees, so that each is scaled its own way.

A phone photo's probabilities are too high by another amount than a dermatoscope's: one scaling for
both is wrong for each.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.ship.calibration import Scaling, Values, sigmoid

PHONE = "phone"
"""The kind, in a manifest, that is told from all others."""
LEAST = 20
"""So many photos of either are needed to tell them apart."""
_PENALTY, _STEPS = 3.0, 30


@dataclass(frozen=True, eq=False)
class Teller:
    """How sure it is that a photo is of a phone: sigmoid(weights · features + bias)."""

    weights: Values
    bias: float

    def share(self, features: Values) -> float:
        """From 0 (another) to 1 (a phone's)."""
        return float(sigmoid(np.asarray(self.weights @ features + self.bias)))


@dataclass(frozen=True, eq=False)
class Calibration:
    """A scaling for all photos, or one for phones and one for others with what tells them apart."""

    scaling: Scaling = field(default_factory=Scaling)
    phone: Scaling | None = None
    teller: Teller | None = None

    def of(self, features: Values) -> Scaling:
        """The scaling of a photo with these features, between the two where it may be either."""
        if self.phone is None or self.teller is None:
            return self.scaling
        share, one, other = self.teller.share(features), self.scaling, self.phone
        scale = one.scale + share * (other.scale - one.scale)
        return Scaling(scale, one.bias + share * (other.bias - one.bias))


def fit_teller(features: Values, phones: npt.NDArray[np.bool_]) -> Teller | None:
    """Logistic regression with a ridge on features (N, C), both kinds counting the same.

    None where there are fewer than LEAST of either. By Newton's method, as in `fit_scaling`.
    """
    if min(phones.sum(), (~phones).sum()) < LEAST:
        return None
    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    design = np.column_stack([(features - centre) / spread, np.ones(len(features))])
    weight = np.where(phones, 0.5 / phones.mean(), 0.5 / (~phones).mean())
    ridge = _PENALTY * np.diag([*np.ones(design.shape[1] - 1), 1e-6])
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = sigmoid(design @ found)
        slope = design.T @ (weight * (p - phones)) + ridge @ found
        curve = (design.T * (weight * p * (1 - p))) @ design + ridge
        found = found - np.linalg.solve(curve, slope)
    weights = found[:-1] / spread
    return Teller(weights, float(found[-1] - weights @ centre))
