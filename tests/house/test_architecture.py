"""What docs/architecture.md names can be opened by that name, and no file holds several ideas."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("imaging", "models", "db", "pipeline", "tui")


def named_paths(text: str) -> set[str]:
    """Every file or folder in code style; a lone word in it is a name of another kind."""
    inside = re.findall(r"`([^`\s]+)`", text)
    return {name for name in inside if name.endswith(".py") or "/" in name}


def test_every_path_it_names_is_there() -> None:
    named = named_paths((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert {"tui/widgets/workbench.py", "pipeline/exchange/formats"} <= named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_room_s_wings_are_named() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    wings = [
        wing.parent.name
        for room in ROOMS
        for wing in (ROOT / room).glob("*/__init__.py")
        if wing.parent.name != "migrations"
    ]
    assert "decode" in wings
    assert [wing for wing in wings if f"`{wing}" not in text and f"/{wing}`" not in text] == []


def test_no_file_is_too_long_for_one_idea() -> None:
    folders = (*ROOMS, "tests", "benchmarks", "sample_images")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {file.name: count for file, count in lines.items() if count > 400} == {}
