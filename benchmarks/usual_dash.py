"""The usual Dash way, as its documentation shows it: clustered `dl.GeoJSON` from a callback, asked again by `dcc.Interval`.

`python -m benchmarks.usual_dash DATABASE`: prints `port=N` and serves until stdin closes. The database has one table
`event(lon, lat, severity, facts)`, the facts of an event as JSON: those that our own page has of it.
"""

from __future__ import annotations

import json
import socket
import sqlite3
import sys
import threading
from contextlib import closing
from typing import Any

import dash_leaflet as dl
from dash import Dash, Input, Output, dcc, html
from werkzeug.serving import make_server

EVERY_MS = 5000
CENTRE, ZOOM = (43.2965, 5.3915), 12.5


def build(database: str) -> Dash:
    """Return the page over that database."""
    app = Dash(__name__)
    choices = [{"label": f"severity {least} and more", "value": least} for least in range(5)]
    app.layout = html.Div(
        [
            dcc.Dropdown(choices, 0, id="severity", clearable=False),
            dl.Map(
                dl.GeoJSON(id="events", cluster=True, zoomToBoundsOnClick=True),
                center=CENTRE, zoom=ZOOM, style={"height": "90vh"}, id="map",
            ),
            dcc.Interval(id="tick", interval=EVERY_MS),
        ]
    )  # fmt: skip

    @app.callback(Output("events", "data"), Input("tick", "n_intervals"), Input("severity", "value"))
    def draw(_ticks: int | None, least: int) -> dict[str, Any]:
        with closing(sqlite3.connect(database)) as connection:
            rows = connection.execute("SELECT lon, lat, facts FROM event WHERE severity >= ?", (least,)).fetchall()
        return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}

    return app


def _feature(row: tuple[float, float, str]) -> dict[str, Any]:
    lon, lat, told = row
    facts = json.loads(told)
    shown = {"tooltip": facts["title"], "popup": f"{facts['title']}<br>{facts['place']}"}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {**facts, **shown},
    }


def main(database: str) -> None:
    """Serve the page with as many threads as are asked for, until stdin closes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = make_server("127.0.0.1", port, build(database).server, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"port={port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
