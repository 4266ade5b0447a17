"""Conversions by coremltools without what costs most of their time."""

import gc
from functools import cache
from types import SimpleNamespace
from typing import Any


@cache
def spare_coremltools() -> None:
    """Spare each conversion what costs most of its time and is no part of what it makes.

    Each conversion ends with a search for garbage in all that the tests have made so far: here it
    doesn't. A program is looked through by coremltools itself before and behind all passes, not
    after each of the hundred: what comes out of them is compared with what went in, number by
    number.
    """
    from coremltools.converters import _converters_entry as entry
    from coremltools.converters.mil.mil.passes.pass_pipeline import PassPipelineManager

    entry.gc = SimpleNamespace(collect=lambda: 0)

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
