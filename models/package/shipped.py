"""Where the packages lie that come with nevus; whoever only names one imports no runtime."""

from pathlib import Path

_WEIGHTS = Path(__file__).parents[1] / "weights"


def shipped_model() -> Path:
    """The package that outlines lesions."""
    return _WEIGHTS / "lesion.mlpackage"


def shipped_refiner() -> Path:
    """The package that mends outlines."""
    return _WEIGHTS / "refine.mlpackage"
