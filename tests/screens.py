"""What the screen's own scripts make of the same data: the yardstick of what the server draws."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def seen_by_screen(script: str, asked: object) -> Any:
    """Return what a script of Node answers: `asked` is its input and its output, both JSON; its first argument is our folder."""
    done = subprocess.run(
        ["node", "-e", script, str(ROOT)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)
