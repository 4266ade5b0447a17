"""What rounding to float16 does to a package: the yardstick for the selftest's tolerances.

Apple hardware computes in float16. How it rounds inside a layer is not published, so its last bits
can't be foretold; what can be done anywhere is to round every layer's result to float16, with the
sums inside a layer in float32. How much worse it gets where the sums are rounded too, product by
product in the worst order there is, is measured by `tests/models/test_half_precision.py`.

On the weights 9fb9942ef826, rounded between layers (worst of the 13 sample photos) against rounded
sums (worst of three): largest difference 0.0024 and 0.0076, mean 0.00005 and 0.00024, lost Jaccard
0.0002 and 0.0013.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imaging.framing import Pixels
from models.package.carried import info_from_metadata
from models.package.package import PackageInfo
from models.run.tensors import to_planes
from models.translate.translation import translate

if TYPE_CHECKING:
    import onnx


class HalfPrecision:
    """A backend that rounds the result of every operation to float16."""

    name = "onnxruntime"
    device = "CPU, rounded to float16"

    def __init__(self, path: Path) -> None:
        from models.run.quiet_onnxruntime import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # Optimised, fused operations would be rounded less often.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(
            rounded(translate(path)).SerializeToString(),
            sess_options=options,
            providers=["CPUExecutionProvider"],
        )
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.info: PackageInfo = info_from_metadata(metadata)

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """A framed photo, uint8 (gh, gw, 3), to the model's output, float32."""
        tensor = to_planes(framed, self.info.colour)
        (output,) = self._session.run([self.info.output_name], {self.info.input_name: tensor})
        return np.asarray(output, np.float32)


def rounded(model: "onnx.ModelProto") -> "onnx.ModelProto":
    """The same graph, with the result of every operation on floats rounded to float16 and back."""
    import onnx
    from onnx import TensorProto, helper

    made = onnx.ModelProto()
    made.CopyFrom(model)
    del made.graph.node[:]
    for node in model.graph.node:
        made.graph.node.append(node)
        if _gives_floats(node):
            result = node.output[0]
            exact, half = f"{result}.exact", f"{result}.half"
            made.graph.node[-1].output[0] = exact
            made.graph.node.extend(
                [
                    helper.make_node("Cast", [exact], [half], to=TensorProto.FLOAT16),
                    helper.make_node("Cast", [half], [result], to=TensorProto.FLOAT),
                ]
            )
    return made


def _gives_floats(node: "onnx.NodeProto") -> bool:
    # Of all that a translation holds, a cast and a comparison alone can give anything else.
    from onnx import TensorProto

    if node.op_type == "Cast":
        return bool(node.attribute[0].i == TensorProto.FLOAT)
    return bool(node.op_type != "Less")
