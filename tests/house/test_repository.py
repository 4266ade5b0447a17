"""The pages for whoever carries on point to what exists, and workflows may do what they must."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
WORKFLOWS = ("linux.yml", "macos.yml", "release.yml")
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "models").rglob("*.md"),
    )
)
DECISIONS = ROOT / "docs" / "decisions"
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
PLACE = re.compile(
    r"\b(?:imaging|models|db|pipeline|tui|tests|docs|benchmarks|sample_images)/[\w./-]+"
)
MAKE = re.compile(r"\bmake ([a-z.][\w./-]*)")
HEADINGS = ("Why", "Weighed against it", "What would change it")
PINNED = re.compile(r"v\d+|release/v\d+")


def read(name: str) -> Any:
    """What a YAML file of the repository holds."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def workflow(name: str) -> Any:
    return read(f".github/workflows/{name}")


def steps(name: str) -> list[dict[str, Any]]:
    """The steps of a workflow's jobs; a job that is another workflow counts as one."""
    jobs = workflow(name)["jobs"].values()
    return [step for job in jobs for step in job.get("steps", [job])]


def targets() -> set[str]:
    """What make can be asked for."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z.][\w./-]*):", makefile, re.MULTILINE))


def asked_of_make(text: str) -> set[str]:
    return set(MAKE.findall(text))


def test_every_workflow_is_known_here() -> None:
    assert {path.name for path in (ROOT / ".github/workflows").iterdir()} == set(WORKFLOWS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_reads_the_repository_and_may_do_nothing_else(name: str) -> None:
    found = workflow(name)
    assert found["permissions"] == {"contents": "read"}
    widened = {
        job: how["permissions"] for job, how in found["jobs"].items() if "permissions" in how
    }
    assert widened == ({"publish": {"id-token": "write"}} if name == "release.yml" else {})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_s_actions_are_pinned_by_their_major_version(name: str) -> None:
    used = [step["uses"] for step in steps(name) if "uses" in step]
    assert used
    for action in used:
        if action.startswith("./"):
            assert (ROOT / action).is_file()
        else:
            assert PINNED.fullmatch(action.partition("@")[2]), action


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_a_workflow_asks_of_make_is_in_the_makefile(name: str) -> None:
    asked = asked_of_make("\n".join(step.get("run", "") for step in steps(name)))
    assert asked <= targets()


def test_the_tests_run_with_the_oldest_and_the_newest_python_that_nevus_admits() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"])
    assert bounds is not None
    ends = {f"3.{int(bounds[1])}", f"3.{int(bounds[2]) - 1}"}
    for name, job in (("linux.yml", "test"), ("macos.yml", "test"), ("release.yml", "try")):
        assert ends <= set(workflow(name)["jobs"][job]["strategy"]["matrix"]["python"]), name


def test_nothing_is_published_that_was_not_tested() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert set(jobs["publish"]["needs"]) == {"test", "try"}
    assert jobs["try"]["needs"] == "build"
    assert jobs["test"]["uses"] == "./.github/workflows/linux.yml"


def test_what_ages_is_looked_at() -> None:
    found = {entry["package-ecosystem"] for entry in read(".github/dependabot.yml")["updates"]}
    assert found == {"pip", "github-actions"}


def test_the_hooks_are_the_project_s_own_programs() -> None:
    [repository] = read(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/ruff ")


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_that_are_here(page: str) -> None:
    text = CODE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    files = (link.partition("#")[0] for link in LINK.findall(text) if "://" not in link)
    missing = [file for file in files if file and not (ROOT / page).parent.joinpath(file).exists()]
    assert missing == []


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("models/")])
def test_places_that_are_named_are_here(page: str) -> None:
    code = CODE.findall((ROOT / page).read_text(encoding="utf-8"))
    assert [place for place in PLACE.findall("\n".join(code)) if not (ROOT / place).exists()] == []


def test_the_pages_for_whoever_carries_on_are_among_them() -> None:
    assert {"CONTRIBUTING.md", "SECURITY.md", "docs/decisions/README.md"} <= set(PAGES)


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md"])
def test_what_a_page_asks_of_make_is_in_the_makefile(page: str) -> None:
    code = CODE.findall((ROOT / page).read_text(encoding="utf-8"))
    asked = asked_of_make("\n".join(code))
    assert "test" in asked
    assert asked <= targets()


def test_the_decisions_are_numbered_without_a_gap_and_listed() -> None:
    pages = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"\[(\d{4})\]\(([^)]+)\) \| ([^|]+) \|", index)
    titles = {
        name: (DECISIONS / name).read_text(encoding="utf-8").splitlines()[0] for name in pages
    }
    assert {name: f"# {number} {title}" for number, name, title in listed} == titles


@pytest.mark.parametrize("page", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda page: page.name)
def test_a_decision_says_why_what_was_weighed_and_what_would_change_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "\n**Decided.** " in text
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == HEADINGS
