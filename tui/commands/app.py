"""The command line: every command, wired and nothing more."""

import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from tui.commands.backup import backup
from tui.commands.check import check
from tui.commands.compare import compare_model
from tui.commands.doctor import doctor
from tui.commands.evaluate import evaluate
from tui.commands.export import export
from tui.commands.forget import forget
from tui.commands.import_ import import_
from tui.commands.model import add_model, list_models, remove_model, show_model, use_model
from tui.commands.restore import restore
from tui.commands.retry import retry
from tui.commands.review import review
from tui.commands.segment import segment
from tui.commands.service import service
from tui.commands.settings import settings
from tui.commands.status import status
from tui.commands.train import train
from tui.commands.usage import PlainCommand, PlainGroup
from tui.commands.verify import verify
from tui.commands.watch import watch

app = typer.Typer(
    name="nevus",
    cls=PlainGroup,
    help="Review and score lesion segmentations in the terminal. Photos never leave the machine.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _paragraphs(command: Callable[..., None]) -> str:
    """A command's docstring for --help: each paragraph one line, to be wrapped to the terminal."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(text.split("\n")) for text in paragraphs)


for _command in (
    review,
    segment,
    watch,
    status,
    service,
    export,
    verify,
    import_,
    evaluate,
    train,
    doctor,
    check,
    backup,
    restore,
    forget,
    retry,
    settings,
):
    _name = _command.__name__.rstrip("_")
    app.command(_name, cls=PlainCommand, help=_paragraphs(_command))(_command)


models = typer.Typer(
    cls=PlainGroup,
    help="The models there are by name, and which of them outlines photos.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
for _verb in (list_models, show_model, add_model, compare_model, use_model, remove_model):
    _name = _verb.__name__.removesuffix("s").removesuffix("_model")
    models.command(_name, cls=PlainCommand, help=_paragraphs(_verb))(_verb)
app.add_typer(models, name="model")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"nevus {version('nevus')}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Review and score lesion segmentations in the terminal. Photos never leave the machine."""
