"""Rules of the house that a machine can check: roots, rooms, lengths, environment, collected tests."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("access", "api", "callbacks", "components", "datasources", "demo", "events", "insight", "privacy", "store")
AT_ROOT = {
    *ROOMS, ".ci", "assets", "benchmarks", "cities", "docs", "tests", "tools",
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile", "app.py", "manage.py", "settings.py",
    "requirements.in", "requirements.txt", "pyproject.toml", "package.json", "package-lock.json",
    ".gitignore", ".env.example",
}  # fmt: skip


def tracked() -> list[Path]:
    """Return the files git tracks, or would after the next commit."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted({Path(line) for line in done.stdout.splitlines() if (ROOT / line).is_file()})


FILES = tracked()
PYTHON = [path for path in FILES if path.suffix == ".py"]
SCRIPTS = [path for path in FILES if path.suffix == ".js" and ".min." not in path.name]
TEXTS = [path for path in FILES if path.suffix in {".py", ".js", ".md", ".toml", ".txt", ".json", ".sh", ".css", ""}]


def test_root_holds_only_what_is_listed() -> None:
    assert {path.parts[0] for path in FILES} <= AT_ROOT


def test_every_room_is_named_in_the_contracts() -> None:
    packages = {path.parts[0] for path in PYTHON if path.name == "__init__.py" and len(path.parts) == 2}
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert packages - {"benchmarks"} == set(config["tool"]["importlinter"]["root_packages"]) == set(ROOMS)


def test_no_room_hides_an_installed_package() -> None:
    assert set(packages_distributions()) & set(ROOMS) == set()


def test_files_stay_short() -> None:
    limits = {Path("app.py"): 120}
    long = {
        str(path): lines
        for path in [*PYTHON, *SCRIPTS]
        if "migrations" not in path.parts
        and (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > limits.get(path, 320)
    }
    assert long == {}


def test_functions_stay_short() -> None:
    long = []
    for path in PYTHON:
        if path.parts[0] == "tests" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 60:
                    long.append(f"{path}:{node.lineno} {node.name} {length}")
    assert long == []


def test_only_settings_reads_the_environment() -> None:
    readers = [
        str(path)
        for path in PYTHON
        if path.parts[0] not in {"tests", "benchmarks"}
        and re.search(r"\bos\.(environ|getenv)\b", (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert readers == ["settings.py"]


def test_tests_have_no_package_files() -> None:
    assert [str(path) for path in PYTHON if path.parts[0] == "tests" and path.name == "__init__.py"] == []


def test_every_file_with_a_test_is_collected() -> None:
    strays = [
        str(path)
        for path in PYTHON
        if re.search(r"^(async )?def test_", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
        and not (path.parts[0] == "tests" and path.name.startswith("test_"))
    ]
    assert strays == []


def test_every_adapter_is_in_the_catalogue() -> None:
    from datasources.catalogue import ADAPTERS

    modules = {path.stem for path in PYTHON if path.parts[:2] == ("datasources", "adapters")} - {"__init__"}
    assert {entry.split(":")[0].rsplit(".", 1)[1] for entry in ADAPTERS.values()} == modules


@pytest.mark.parametrize(
    "pattern",
    [
        r"https?://(pypi|registry\.npmjs|files\.pythonhosted)",
        r"--index-url",
        r"(?<![\w.])/(work|srv|home)/",
        r"(?<![\w.])/(root|tmp/[a-z])/",
    ],
)
def test_no_machine_path_or_registry_host(pattern: str) -> None:
    found = [
        str(path)
        for path in TEXTS
        if path != Path("tests/test_architecture.py")
        and re.search(pattern, (ROOT / path).read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


RAW_HTML = re.compile(
    r"""(?:inner|outer)HTML|insertAdjacentHTML|createContextualFragment|document\.write|\bsrcdoc\b
    |dangerously_allow_html|dangerouslySetInnerHTML|\biconOptions\b|\bDivMarker\b|bindPopup|bindTooltip\((?!function)
    |\b(?:Tooltip|Popup)\([^)]*\bcontent\s*=|(?<![\w-])eval\(|\bnew\s+Function\b|javascript:
    |\bset(?:Timeout|Interval)\(\s*["'`]""",
    re.VERBOSE | re.IGNORECASE,
)
CONTENT_OF_A_META = re.compile(r'<meta name="[a-z-]+" content="')


def test_no_raw_html_from_data() -> None:
    found = []
    for path in [*PYTHON, *SCRIPTS]:
        if path.parts[0] in {"tests", "benchmarks"}:
            continue
        text = CONTENT_OF_A_META.sub("", (ROOT / path).read_text(encoding="utf-8"))
        found += [f"{path}: {door.group()}" for door in RAW_HTML.finditer(text)]
        if path.parts[0] in {"components", "callbacks"} and re.search(r"\bcontent=", text):
            found.append(f"{path}: content=")
    assert found == []


@pytest.mark.parametrize(
    "breach",
    [
        "node.innerHTML = text", "node.outerHTML=text", "node.insertAdjacentHTML('beforeend', text)", "document.write(text)",
        "range.createContextualFragment(text)", "eval(text)", "new Function(text)", "setTimeout('run()', 1)", "frame.srcdoc = text",
        "dcc.Markdown(text, dangerously_allow_html=True)", "DangerouslySetInnerHTML(text)", "dl.Tooltip(content=text)",
        "dl.Popup(id='a', content=text)", "dl.DivMarker(iconOptions={'html': text})", "layer.bindPopup(text)", "layer.bindTooltip(text)",
        "html.A(href='javascript:alert(1)')",
    ],
)  # fmt: skip
def test_planted_raw_html_is_found(breach: str) -> None:
    assert RAW_HTML.search(breach)


def test_colours_come_from_the_tokens() -> None:
    literal = re.compile(r"#[0-9a-fA-F]{3,8}\b(?!-)|\brgba?\(")
    found = [
        str(path)
        for path in FILES
        if path.parts[0] == "assets"
        and path.suffix in {".css", ".js"}
        and "bootstrap" not in path.name
        and "leaflet" not in path.name
        and "tokens" not in path.name
        and any(
            literal.search(line)
            for line in (ROOT / path).read_text(encoding="utf-8").splitlines()
            if "icons.svg#" not in line
        )
    ]
    assert found == []
