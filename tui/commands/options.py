"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tui.commands.output import WRONG_USAGE, fail

NAMES_THEM = "nevus status FOLDER --set-aside"
"""What names every file that was set aside, and says why."""

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="The folder with the photos; it is never written.",
        exists=True,
        file_okay=False,
    ),
]
Database = Annotated[
    Path | None,
    typer.Option(
        "--db",
        help="The database; by default one for each folder, in your user data folder.",
        dir_okay=False,
    ),
]

Group = Annotated[
    str | None,
    typer.Option(
        "--group",
        metavar="NAME",
        help="A group of this machine whose members share the database, each with a login.",
    ),
]


def model_at(given: Path | None) -> Path | None:
    """Where a model lies that is named by path, or by its name in the registry.

    Says what is none before a worker starts; what is wrong in one comes later.
    """
    if given is None:
        return None
    from models.package.model import check_model
    from models.package.package import ModelError, NotAPackage

    try:
        if not given.exists():
            return _named(given)
        check_model(given)
    except NotAPackage as error:
        raise fail(str(error), WRONG_USAGE) from error
    except ModelError:
        pass
    return given


def _named(given: Path) -> Path:
    from models.package.package import ModelError
    from models.registry import registry
    from pipeline.setting_values import is_model_name

    if not is_model_name(str(given)):
        missing = f"{given} does not exist. Name a model that does, or one of nevus model list."
        raise fail(missing, WRONG_USAGE)
    try:
        return registry().find(str(given)).path
    except ModelError as error:
        raise fail(str(error), WRONG_USAGE) from error


Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        "-m",
        metavar="MODEL",
        callback=model_at,
        help="The model: a path, or a name of nevus model list; by default the one in use.",
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON object on stdout, everything else on stderr."),
]
Reviewer = Annotated[
    str | None,
    typer.Option("--reviewer", metavar="NAME", help="Your name, stored with each decision."),
]
Color = Annotated[
    Literal["auto", "truecolor", "256"] | None,
    typer.Option(
        "--color",
        help="The colours of the terminal; auto asks it. Any other also outweighs NO_COLOR.",
    ),
]
Theme = Annotated[
    Literal["dark", "light"] | None,
    typer.Option("--theme", help="Whether the screen is dark, as by default, or light."),
]
Pictures = Annotated[
    Literal["auto", "kitty", "sixel", "cells"] | None,
    typer.Option(
        "--graphics", help="How the photo is drawn; auto asks the terminal, cells do on every one."
    ),
]
RunBy = Annotated[
    Literal["auto", "onnxruntime", "coreml", "coreai"] | None,
    typer.Option(
        help="What runs the model; coreml needs a Mac, coreai macOS 27 (Linux: for proof)."
    ),
]
ComputeUnits = Annotated[
    Literal["CPU_AND_NE", "CPU_AND_GPU", "CPU_ONLY", "ALL"] | None,
    typer.Option(help="On a Mac, where; CPU_AND_NE is the Neural Engine, the default."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        metavar="COUNT",
        min=1,
        max=256,
        help="How many photos are outlined at once, by default one a core; each takes memory.",
    ),
]
Memory = Annotated[
    float | None,
    typer.Option(
        metavar="GB",
        min=0.1,
        max=1024,
        help="How much memory one photo may take, 2 by default.",
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        min=1,
        max=86_400,
        help="How long one photo may take to be read and decoded, 60 by default.",
    ),
]
HashNames = Annotated[
    bool | None,
    typer.Option(
        "--hash-names/--names",
        help="Print a hash instead of a photo's name, in which a patient's may stand.",
        show_default=False,
    ),
]
LogFile = Annotated[
    Path | None,
    typer.Option(
        "--log",
        metavar="FILE",
        help="Log to FILE instead of stdout; full, it is put by as FILE.1 (see nevus settings).",
        dir_okay=False,
    ),
]
FolderToCome = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="The folder with the photos; it is never written, and may not be there yet.",
        file_okay=False,
    ),
]
