"""Where Core ML would run each operation of a package: a Mac's own answer.

Not yet run on a Mac: the tests ask coremltools' own Python over a stand-in for Apple's module.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.package.package import ModelError, package_hash
from models.run.child import in_child
from models.run.coreml_backend import one_line

NAMES = {
    "MLNeuralEngineComputeDevice": "Neural Engine",
    "MLGPUComputeDevice": "GPU",
    "MLCPUComputeDevice": "CPU",
}


@dataclass(frozen=True)
class Share:
    """Operations that prefer a device: how many, and their part of the estimated cost (0 to 1)."""

    device: str
    operations: int
    cost: float


def read_compute_plan(path: Path, compute_units: str = "CPU_AND_NE") -> tuple[Share, ...]:
    """What Core ML plans for a package, most operations first; needs macOS 14.4.

    Asked in a process of its own. Raises ModelError.
    """
    return in_child(_planned, path, compute_units)


def _planned(path: Path, compute_units: str) -> tuple[Share, ...]:
    from coremltools import ComputeUnit
    from coremltools.models.compute_plan import MLComputePlan

    from models.run.compiled import compile_cached

    digest = package_hash(path)
    try:
        place = str(compile_cached(path, digest))
        return shares(MLComputePlan.load_from_path(place, ComputeUnit[compute_units]))
    except Exception as error:  # Core ML raises plain exceptions of many kinds.
        raise ModelError(f"Core ML gives no plan ({one_line(error)}).") from error


def shares(plan: Any) -> tuple[Share, ...]:
    """Sum an MLComputePlan up by preferred device; constants have none and don't count."""
    counts: Counter[str] = Counter()
    costs: defaultdict[str, float] = defaultdict(float)
    for operation in plan.model_structure.program.functions["main"].block.operations:
        usage = plan.get_compute_device_usage_for_mlprogram_operation(operation)
        if usage is None:
            continue
        name = type(usage.preferred_compute_device).__name__
        device = NAMES.get(name, name)
        cost = plan.get_estimated_cost_for_mlprogram_operation(operation)
        counts[device] += 1
        costs[device] += 0.0 if cost is None else cost.weight
    return tuple(Share(device, count, costs[device]) for device, count in counts.most_common())
