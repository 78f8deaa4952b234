"""A process that masks a clip until it is killed: `python clip_target.py DATABASE_URL FILE`; says the number of the clip and of its process."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from privacy.media.gate import MediaGate, Owner
from store.database import connect


def main() -> None:
    database = connect(sys.argv[1])
    gate = MediaGate(database, lambda: datetime.now(UTC), b"0" * 32, takes_clips=True)
    media_id = gate.begin(Owner("prefecture", "prefecture-1"), Path(sys.argv[2]).read_bytes(), [])
    while gate._clips.pid is None:
        time.sleep(0.05)
    sys.stdout.write(f"{media_id} {gate._clips.pid}\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main()
