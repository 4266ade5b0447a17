"""The options of every command that outlines photos, as one value."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, signature
from typing import Any, get_type_hints

from tui.commands.options import (
    ComputeUnits,
    Database,
    Group,
    Memory,
    Model,
    RunBy,
    TimeLimit,
    Workers,
)


@dataclass(frozen=True)
class Outlining:
    """Where a database lies, and which model outlines its photos in which way; None: not said."""

    db: Database = None
    group: Group = None
    model: Model = None
    backend: RunBy = None
    compute_units: ComputeUnits = None
    time_limit: TimeLimit = None
    workers: Workers = None
    memory: Memory = None


UNSAID = Outlining()


def with_outlining(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter `outlining` is given option by option, as Typer reads it."""
    names = [field.name for field in fields(Outlining)]
    hints = get_type_hints(command, include_extras=True)
    options = get_type_hints(Outlining, include_extras=True)
    parameters: list[Parameter] = []
    for own in signature(command).parameters.values():
        if own.name == "outlining":
            parameters += (
                Parameter(name, own.kind, default=None, annotation=options[name]) for name in names
            )
        else:
            parameters.append(own.replace(annotation=hints[own.name]))

    @wraps(command)
    def called(**given: Any) -> None:
        outlining = Outlining(**{name: given.pop(name) for name in names})
        command(**given, outlining=outlining)

    called.__signature__ = signature(command).replace(  # type: ignore[attr-defined]
        parameters=parameters, return_annotation=None
    )
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called
