"""The stand-in for Apple's native module against the real one's names and signatures."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

from tests.support import coreml_native
from tests.support.coreml_record import PROXY, NativeModule, parameters, read_wheel, recorded

CONSTRUCTORS = ("({%}, {str}, {str}, {str}, {dict}) -> None",
                "({%}, {str}, {str}, {str}, {dict}, {object}) -> None")  # fmt: skip
PLAN = "_MLComputePlanProxy"
FILES = ("model.py", "_compiled_model.py", "utils.py", "compute_plan.py", "compute_device.py")
PROXIES = {"_MLModelProxy", "__proxy__", "_proxy", "proxy"}
DOWNLOAD = ["download", "--no-deps", "--only-binary", ":all:", "--python-version", "3.11",
            "--platform", "macosx_11_0_arm64", "--retries", "0", "--timeout", "10"]  # fmt: skip


@pytest.fixture(scope="module")
def record() -> NativeModule:
    return recorded()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """coremltools' macOS wheel (3 MB), fetched once a session."""
    folder = tmp_path_factory.mktemp("wheel")
    wanted = f"coremltools=={recorded().coremltools}"
    command = [sys.executable, "-m", "pip", *DOWNLOAD, "--dest", str(folder), wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    found = list(folder.glob("*.whl"))
    if done.returncode or not found:
        reason = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
        pytest.skip(f"coremltools' macOS wheel can't be fetched here: {reason}")
    return found[0]


def signatures(name: str, owner: str = PROXY) -> tuple[str, ...]:
    """Those of one of the stand-in's functions."""
    found = getattr(getattr(coreml_native, owner), name)
    given: tuple[str, ...] = getattr(found, "fget", found).signatures
    return given


def functions(owner: str) -> set[str]:
    """The names that one of the stand-in's classes has of its own."""
    own = vars(getattr(coreml_native, owner))
    return {name for name in own if not name.startswith("_")}


def test_the_record_is_of_the_installed_version(record: NativeModule) -> None:
    assert version("coremltools") == record.coremltools


def test_the_record_is_what_the_macos_wheel_holds(wheel: Path, record: NativeModule) -> None:
    assert read_wheel(wheel) == record


def test_the_stand_in_has_the_names_of_the_module_and_no_other(record: NativeModule) -> None:
    assert {name for name in vars(coreml_native) if name.startswith("_ML")} | {"_State"} == set(
        record.classes
    )
    for owner in record.classes:
        assert functions(owner) == set(record.functions(owner)), owner


def test_its_signatures_come_in_the_order_of_the_module(record: NativeModule) -> None:
    """Names and signatures are two lists there; the order of first use joins them."""
    used = list(CONSTRUCTORS)
    for owner in record.classes:
        if owner != PROXY and "signatures" in dir(getattr(coreml_native, owner).__init__):
            used.extend(signatures("__init__", owner))
        for name in record.functions(owner):
            used.extend(signatures(name, owner))
    start = record.signatures.index(CONSTRUCTORS[0])
    assert signatures("__init__") == CONSTRUCTORS
    assert tuple(dict.fromkeys(used)) == record.signatures[start:]


def proxy_calls() -> Iterator[tuple[str, int, bool]]:
    """Each call of coremltools' Python to its native proxy: name, arguments, any by keyword."""
    models = Path(str(distribution("coremltools").locate_file("coremltools"))) / "models"
    for file in (models / name for name in FILES):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id == PROXY:
                yield "__init__", len(node.args), bool(node.keywords)
            if isinstance(node.func, ast.Attribute):
                holder = node.func.value
                called = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
                if called in PROXIES:
                    yield node.func.attr, len(node.args), bool(node.keywords)


def test_coremltools_own_python_calls_it_so(record: NativeModule) -> None:
    owners = {name: owner for owner in record.classes for name in record.functions(owner)}
    calls = set(proxy_calls())
    wanted = {"__init__", "predict", "batchPredict", "compileModel", "get_compute_plan"}
    assert wanted | set(record.functions(PLAN)) - {"model_structure"} <= {
        name for name, *_ in calls
    }
    for name, given, by_keyword in calls:
        owner = owners.get(name, PROXY)
        function = inspect.getattr_static(getattr(coreml_native, owner), name)
        own = 0 if isinstance(function, staticmethod) else 1
        taken = {len(parameters(signature)) for signature in signatures(name, owner)}
        assert given + own in taken, name
        assert not by_keyword


@pytest.mark.parametrize(
    "arguments",
    [
        ("a.mlmodelc", "CPU_ONLY"),
        ("a.mlmodelc", "CPU_ONLY", "", {}, None, None),
        (Path("a.mlmodelc"), "CPU_ONLY", "", {}, None),
        ("a.mlmodelc", None, "", {}, None),
        ("a.mlmodelc", "CPU_ONLY", "", [], None),
    ],
)
def test_wrong_arguments_raise(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError, match="it takes"):
        coreml_native._MLModelProxy(*arguments)


def test_keywords_and_wrong_types_raise() -> None:
    with pytest.raises(TypeError):
        coreml_native._MLModelProxy.compileModel(path="a.mlpackage")
    with pytest.raises(TypeError, match="it takes"):
        coreml_native._MLModelProxy.compileModel(Path("a.mlpackage"))
