"""What is wrong with a value on the command line, in words for a person."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup

from imaging.text import printable

_SENTENCES = {
    "int_parsing": "{given} is no whole number.",
    "int_from_float": "{given} is no whole number.",
    "float_parsing": "{given} is no number.",
    "greater_than_equal": "{given} is too little; it is {ge:g} at least.",
    "less_than_equal": "{given} is too much; it is {le:g} at most.",
}
"""By Pydantic's name of what is wrong."""
_BEFORE_OURS = "Value error, "


def _takes_a_path(param: Any) -> bool:
    annotation = param.type_descriptor.annotation
    return Path in (annotation, *get_args(annotation))


def _named(process: Callable[..., Any], param: Any, ctx: Any, value: Any) -> Any:
    """A path that has a name: of an empty one Python makes the folder where it is."""
    if value == "" or (isinstance(value, list | tuple) and "" in value):
        raise typer.BadParameter("it is empty.", ctx, param)
    return process(ctx, value)


class _PlainSwitches:
    """Says in the help of no switch that it takes a value, and takes no path without a name."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Options and arguments; Typer would show `<bool>` beside a switch."""
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for each in params:
            if getattr(each, "is_flag", False):
                each.metavar = ""
            process = each.process_value
            if not isinstance(process, partial) and _takes_a_path(each):
                each.process_value = partial(_named, process, each)
        return params


class PlainCommand(_PlainSwitches, TyperCommand):
    """A command with plain help."""


class PlainGroup(_PlainSwitches, TyperGroup):
    """Commands whose wrong values are said plainly: Typer passes on what Pydantic says of them."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is named."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            wrong = getattr(error.__cause__, "errors", None)
            if wrong is not None:
                error.message = _explain(wrong()[0])
            raise


def _explain(wrong: Mapping[str, Any]) -> str:
    given = printable(str(wrong["input"]))
    sentence = _SENTENCES.get(wrong["type"])
    if sentence is None:
        return printable(str(wrong["msg"]).removeprefix(_BEFORE_OURS))
    return sentence.format(given=given, **wrong.get("ctx", {}))
