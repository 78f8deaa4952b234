"""Packs alerts.asciipb into document.pb and static/ into reference-static.zip: `python tests/feeds/gtfsrt_alerts/network/write.py`."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from google.protobuf import text_format
from google.transit import gtfs_realtime_pb2 as realtime

FOLDER = Path(__file__).resolve().parent


def document() -> bytes:
    message = text_format.Parse((FOLDER / "alerts.asciipb").read_text(encoding="utf-8"), realtime.FeedMessage())
    return message.SerializeToString()


def archive() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as packed:  # stored: the same bytes on every machine
        for path in sorted((FOLDER / "static").iterdir()):
            packed.writestr(zipfile.ZipInfo(path.name, (2026, 1, 1, 0, 0, 0)), path.read_bytes())
    return body.getvalue()


if __name__ == "__main__":
    (FOLDER / "document.pb").write_bytes(document())
    (FOLDER / "reference-static.zip").write_bytes(archive())
