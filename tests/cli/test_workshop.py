from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")


def command(name: str) -> typer.Typer:
    module = import_module(f"tui.commands.workshop.{name}")
    app: typer.Typer | None = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False)
        app.command()(module.main)
    return app


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("train", "epochs"),
        ("convert", "checkpoints"),
        ("train_refiner", "outlines"),
        ("convert_refiner", "marks"),
        ("figures", "worst"),
        ("references", "shipped"),
    ],
)
def test_each_command_of_the_workshop_explains_itself(name: str, word: str) -> None:
    found = CliRunner().invoke(command(name), ["--help"])
    assert found.exit_code == 0
    assert word in found.output


def test_a_package_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    missing = tmp_path / "none.mlpackage"
    found = CliRunner().invoke(command("references"), [str(missing)])
    assert found.exit_code == 1
    assert "none.mlpackage" in found.output
