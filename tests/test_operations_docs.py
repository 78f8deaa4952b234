"""What docs/operations.md tells a city to write exists under that name."""

from __future__ import annotations

import re
from pathlib import Path

from settings import VARIABLES

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_setting_of_the_page_is_one_of_ours() -> None:
    plain = "\n".join(body for language, body in BLOCKS if not language)
    named = set(re.findall(r"^([A-Z][A-Z_]+)=", plain, re.MULTILINE))
    assert {"TRUSTED_PROXIES", "HTTPS_ONLY", "DATABASE_URL"} <= named
    known = {name.removeprefix("OBSERVATORY_") for name in VARIABLES}
    assert {name.removeprefix("OBSERVATORY_") for name in named} <= known


def test_stream_is_not_held_back_by_the_proxy() -> None:
    (nginx,) = [body for language, body in BLOCKS if language == "nginx"]
    stream = nginx.split("location = /api/stream {")[1].split("\n    }")[0]
    assert "proxy_buffering off;" in stream
    assert "X-Forwarded-For $remote_addr;" in stream


def test_every_gauge_is_explained_and_every_explained_gauge_exists() -> None:
    told = set(
        re.findall(r"^\| `([a-z_]+)(?:\{\w+\})?` \|", PAGE.split("## Metrics")[1].split("\n## ")[0], re.MULTILINE)
    )
    written = (Path(__file__).resolve().parents[1] / "api" / "metrics.py").read_text(encoding="utf-8")
    assert told == set(re.findall(r'yield _(?:gauge|by)\("([a-z_]+)"', written))
