"""`python -m tui.commands.workshop.figures`: pictures of how a model does.

`curves models/weights/lesion.json models/weights` draws the curves of a converted package, and
`worst DATA OUT.png` the photos that a model does worst on.
"""

from pathlib import Path
from typing import Annotated

import typer

from models.evaluate.pairs import read_pairs
from models.run.segmenter import open_segmenter, shipped_model
from models.ship import figures

app = typer.Typer(add_completion=False)


@app.command()
def curves(
    card: Annotated[Path, typer.Argument(help="The JSON that lies beside a converted package.")],
    folder: Annotated[Path, typer.Argument(help="Where reliability.png and risk.png go.")],
) -> None:
    """Draw a package's reliability diagram and its risk-coverage curves on dev."""
    figures.draw_curves(card, folder)


@app.command()
def worst(
    data: Annotated[Path, typer.Argument(help="The pairs, with a dev split.")],
    target: Annotated[Path, typer.Argument(help="The picture to write.")],
    kind: Annotated[str, typer.Option(help="Which kind of photo.")] = "dermoscopy",
    model: Annotated[
        Path | None, typer.Option(help="The package; by default the one shipped.")
    ] = None,
) -> None:
    """Draw the twelve worst photos of dev: the photo, what people drew, what the model drew."""
    pairs = read_pairs(data, {"split": "dev", "kind": kind})
    figures.worst(open_segmenter(model or shipped_model()), pairs).save(target)


if __name__ == "__main__":
    app()
