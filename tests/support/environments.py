"""Environments with what a wheel asks for and nothing else, out of what is installed already."""

import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement


def with_dependencies(home: Path, wheel: Distribution) -> Path:
    """An environment at `home` with the distributions that `wheel` needs; its folder of programs.

    They are linked: to unpack and compile them again takes longer than most tests together.
    """
    venv.create(home)
    (site,) = home.glob("lib/python*/site-packages")
    for needed in _needed(wheel):
        _link(needed, site)
    return home / "bin"


def _needed(wheel: Distribution) -> Iterable[Distribution]:
    """What it asks for, and what that asks for in turn."""
    found: dict[tuple[str, str], Distribution] = {}
    asking = [(wheel, "")]
    while asking:
        for requirement in _requirements(*asking.pop()):
            for extra in {"", *requirement.extras}:
                asked = (requirement.name, extra)
                if asked not in found:
                    found[asked] = distribution(requirement.name)
                    asking.append((found[asked], extra))
    return found.values()


def _requirements(asking: Distribution, extra: str) -> Iterator[Requirement]:
    for requirement in map(Requirement, asking.requires or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _link(needed: Distribution, site: Path) -> None:
    tops = {file.parts[0] for file in needed.files or ()} - {"..", "__pycache__"}
    for top in tops:
        if not (site / top).exists():
            (site / top).symlink_to(str(needed.locate_file(top)))
