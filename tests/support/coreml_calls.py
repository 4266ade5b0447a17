"""What a stand-in for a native function takes: what its signature says, by position, no more."""

import functools
from collections.abc import Callable
from typing import Any

from tests.support.coreml_record import parameters

KINDS = {"str": str, "dict": dict, "list": list, "bytes": bytes, "object": object, "int": int}


class Native:
    """A class of the native module's own, `%` in its signatures."""


def native(*signatures: str) -> Callable[[Callable[..., Any]], Any]:
    """A function that takes what one of the signatures says, by position, or raises TypeError."""

    def strict(function: Callable[..., Any]) -> Any:
        @functools.wraps(function)
        def checked(*given: object) -> Any:
            if not any(_fits(signature, given) for signature in signatures):
                shown = ", ".join(type(value).__name__ for value in given)
                raise TypeError(f"{function.__name__}({shown}): it takes {' or '.join(signatures)}")
            return function(*given)

        checked.signatures = signatures  # type: ignore[attr-defined]
        return checked

    return strict


def _fits(signature: str, given: tuple[object, ...]) -> bool:
    kinds = parameters(signature)
    return len(kinds) == len(given) and all(map(_is_a, given, kinds))


def _is_a(value: object, kind: str) -> bool:
    if kind == "%":
        return value is None or isinstance(value, Native)
    return isinstance(value, KINDS[kind])
