"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path,
    typer.Argument(
        help="The folder with the photos; it is never written.", exists=True, file_okay=False
    ),
]
Database = Annotated[
    Path | None,
    typer.Option(
        "--db",
        envvar="NEVUS_DB",
        help="The database; by default one for each folder, in your user data folder.",
        dir_okay=False,
    ),
]
Model = Annotated[
    Path | None,
    typer.Option("--model", "-m", help="The model, an .mlpackage; by default the one shipped."),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON object on stdout, everything else on stderr."),
]
Reviewer = Annotated[
    str | None,
    typer.Option(
        "--reviewer", envvar="NEVUS_REVIEWER", help="Your name, stored with each decision."
    ),
]
Backend = Annotated[
    str,
    typer.Option(help="What runs the model: auto, onnxruntime, or coreml (on a Mac)."),
]
ComputeUnits = Annotated[
    str,
    typer.Option(
        help="On a Mac: CPU_AND_NE (the Neural Engine), CPU_AND_GPU, CPU_ONLY or ALL.",
    ),
]
