"""What a selftest of Core AI on a Mac means for what `auto` chooses there."""

import sys
from dataclasses import replace

from models.package.package import ModelError
from models.run.preferred import Passed, disprove, passed, remember
from models.run.setup import ModelSetup
from models.run.trial import try_out
from pipeline.machine import anonymous
from pipeline.selftest.verdict import Selftest


def weigh(setup: ModelSetup, found: Selftest) -> str:
    """Time Core AI beside Core ML where it passed, keep which is faster, and say what holds now.

    Each is timed in a process that may die. Empty where there is nothing to choose: off a Mac, or
    where another backend was asked for.
    """
    if sys.platform != "darwin" or setup.backend != "coreai":
        return ""
    try:
        if not found.passed:
            disprove(setup.package, setup.compute_units)
            return "Core AI has not passed, so auto leaves it alone: Core ML runs the model."
        weighed = _timed(setup)
        remember(weighed)
    except ModelError as error:
        return f"auto stays with Core ML. {anonymous(str(error), setup.package)}"
    return told(weighed)


def _timed(setup: ModelSetup) -> Passed:
    core_ai = try_out(setup).milliseconds
    try:
        core_ml = try_out(replace(setup, backend="coreml")).milliseconds
    except ModelError:
        core_ml = None
    return passed(setup.package, setup.compute_units, core_ai, core_ml)


def told(found: Passed) -> str:
    """What `auto` takes after a passed selftest, as sentences."""
    takes = f"Core AI takes {found.core_ai:.1f} ms a photo with {found.compute_units}"
    if found.core_ml is None:
        return f"{takes}, and Core ML can't run this model: auto takes Core AI from now on."
    theirs = f"{takes}, Core ML {found.core_ml:.1f} ms"
    if not found.is_faster:
        return f"{theirs}: auto stays with Core ML."
    return (
        f"{theirs}: auto takes Core AI from now on, until macOS or coreai-core changes. "
        "--backend coreml leaves it out."
    )
