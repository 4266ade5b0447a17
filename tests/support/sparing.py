"""Conversions by coremltools without what costs most of their time."""

import gc
from functools import cache
from typing import Any


@cache
def spare_coremltools() -> None:
    """Spare each conversion what costs most of its time and is no part of what it makes.

    What was imported with coremltools is kept out of the collections that it asks for. A program
    is looked through by coremltools itself before and behind all passes, not after each of the
    hundred: what comes out of them is compared with what went in, number by number.
    """
    from coremltools.converters.mil.mil.passes.pass_pipeline import PassPipelineManager

    apply = PassPipelineManager.apply_pipeline

    def apply_at_once(program: Any, pipeline: Any) -> None:
        program.validate()
        program.validate = lambda check_essential_scope=False: None
        try:
            apply(program, pipeline)
        finally:
            del program.validate
        program.validate()

    PassPipelineManager.apply_pipeline = apply_at_once
    _look_upstream_where_weights_are_compressed()
    gc.collect()
    gc.freeze()


def _look_upstream_where_weights_are_compressed() -> None:
    """Behind each change coremltools notes what hangs on compressed weights: mostly nothing."""
    from coremltools.converters.mil.mil.block import Block

    note = Block._propagate_nonreplaceable_vars

    def note_if_any(block: Any) -> None:
        if block.outer_op is not None or _holds_compressed(block):
            note(block)

    Block._propagate_nonreplaceable_vars = note_if_any


def _holds_compressed(block: Any) -> bool:
    return any(
        op.op_type.startswith("constexpr_") or any(map(_holds_compressed, op.blocks))
        for op in block.operations
    )
