import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import coremltools as ct
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from imaging.framing import Size
from imaging.values import NO_LESION_BELOW
from models.package.package import (
    FRAMING_KEY,
    LESION_SLOPE_KEY,
    THRESHOLD_KEY,
    ModelError,
    check_package,
    package_hash,
    program_file,
    read_package,
    read_spec,
    weights_folder,
)
from models.translate.translation import translate

Build = Callable[..., Path]


def test_the_shipped_package_says_what_it_is(shipped: Path) -> None:
    info = read_package(shipped)
    assert info.name == "lesion"
    assert info.input_size == Size(256, 256)
    assert info.framing == "fit"
    assert 0.2 <= info.threshold <= 0.7
    assert info.hash == package_hash(shipped)


def test_the_shipped_card_is_of_the_shipped_package(shipped: Path) -> None:
    card = json.loads(shipped.with_suffix(".json").read_text())
    assert card["package_sha256"] == package_hash(shipped)
    metadata = dict(read_spec(shipped).description.metadata.userDefined)
    assert metadata["org.nevus.training_data_sha256"] == card["origin"]["training_data_sha256"]
    seeds = [member["recipe"]["seed"] for member in card["origin"]["members"]]
    assert metadata["org.nevus.seed"] == " ".join(str(seed) for seed in seeds)
    assert metadata["org.nevus.date"] == card["origin"]["date"]
    assert metadata["org.nevus.commit"] == card["origin"]["commit"]


def test_reading_leaves_the_package_as_it_was(shipped: Path, tmp_path: Path) -> None:
    copy = tmp_path / "kept.mlpackage"
    shutil.copytree(shipped, copy)
    before = {path: path.stat().st_mtime_ns for path in [copy, *copy.rglob("*")]}
    translate(copy)
    assert {path: path.stat().st_mtime_ns for path in [copy, *copy.rglob("*")]} == before


def test_the_hash_is_of_program_and_weights_alone(shipped: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other.mlpackage"
    shutil.copytree(shipped, copy)
    (copy / "Manifest.json").write_text("{}")
    assert package_hash(copy) == package_hash(shipped)
    for changed in (weights_folder(copy) / "weight.bin", program_file(copy)):
        before, data = package_hash(copy), bytearray(changed.read_bytes())
        data[-1] ^= 1
        changed.write_bytes(data)
        assert package_hash(copy) != before


def test_metadata_give_threshold_and_framing(tmp_path: Path, build: Build) -> None:
    path = build(
        tmp_path / "m.mlpackage", lambda x: mb.sigmoid(x=x), (12, 8),
        **{THRESHOLD_KEY: "0.37", FRAMING_KEY: "fit"},
    )  # fmt: skip
    info = read_package(path)
    assert (info.threshold, info.framing, info.input_size) == (0.37, "fit", Size(12, 8))


def test_a_package_says_how_sure_it_is_of_a_lesion_and_under_which_licence(
    tmp_path: Path, build: Build
) -> None:
    silent = read_package(build(tmp_path / "m.mlpackage", lambda x: mb.sigmoid(x=x)))
    assert (silent.lesion_probability(0.9), silent.title) == (None, "m")
    assert silent.predicted_jaccard(0.8) == 0.8
    package = build(tmp_path / "n.mlpackage", lambda x: mb.sigmoid(x=x), **{LESION_SLOPE_KEY: "2"})
    assert read_package(package).lesion_probability(0.5) == 0.5
    said = replace(silent, lesion_slope=1.5, lesion_intercept=-6.0, license="CC BY-NC 4.0")
    assert said.title == "m (CC BY-NC 4.0)"
    assert replace(said, license="Apache-2.0").title == "m"
    sure, doubtful = (said.lesion_probability(peak) for peak in (1.0, 0.8))
    assert sure == pytest.approx(0.996, abs=2e-3)
    assert doubtful == pytest.approx(0.019, abs=2e-3)
    assert doubtful is not None
    assert said.predicted_jaccard(0.8, doubtful) == pytest.approx(0.8 * doubtful)
    assert said.predicted_jaccard(0.8, NO_LESION_BELOW) == 0.8


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (THRESHOLD_KEY, "half", r"says half for org\.nevus\.threshold"),
        (THRESHOLD_KEY, "1.5", "threshold 1.5"),
        (FRAMING_KEY, "crop", "framing crop"),
    ],
)
def test_metadata_that_nevus_can_t_follow_are_refused(
    tmp_path: Path, build: Build, key: str, value: str, message: str
) -> None:
    path = build(tmp_path / "m.mlpackage", lambda x: mb.sigmoid(x=x), **{key: value})
    with pytest.raises(ModelError, match=message):
        read_package(path)


def test_more_than_one_output_is_refused(tmp_path: Path, build: Build) -> None:
    path = build(tmp_path / "m.mlpackage", lambda x: (mb.relu(x=x), mb.sigmoid(x=x)))
    with pytest.raises(ModelError, match="2 outputs"):
        read_package(path)


def test_a_model_that_takes_numbers_is_refused(tmp_path: Path) -> None:
    @mb.program(input_specs=[mb.TensorSpec(shape=(1, 4))], opset_version=ct.target.iOS17)  # type: ignore[untyped-decorator]
    def program(x: object) -> object:
        return mb.relu(x=x)

    path = tmp_path / "numbers.mlpackage"
    ct.convert(program, minimum_deployment_target=ct.target.iOS17).save(str(path))
    with pytest.raises(ModelError, match=r"numbers\.mlpackage doesn't take one picture"):
        read_package(path)


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no model at"):
        check_package(tmp_path / "nothing.mlpackage")
    (tmp_path / "empty.mlpackage").mkdir()
    with pytest.raises(ModelError, match=r"is not an \.mlpackage"):
        check_package(tmp_path / "empty.mlpackage")
    (tmp_path / "file.mlpackage").write_text("hello")
    with pytest.raises(ModelError, match=r"is not an \.mlpackage"):
        check_package(tmp_path / "file.mlpackage")


def test_a_damaged_program_is_refused(tmp_path: Path, shipped: Path) -> None:
    copy = tmp_path / "damaged.mlpackage"
    shutil.copytree(shipped, copy)
    program_file(copy).write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError, match=r"damaged\.mlpackage is damaged"):
        read_package(copy)
