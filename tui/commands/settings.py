"""`nevus settings`: what holds, and where it comes from."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from tui.commands.output import WRONG_USAGE, fail, safe_text

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from tui.preferences import Preferences


def settled(**options: object) -> "Settings":
    """What holds where these options were given, None for not; ends the command where it can't."""
    from pipeline.settings import BadSettings, read_settings

    try:
        return read_settings(options)
    except BadSettings as error:
        raise fail(str(error), WRONG_USAGE) from error


def checked(held: "Settings") -> "Preferences":
    """What a person has a taste in; ends the command where it can't be so."""
    from pipeline.settings import BadSettings
    from tui.preferences import Preferences

    try:
        return Preferences.of(held)
    except BadSettings as error:
        raise fail(str(error), WRONG_USAGE) from error


def settings(
    example: Annotated[
        bool, typer.Option("--example", help="Print a settings file with everything explained.")
    ] = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="Print each key with its command's name in the settings.")
    ] = False,
) -> None:
    """Say what holds, and where each value comes from.

    A default gives way to the settings file, that to a variable, that to an option. The file is
    settings.toml in your configuration folder, or what NEVUS_SETTINGS names.

    [bold]Examples[/bold]

      nevus settings

      nevus settings --example

      nevus settings --keys
    """
    from pipeline.settings import example as text
    from pipeline.settings import settings_file

    console = Console(highlight=False, soft_wrap=True)
    if example:
        console.print(Text(text()), end="")
        return
    held = settled()
    keymap = checked(held).keymap
    if keys:
        for item in keymap.commands:
            console.print(safe_text(f"{item.key_name:<6}{item.id:<18}{item.name}"))
        return
    rows = held.rows()
    names, values = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, value, source in rows:
        console.print(safe_text(f"{name:<{names}}  {value:<{values}}  {source}"))
    console.print()
    console.print(safe_text(f"The settings file: {settings_file()}"))
