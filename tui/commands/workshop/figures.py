"""`python -m tui.commands.workshop.figures`: pictures of how a model does.

`curves models/weights/lesion.json models/weights` draws the curves of a converted package, and
`worst DATA OUT.png` the photos that a model does worst on.
"""

from pathlib import Path
from typing import Annotated

import typer

from models.evaluate.pairs import read_pairs
from models.package.shipped import shipped_model
from models.run.segmenter import open_segmenter
from models.ship import figures
from tui.commands.options import Model
from tui.commands.output import WRONG_USAGE, fail, remark
from tui.commands.workshop.failing import workshop_failures

app = typer.Typer(add_completion=False)


def _png(path: Path) -> Path:
    if path.suffix.lower() != ".png":
        raise typer.BadParameter(f"{path} doesn't end in .png.")
    return path


@app.command()
def curves(
    card: Annotated[
        Path,
        typer.Argument(
            help="The JSON that lies beside a converted package.", exists=True, dir_okay=False
        ),
    ],
    folder: Annotated[
        Path,
        typer.Argument(help="Where reliability.png and risk.png go.", file_okay=False),
    ],
) -> None:
    """Draw a package's reliability diagram and its risk-coverage curves on dev."""
    with workshop_failures():
        try:
            drawn = figures.draw_curves(card, folder)
        except figures.NoCard as error:
            raise fail(str(error), WRONG_USAGE) from error
    remark(f"The curves are in {drawn[0]} and {drawn[1]}.")


@app.command()
def worst(
    data: Annotated[Path, typer.Argument(help="The pairs, with a dev split.", exists=True)],
    target: Annotated[
        Path, typer.Argument(help="The picture to write, a .png.", dir_okay=False, callback=_png)
    ],
    kind: Annotated[str, typer.Option(help="Which kind of photo.")] = "dermoscopy",
    model: Model = None,
) -> None:
    """Draw the twelve worst photos of dev: the photo, what people drew, what the model drew."""
    with workshop_failures():
        pairs = read_pairs(data, {"split": "dev", "kind": kind})
        sheet = figures.draw_worst(open_segmenter(model or shipped_model()), pairs)
        target.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(target)
    remark(f"The worst of {len(pairs)} photos are in {target}. It holds photos: don't pass it on.")


if __name__ == "__main__":
    app()
