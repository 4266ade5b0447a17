import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from pathlib import Path
from typing import Any

import pytest

from pipeline.work.viewer import Viewer
from tests.support.compiled import compiled_once
from tests.support.mac_platform import KEPT
from tests.support.ready import LINUX, for_workers
from tests.support.short import LIBRARIES, without_what_is_slow
from tests.support.slowness import is_slow_file, mark_slow
from tests.support.tries import try_a_handful, try_many
from tests.support.users import as_a_user
from tests.support.workers import forking_server

# Tests run side by side: a pool of threads in each of them only waits for the others.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# So do the processes of an app that took one a core.
os.environ.setdefault("NEVUS_WORKERS", "1")

# What is imported stays: nobody looks through it for garbage while it grows, nor later.
gc.disable()


def pytest_configure(config: pytest.Config) -> None:
    try_a_handful() if _is_short(config) else try_many()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[Any]) -> None:
    if LINUX:
        server = ExitStack()
        config.add_cleanup(server.close)
        without = LIBRARIES if _is_short(config) else ()
        python = server.enter_context(
            forking_server(
                config.args,
                lambda path: not pytest_ignore_collect(path, config),
                without,
                config.invocation_params.args,
            )
        )
        for spec in specs:
            spec.python = python
    # Nor where no test is run: pytest looks through all of it five times at the end.
    gc.freeze()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # To import PyTorch and coremltools takes longer than the quick tests of a room.
    left_out = _is_short(config) and collection_path.suffix == ".py"
    return True if left_out and is_slow_file(collection_path) else None


def _is_short(config: pytest.Config) -> bool:
    return bool(config.option.markexpr == "not slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark_slow(items)


def pytest_collection_finish() -> None:
    # Each of the collections that coremltools asks for would go through all that is imported.
    gc.freeze()
    gc.enable()
    # As nevus does.
    gc.set_threshold(100_000)


@pytest.fixture(scope="session")
def viewer() -> Iterator[Viewer]:
    """A viewer for tests that do it no harm."""
    with closing(Viewer()) as viewer:
        yield viewer


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def user(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Nothing is read from or left in the cache of whoever runs the tests.

    Tests that run side by side share one: the shipped model is translated once.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    with as_a_user(shared / "cache"), for_workers(), pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEPT, str(shared / "stand-in"))
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_slow(user: None, pytestconfig: pytest.Config) -> Iterator[None]:
    with without_what_is_slow() if _is_short(pytestconfig) else nullcontext():
        yield
