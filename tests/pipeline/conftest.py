import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from PIL import Image, ImageDraw

from db.arrivals import NewOutline, NewPhoto
from db.store import Store
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Size, fit
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.mask.outline import draw_mask
from imaging.values import Prediction, Receipt
from models.package.shipped import shipped_model
from models.run.setup import ModelSetup
from pipeline.intake.scan import file_stat
from pipeline.work.scorer import Pool
from tests.support.databases import new_store
from tests.support.intake import without_model

SKIN, LESION = (224, 180, 155), (92, 52, 40)


def wait_until(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Return when it holds; fail when it still doesn't after `seconds`."""
    look_again, pause = threading.Event(), 0.002
    end = monotonic() + seconds
    while not holds():
        assert monotonic() < end, "waited in vain"
        look_again.wait(pause)
        # Some look into a database: what comes late is looked for less often.
        pause = min(1.5 * pause, 0.05)


def draw_photo(
    path: Path, size: tuple[int, int] = (320, 240), at: tuple[int, int] = (0, 0)
) -> Path:
    """A dark ellipse on skin with a little noise, its centre moved by `at`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_drawn(path.suffix, size, at))
    return path


@lru_cache(64)
def _drawn(suffix: str, size: tuple[int, int], at: tuple[int, int]) -> bytes:
    width, height = size
    x, y = width / 2 + at[0], height / 2 + at[1]
    picture = Image.new("RGB", size, SKIN)
    box = (x - width / 5, y - height / 5, x + width / 5, y + height / 5)
    ImageDraw.Draw(picture).ellipse(box, fill=LESION)
    noise = np.random.default_rng(0).integers(-6, 7, (height, width, 3))
    pixels = np.clip(np.asarray(picture).astype(int) + noise, 0, 255).astype(np.uint8)
    encoded = BytesIO()
    # No tool presses noise, and trying hard costs more than most tests do with the photo.
    kind = Image.registered_extensions()[suffix.lower()]
    Image.fromarray(pixels).save(encoded, kind, compress_level=1)
    return encoded.getvalue()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    return wait_until


@pytest.fixture
def draw() -> Callable[..., Path]:
    return draw_photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder.resolve()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path / "memory" / "nevus.db")
    yield store
    store.close()


@pytest.fixture(scope="session")
def model() -> Path:
    path = shipped_model()
    if not path.exists():
        pytest.skip(f"no model package at {path}")
    return path


@pytest.fixture(scope="session")
def scorer(model: Path) -> Iterator[Pool]:
    """A worker for tests that do it no harm."""
    worker = Pool(ModelSetup(model))
    yield worker
    worker.close()


@pytest.fixture
def modelless() -> Iterator[Pool]:
    worker = without_model()
    yield worker
    worker.close()


def remember_photo(store: Store, path: Path, model: str = "0") -> int:
    """Store a photo with a prediction that was made by hand: high in an ellipse, low around it."""
    identity = fingerprint(read_file(path))
    framing = fit(identity.size, Size(64, 64))
    rows, columns = np.mgrid[0:64, 0:64]
    distance = np.hypot((columns - 31.5) / 16, (rows - 31.5) / 12)
    grid = (1 / (1 + np.exp(6 * (distance - 1)))).astype(np.float16).astype(np.float32)
    prediction = Prediction(grid, framing, Receipt("by hand", model * 64, "numpy", "CPU", 1.0))
    mask = draw_mask(prediction.grid, prediction.framing, 0.5)
    made = NewOutline(prediction, rle.encode(mask), measure(mask), 0.5)
    return store.take_in(NewPhoto(file_stat(path), identity), made).photo_id


@pytest.fixture
def remembered(store: Store, folder: Path) -> int:
    """A photo in the store, outlined."""
    return remember_photo(store, draw_photo(folder / "mole.jpg"))


@pytest.fixture
def remember() -> Callable[..., int]:
    return remember_photo
