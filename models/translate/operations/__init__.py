"""The table of ML Program operations that can be written in ONNX, one small function each.

A writer raises ValueError with a few words for a use that it can't write exactly.
"""

from models.translate.operations import elementwise, normalization, shapes, windows
from models.translate.operations.graph import Call, GraphWriter, OperationWriter

__all__ = ["WRITERS", "Call", "GraphWriter", "OperationWriter"]

WRITERS: dict[str, OperationWriter] = {
    **elementwise.WRITERS,
    **normalization.WRITERS,
    **shapes.WRITERS,
    **windows.WRITERS,
}
"""ML Program operation to what writes it. All floats are float32 here, so casts to float16 too."""
