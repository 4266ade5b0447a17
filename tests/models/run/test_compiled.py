"""Compiled once: kept at a fixed place, whole or made anew, and not without bound."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.package.cache import KEPT, cache_folder, prune
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.package import ModelError, package_hash
from models.run.compiled import compile_cached, is_kept
from models.run.segmenter import open_segmenter
from models.translate.translation import translate_cached
from tests.support.coreml_native import PROGRAM
from tests.support.mac import Mac

Build = Callable[..., Path]
ROOT = Path(__file__).parents[3]
COMPILE = """
import sys
from pathlib import Path
from models.run.compiled import compile_cached
from models.package.package import package_hash
from tests.support.mac_platform import become_a_mac
become_a_mac()
package = Path(sys.argv[1])
print(compile_cached(package, package_hash(package)))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    return build(
        tmp_path_factory.mktemp("package") / "p.mlpackage",
        lambda x: mb.reduce_mean(x=x, axes=[1]),
        (8, 8),
        **{OUTPUT_KEY: PROBABILITY},
    )


def entry(package: Path) -> Path:
    return cache_folder("coreml") / package_hash(package)


def use(kind: str, package: Path) -> None:
    """Have a package's translation or its compiled model, from the cache or made."""
    if kind == "onnx":
        translate_cached(package)
    else:
        compile_cached(package, package_hash(package))


def program(package: Path) -> Path:
    (file,) = entry(package).rglob(PROGRAM)
    return file


def test_it_is_compiled_once_at_a_place_named_by_the_hash(mac: Mac, package: Path) -> None:
    digest = package_hash(package)
    assert not is_kept(digest)
    first = compile_cached(package, digest)
    inode = first.stat().st_ino
    assert first.suffix == ".mlmodelc"
    assert digest in first.parts
    assert is_kept(digest)
    assert compile_cached(package, digest) == first
    assert first.stat().st_ino == inode
    assert mac.count("compile") == 1


def test_a_copy_of_the_package_needs_no_compiling(mac: Mac, package: Path, tmp_path: Path) -> None:
    open_segmenter(package, "coreml")
    shutil.copytree(package, tmp_path / "copy.mlpackage")
    open_segmenter(tmp_path / "copy.mlpackage", "coreml")
    assert mac.count("compile") == 1
    assert mac.count("load") == 2


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "gone", "unsealed", "no folder"])
def test_a_damaged_one_is_compiled_anew(mac: Mac, package: Path, damage: str) -> None:
    open_segmenter(package, "coreml")
    file = program(package)
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    changed = {"flipped": bytes(data), "cut": bytes(data[:99]), "empty": b""}
    if damage in changed:
        file.write_bytes(changed[damage])
    elif damage == "gone":
        file.unlink()
    elif damage == "unsealed":
        (entry(package) / "seal").write_text("")
    else:
        shutil.rmtree(file.parent)
    assert open_segmenter(package, "coreml").backend == "coreml"
    assert mac.count("compile") == 2
    assert is_kept(package_hash(package))


def test_a_whole_one_that_can_t_be_loaded_is_compiled_anew(mac: Mac, package: Path) -> None:
    """As after a new macOS: the seal is right, Core ML refuses it all the same."""
    compile_cached(package, package_hash(package))
    file = program(package)
    file.write_bytes(b"made by another system")
    reseal(package)
    assert is_kept(package_hash(package))
    assert open_segmenter(package, "coreml").backend == "coreml"
    assert mac.count("compile") == 2
    assert file.read_bytes() != b"made by another system"


def reseal(package: Path) -> None:
    from models.run.compiled import _seal

    (entry(package) / "seal").write_text(_seal(entry(package)))


def test_what_core_ml_adds_to_it_is_no_damage(mac: Mac, package: Path) -> None:
    kept = compile_cached(package, package_hash(package))
    (kept / "specialised").write_text("for this Neural Engine")
    assert compile_cached(package, package_hash(package)) == kept
    assert mac.count("compile") == 1


def test_two_processes_compile_it_once(mac: Mac, package: Path) -> None:
    commands = [[sys.executable, "-c", COMPILE, str(package)]] * 2
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for command in commands
    ]
    places = {process.communicate(timeout=60)[0].strip() for process in running}
    assert len(places) == 1
    assert Path(places.pop()).is_dir()
    assert mac.count("compile") == 1


def test_a_kept_one_serves_where_nothing_can_be_written(mac: Mac, package: Path) -> None:
    kept = compile_cached(package, package_hash(package))
    lock = cache_folder("coreml.lock")
    lock.unlink()
    # Root could write into a folder without permission, but not into a folder as into a file.
    lock.mkdir()
    assert compile_cached(package, package_hash(package)) == kept
    assert mac.count("compile") == 1


def test_a_cache_that_can_t_be_written_costs_only_time(mac: Mac, package: Path) -> None:
    cache_folder("coreml").parent.parent.mkdir(parents=True, exist_ok=True)
    cache_folder("coreml").parent.write_text("a file where the folder should be")
    assert open_segmenter(package, "coreml").backend == "coreml"
    assert not is_kept(package_hash(package))


def test_a_compile_that_fails_leaves_nothing(mac: Mac, package: Path) -> None:
    mac.order("refuse to compile")
    with pytest.raises(ModelError, match="can't load"):
        open_segmenter(package, "coreml")
    assert list(cache_folder("coreml").iterdir()) == []


@pytest.mark.parametrize("kind", ["coreml", "onnx"])
def test_the_most_recently_used_are_kept(mac: Mac, package: Path, kind: str) -> None:
    folder = cache_folder(kind)
    folder.mkdir(parents=True)
    for age in range(KEPT + 2):
        old = folder / f"{age}"
        old.mkdir()
        (old / "weights").write_text("big")
        os.utime(old, ns=(1000 - age, 1000 - age))
    use(kind, package)
    names = {path.name for path in folder.iterdir()}
    assert len(names) == KEPT
    assert {str(age) for age in range(KEPT - 1)} < names


@pytest.mark.parametrize("kind", ["coreml", "onnx"])
def test_using_one_keeps_it(mac: Mac, package: Path, kind: str) -> None:
    use(kind, package)
    (made,) = cache_folder(kind).iterdir()
    os.utime(made, ns=(1, 1))
    for number in range(KEPT):
        other = made.parent / f"{number}"
        other.touch()
        os.utime(other, ns=(2, 2))
    use(kind, package)
    prune(made.parent)
    assert made.exists()
    assert len(list(made.parent.iterdir())) == KEPT
