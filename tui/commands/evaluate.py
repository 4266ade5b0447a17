"""`nevus evaluate`: a model against masks that people drew."""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from tui.commands.options import ComputeUnits, Json, Model, RunBy
from tui.commands.output import WRONG_USAGE, fail, failures, print_json, print_table
from tui.commands.settings import settled


def evaluate(
    pairs: Annotated[
        Path,
        typer.Argument(
            metavar="PAIRS",
            exists=True,
            help="A folder with images/ and masks/, or a CSV with columns image, mask.",
        ),
    ],
    model: Model = None,
    where: Annotated[
        list[str], typer.Option("--where", help="COLUMN=VALUE of the CSV; can be repeated.")
    ] = [],  # noqa: B006
    framing: Annotated[
        Literal["fit", "fill", "centre"] | None,
        typer.Option(help="How to lay a photo on the model's grid, if not as the model asks."),
    ] = None,
    mirrored: Annotated[
        bool,
        typer.Option("--mirrored", help="Average over each photo and its three mirror images."),
    ] = False,
    backend: RunBy = None,
    compute_units: ComputeUnits = None,
    json: Json = False,
) -> None:
    """Compare a model's masks with true ones: Dice and Jaccard, each photo at its own size.

    A photo whose Jaccard is below 0.65 counts as nothing in threshold_jaccard.

    [bold]Examples[/bold]

      nevus evaluate ~/pairs --json

      nevus evaluate manifest.csv --where split=dev --where kind=phone

      nevus evaluate ~/pairs --model better.mlpackage

      nevus evaluate ~/pairs --framing centre --mirrored
    """
    filters = dict(_filter(text) for text in where)
    held = settled(model=model, backend=backend, compute_units=compute_units)
    with failures():
        from models.evaluate.evaluation import evaluate as compare
        from models.evaluate.pairs import read_pairs
        from models.run.variants import Mirrored, Reframed
        from tui.commands.segment import progressing

        found = read_pairs(pairs, filters)
        segmenter = held.setup().open()
        if framing is not None:
            segmenter = segmenter.using(partial(Reframed, framing=framing))
        if mirrored:
            segmenter = segmenter.using(Mirrored)
        with progressing("evaluating") as progress:
            result = compare(segmenter, found, lambda done: progress(done, len(found)))
        if json:
            print_json(result)
        else:
            print_table(vars(result))


def _filter(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise fail(f"--where takes COLUMN=VALUE, not “{text}”.", WRONG_USAGE)
    return column, value
