from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.shipped import shipped_model
from tests.support.mac import Mac, reported
from tests.support.packages import without_defaults
from tests.support.programs import HEIGHT, WIDTH, Definition, Program, Same, computed, kinds
from tests.support.sparing import spare_coremltools

Draw = Callable[..., Path]


def draw_pair(folder: Path, name: str, seed: int, size: tuple[int, int] = (96, 72)) -> Path:
    """A dark ellipse on skin under `images/`, its mask under `masks/`."""
    random = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "masks").mkdir(exist_ok=True)
    width, height = size
    x, y = width * random.uniform(0.4, 0.6), height * random.uniform(0.4, 0.6)
    reach = min(size) * random.uniform(0.15, 0.3)
    box = (x - reach, y - reach, x + reach, y + reach)
    photo, mask = Image.new("RGB", size, (224, 180, 155)), Image.new("L", size)
    ImageDraw.Draw(photo).ellipse(box, fill=(92, 52, 40))
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    photo.save(folder / "images" / f"{name}.png")
    mask.save(folder / "masks" / f"{name}.png")
    return folder / "images" / f"{name}.png"


@pytest.fixture
def draw() -> Draw:
    return draw_pair


def draw_pairs(folder: Path) -> Path:
    """A folder of 16 pairs with a manifest: 12 to train on, two held out, one of each kind for dev.

    By the hash of their names, 24 and 30 are the ones held out.
    """
    rows = ["image,mask,split,kind"]
    for index in (*range(14), 24, 30):
        draw_pair(folder, f"p{index}", index)
        split = "dev" if index in (12, 13) else "train"
        kind = "phone" if index % 2 else "dermoscopy"
        rows.append(f"images/p{index}.png,masks/p{index}.png,{split},{kind}")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Pairs that a test may change."""
    return draw_pairs(tmp_path / "pairs")


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for the many packages of these tests, which would push out what others share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module", autouse=True)
def _in_a_cache_of_their_own(packages: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(packages))
        yield


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever trains has PyTorch, in what the test starts as well."""
    monkeypatch.delenv("PYTHONPATH")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture(scope="session")
def shipped() -> Path:
    return shipped_model()


Build = Callable[..., Path]


@pytest.fixture(scope="session")
def spared() -> None:
    """For files whose tests convert networks."""
    spare_coremltools()


def build_package(
    path: Path, build: Callable[[Any], Any], size: tuple[int, int] = (8, 8), **metadata: str
) -> Path:
    """A package whose program is what `build` makes of the picture, float16, scaled to 0…1."""
    import coremltools as ct
    from coremltools.converters.mil import Builder as mb  # noqa: N813

    spare_coremltools()
    width, height = size
    shape = (1, 3, height, width)

    @mb.program(input_specs=[mb.TensorSpec(shape=shape)], opset_version=ct.target.iOS17)  # type: ignore[untyped-decorator]
    def program(photo: Any) -> Any:
        return build(photo)

    picture = ct.ImageType(
        name="photo", shape=shape, scale=1 / 255, color_layout=ct.colorlayout.RGB
    )
    model = ct.convert(
        program,
        inputs=[picture],
        convert_to="mlprogram",
        minimum_deployment_target=ct.target.iOS17,
        compute_precision=ct.precision.FLOAT16,
    )
    model.user_defined_metadata.update(metadata)
    model.save(str(path))
    return path


@pytest.fixture(scope="session")
def build() -> Build:
    return build_package


@pytest.fixture
def mac(cache: Path) -> Iterator[Mac]:
    """A Mac with an empty cache: reported, and a stand-in where Core ML's module would be."""
    with reported(cache / "mac") as mac:
        yield mac


@pytest.fixture
def same(tmp_path: Path) -> Same:
    def check(program: Program, definition: Definition, kind: str) -> None:
        package = build_package(
            tmp_path / "one.mlpackage", program, (WIDTH, HEIGHT), **{OUTPUT_KEY: PROBABILITY}
        )
        picture, output = computed(package)
        expected = definition(picture)
        assert output.shape == expected.shape
        # The scale 1/255 itself is rounded to float16: about 1.5e-5 of a value.
        np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-4)
        assert np.ptp(expected) > 0.01
        assert kind in kinds(package)
        lean = without_defaults(package, tmp_path / "lean.mlpackage")
        np.testing.assert_array_equal(computed(lean)[1], output)

    return check
