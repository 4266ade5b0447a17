"""A compute plan as Core ML would answer it, in coremltools' own classes.

What Apple's code makes of a plan, and which class each part crosses in, is read from coremltools'
C++; which device is preferred is the stand-in's invention: the fastest of those allowed, but for
kinds of operation that the orders `on MLCPUComputeDevice` and `on MLGPUComputeDevice` list. Each
weighs the same, those that `without a cost` lists nothing.
"""

from typing import Any

from tests.support.coreml_calls import Native, native
from tests.support.coreml_orders import ordered

CORES = 16
FASTEST = {
    "ALL": "MLNeuralEngineComputeDevice",
    "CPU_AND_NE": "MLNeuralEngineComputeDevice",
    "CPU_AND_GPU": "MLGPUComputeDevice",
    "CPU_ONLY": "MLCPUComputeDevice",
}


class _MLCPUComputeDeviceProxy(Native):
    @native("({%}) -> None")
    def __init__(self) -> None:
        pass


class _MLGPUComputeDeviceProxy(Native):
    @native("({%}) -> None")
    def __init__(self) -> None:
        pass


class _MLNeuralEngineComputeDeviceProxy(Native):
    @native("({%}) -> None")
    def __init__(self) -> None:
        pass

    @native("({%}) -> int")
    def get_total_core_count(self) -> int:
        return CORES


class _MLModelStructureProgramOperationProxy(Native):
    _kind = ""


class _MLModelStructureNeuralNetworkLayerProxy(Native):
    pass


class _MLComputePlanProxy(Native):
    _structure: Any = None
    _fastest = ""

    @native("({%}) -> None")
    def __init__(self) -> None:
        pass

    @property
    @native("({%}) -> object")
    def model_structure(self) -> Any:
        return self._structure

    @native("({%}, {object}) -> object")
    def get_compute_device_usage_for_mlprogram_operation(self, operation: Any) -> Any:
        from coremltools.models.compute_plan import MLComputePlanDeviceUsage

        kind = _kind(operation)
        if kind == "const":
            return None
        elsewhere = (name for name in DEVICES if kind in _listed(f"on {name}"))
        preferred = _device(next(elsewhere, self._fastest))
        return MLComputePlanDeviceUsage(preferred, [preferred, _device("MLCPUComputeDevice")])

    @native("({%}, {object}) -> object")
    def get_compute_device_usage_for_neuralnetwork_layer(self, _layer: object) -> object:
        return None

    @native("({%}, {object}) -> object")
    def get_estimated_cost_for_mlprogram_operation(self, operation: Any) -> Any:
        from coremltools.models.compute_plan import MLComputePlanCost

        kinds = [_kind(each) for each in self._structure.program.functions["main"].block.operations]
        free = {"const", *_listed("without a cost")}
        if _kind(operation) in free:
            return None
        return MLComputePlanCost(1 / sum(kind not in free for kind in kinds))


DEVICES: dict[str, type[Native]] = {
    "MLCPUComputeDevice": _MLCPUComputeDeviceProxy,
    "MLGPUComputeDevice": _MLGPUComputeDeviceProxy,
    "MLNeuralEngineComputeDevice": _MLNeuralEngineComputeDeviceProxy,
}


def plan(specification: Any, compute_units: str) -> Any:
    """coremltools' MLComputePlan of a model, from its specification."""
    from coremltools.models.compute_plan import MLComputePlan

    proxy = _MLComputePlanProxy()
    proxy._structure = _structure(specification.mlProgram)
    proxy._fastest = FASTEST[compute_units]
    return MLComputePlan(proxy)


def _structure(program: Any) -> Any:
    from coremltools.models import compute_plan as own

    functions = {}
    for name, function in program.functions.items():
        block = function.block_specializations[function.opset]
        operations = [_operation(each) for each in block.operations]
        inside = own.MLModelStructureProgramBlock([], operations, list(block.outputs))
        functions[name] = own.MLModelStructureProgramFunction([], inside)
    return own.MLModelStructure(None, own.MLModelStructureProgram(functions), None)


def _operation(operation: Any) -> Any:
    from coremltools.models import compute_plan as own

    proxy = _MLModelStructureProgramOperationProxy()
    proxy._kind = operation.type
    value = own.MLModelStructureProgramValueType()
    return own.MLModelStructureProgramOperation(
        inputs={},
        # Plans that others printed have names such as ios17.conv, and const as it is.
        operator_name="const" if operation.type == "const" else f"ios17.{operation.type}",
        outputs=[
            own.MLModelStructureProgramNamedValueType(o.name, value) for o in operation.outputs
        ],
        blocks=[],
        __proxy__=proxy,
    )


def _kind(operation: Any) -> str:
    proxy = operation.__proxy__
    if not isinstance(proxy, _MLModelStructureProgramOperationProxy):
        raise RuntimeError("Unable to cast Python instance to C++ type")
    return proxy._kind


def _device(name: str) -> Any:
    from coremltools.models import compute_device

    return getattr(compute_device, name)(DEVICES[name]())


def _listed(order: str) -> list[str]:
    return (ordered(order) or "").split()
