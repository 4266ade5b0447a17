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


def signatures(name: str) -> tuple[str, ...]:
    """Those of one of the stand-in's functions."""
    given: tuple[str, ...] = getattr(coreml_native._MLModelProxy, name).signatures
    return given


def test_the_record_is_of_the_installed_version(record: NativeModule) -> None:
    assert version("coremltools") == record.coremltools


def test_the_record_is_what_the_macos_wheel_holds(wheel: Path, record: NativeModule) -> None:
    assert read_wheel(wheel) == record


def test_the_stand_in_has_the_names_of_the_module_and_no_other(record: NativeModule) -> None:
    assert {name for name in vars(coreml_native) if name.startswith("_ML")} | {"_State"} == set(
        record.classes
    )
    functions = {
        name
        for name, value in vars(coreml_native._MLModelProxy).items()
        if callable(getattr(value, "__func__", value)) and not name.startswith("_")
    }
    assert functions == set(record.proxy_functions)


def test_its_signatures_come_in_the_order_of_the_module(record: NativeModule) -> None:
    """Names and signatures are two lists there; the order of first use joins them."""
    used = [*CONSTRUCTORS, *(s for name in record.proxy_functions for s in signatures(name))]
    start = record.signatures.index(CONSTRUCTORS[0])
    in_order = tuple(dict.fromkeys(used))
    assert signatures("__init__") == CONSTRUCTORS
    assert in_order == record.signatures[start : start + len(in_order)]


def proxy_calls() -> Iterator[tuple[str, int, bool]]:
    """Each call of coremltools' Python to its native proxy: name, arguments, any by keyword."""
    models = Path(str(distribution("coremltools").locate_file("coremltools"))) / "models"
    for file in (models / name for name in ("model.py", "_compiled_model.py", "utils.py")):
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


def test_coremltools_own_python_calls_it_so() -> None:
    calls = set(proxy_calls())
    assert {"__init__", "predict", "batchPredict", "compileModel"} <= {name for name, *_ in calls}
    for name, given, by_keyword in calls - {("read_state", 1, False), ("write_state", 2, False)}:
        function = inspect.getattr_static(coreml_native._MLModelProxy, name)
        own = 0 if isinstance(function, staticmethod) else 1
        assert given + own in {len(parameters(signature)) for signature in signatures(name)}
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
