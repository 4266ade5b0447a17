"""Processes as a user starts them: without what only training needs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SITE = Path(__file__).parent / "user_site"


@contextmanager
def as_a_user(cache: Path) -> Iterator[None]:
    """What is started in the block has no PyTorch and no settings, and keeps models in `cache`.

    The number of workers stays: one a core for each test is more than there are cores.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - {"NEVUS_WORKERS"}:
            if name.startswith("NEVUS_"):
                patch.delenv(name)
        patch.setenv("NEVUS_MODELS", str(cache.parent / "models"))
        patch.setenv("XDG_CONFIG_HOME", str(cache.parent / "config"))
        patch.setenv("PYTHONPATH", str(SITE), prepend=os.pathsep)
        patch.setenv("XDG_CACHE_HOME", str(cache))
        patch.setenv("XDG_STATE_HOME", str(cache.parent / "state"))
        yield
