"""A compute plan is summed up: coremltools' own classes, with answers laid in for Apple's."""

from dataclasses import dataclass
from typing import Any

from coremltools.models import compute_device, compute_plan

from models.compute_plan import NAMES, Share, shares


def operation(name: str) -> Any:
    kind = compute_plan.MLModelStructureProgramOperation
    return kind(inputs={}, operator_name=name, outputs=[], blocks=[], __proxy__=None)


def device(name: str) -> Any:
    # Their constructors want Apple's own objects, which only a Mac has.
    kind = getattr(compute_device, name)
    return kind.__new__(kind)


@dataclass(frozen=True)
class Plan:
    """The two questions of an MLComputePlan, answered by the operation's name."""

    model_structure: Any
    devices: dict[str, str]
    weight: float

    def get_compute_device_usage_for_mlprogram_operation(self, operation: Any) -> Any:
        name = self.devices.get(operation.operator_name)
        if name is None:
            return None
        return compute_plan.MLComputePlanDeviceUsage(device(name), [])

    def get_estimated_cost_for_mlprogram_operation(self, operation: Any) -> Any:
        if operation.operator_name == "cast":
            return None
        return compute_plan.MLComputePlanCost(self.weight)


def test_operations_and_costs_are_summed_by_preferred_device() -> None:
    kinds = ["const", "cast", "conv", "conv", "conv", "relu"]
    block = compute_plan.MLModelStructureProgramBlock([], [operation(k) for k in kinds], [])
    function = compute_plan.MLModelStructureProgramFunction([], block)
    structure = compute_plan.MLModelStructure(
        None, compute_plan.MLModelStructureProgram({"main": function}), None
    )
    devices = {
        "cast": "MLCPUComputeDevice",
        "conv": "MLNeuralEngineComputeDevice",
        "relu": "MLGPUComputeDevice",
    }
    found = shares(Plan(structure, devices, 0.25))
    assert found == (Share("Neural Engine", 3, 0.75), Share("CPU", 1, 0.0), Share("GPU", 1, 0.25))


def test_the_devices_are_coremltools_own() -> None:
    for name in NAMES:
        assert issubclass(getattr(compute_device, name), compute_device.MLComputeDevice)


def test_a_plan_can_be_asked_what_is_asked_of_it() -> None:
    for name in (
        "get_compute_device_usage_for_mlprogram_operation",
        "get_estimated_cost_for_mlprogram_operation",
        "load_from_path",
    ):
        assert callable(getattr(compute_plan.MLComputePlan, name))
