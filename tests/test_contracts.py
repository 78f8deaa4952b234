"""The room contracts hold, and a planted breach of each is reported."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINT = Path(sys.executable).with_name("lint-imports")
BREACHES = [
    ("Rooms depend downwards only", "events/breach.py", "import store\n"),
    ("Rooms depend downwards only", "store/breach.py", "import datasources.contract\n"),
    ("Only the privacy gate writes", "api/breach.py", "import store.writer\n"),
    ("Only the privacy gate clears texts", "privacy/breach.py", "from store.admitted import Cleared\n"),
    ("Adapters know nothing of each other", "datasources/adapters/csv.py", "import datasources.adapters.geojson\n"),
    ("Adapters read documents; they do no HTTP and no SQL", "datasources/adapters/csv.py", "import httpx\n"),
    ("Components draw what they are given", "components/breach.py", "import sqlalchemy\n"),
    ("The screen stays out of the core", "events/breach.py", "import dash\n"),
    ("The demonstration speaks to the rest through HTTP only", "demo/breach.py", "import api\n"),
    ("Nothing imports the front door", "events/breach.py", "import settings\n"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    for room in (
        "access",
        "api",
        "callbacks",
        "components",
        "datasources",
        "demo",
        "events",
        "insight",
        "privacy",
        "store",
    ):
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "settings.py", "app.py"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=house, capture_output=True, text=True, check=False)


def test_contracts_hold(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_planted_breach_is_reported(house: Path, contract: str, file: str, line: str) -> None:
    target = house / file
    before = target.read_text(encoding="utf-8") if target.exists() else None
    target.write_text((before or "") + "\n" + line, encoding="utf-8")
    try:
        done = lint(house)
    finally:
        if before is None:
            target.unlink()
        else:
            target.write_text(before, encoding="utf-8")
    assert done.returncode != 0
    assert f"{contract} BROKEN" in done.stdout
