"""Rewrites the expectations of golden cases; a person reads the difference before it is committed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from golden import CASES  # noqa: E402 - a script finds its neighbours first


def main() -> None:
    for case in CASES:
        path = case.folder / "expected.json"
        text = json.dumps(case.outcome(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print("rewritten:", case.name)


if __name__ == "__main__":
    main()
