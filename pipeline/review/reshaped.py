"""Whether a correction left more parts or holes than there were, which is seldom meant."""

from dataclasses import dataclass

from imaging.framing import Mask
from imaging.mask.form import Form, measure_form


@dataclass(frozen=True)
class Reshaped:
    """A mask's form before a correction and after it."""

    before: Form
    after: Form


def compare_forms(before: Mask, after: Mask, lesions: int = 1) -> Reshaped | None:
    """Compare two masks (H, W); None unless parts or holes have appeared.

    As many parts as there are `lesions` are meant.
    """
    change = Reshaped(measure_form(before), measure_form(after))
    more_parts = change.after.parts > max(lesions, change.before.parts)
    return change if more_parts or change.after.holes > change.before.holes else None
