"""The description of the addresses in OpenAPI 3.1, written beside the code and compared with the routes by a test."""

from __future__ import annotations

import re

from api.agenda import KEYS as AGENDA_KEYS
from api.analysis import KEYS as ANALYSIS_KEYS
from api.conflicts import FILTER_KEYS
from api.conflicts import KEYS as CONFLICT_KEYS
from api.exports.asked import KEYS as EXPORT_KEYS
from api.parameters import EVENT_KEYS
from api.reports.answers import ALL_KEYS as REPORT_KEYS
from events.taxonomy import categories

_MOMENT = "ISO 8601, or epoch seconds; without offset it is the city's clock"
_MEANINGS: dict[str, tuple[str, dict[str, object]]] = {
    "from": (f"Start of the window: {_MOMENT}. Default: 24 hours ago.", {"type": "string"}),
    "to": (f"End of the window: {_MOMENT}. Default: 7 days ahead.", {"type": "string"}),
    "at": (f"What was in force at one moment: {_MOMENT}.", {"type": "string"}),
    "known_at": (f"What was known at a moment, for roles with that right: {_MOMENT}.", {"type": "string"}),
    "district": ("INSEE codes or short numbers, separated by commas.", {"type": "string"}),
    "category": ("Categories or families, separated by commas.", {"type": "string"}),
    "event": ("Conflicts of one event, by its id.", {"type": "string"}),
    "state": (
        "Of conflicts: open, accepted, mitigated, obsolete, separated by commas. Default: all but obsolete.",
        {"type": "string"},
    ),
    "severity": ("Least severity, 0 to 4.", {"type": "integer", "minimum": 0, "maximum": 4}),
    "status": ("planned, ongoing, ended, cancelled, draft, to_confirm, separated by commas.", {"type": "string"}),
    "organisation": ("Organisations, separated by commas.", {"type": "string"}),
    "bbox": ("west,south,east,north in degrees.", {"type": "string"}),
    "q": ("Words of headline or place; case and accents do not count.", {"type": "string", "maxLength": 200}),
    "limit": ("Most records of a page.", {"type": "integer", "minimum": 1}),
    "cursor": ("`next` of the page before, with the same query.", {"type": "string"}),
    "since": ("A number that an earlier answer gave.", {"type": "integer", "minimum": 0}),
    "mark": ("The mark that came with that number: it is another after a restore.", {"type": "string"}),
    "lang": ("fr or en: words of the file. Default: fr.", {"type": "string", "enum": ["fr", "en"]}),
    "compare": (
        "The period beside: `previous` of the same length, or the same days a `year` earlier.",
        {"type": "string"},
    ),
    "restreints": (
        "1: with restricted events, for a member who may see them; the audit notes it.",
        {"type": "string", "enum": ["0", "1"]},
    ),
    "moment": (
        "Of a situation or its map: the moment shown instead of now, replayed or planned; ISO 8601 or epoch seconds.",
        {"type": "string"},
    ),
    "theme": ("Colours of a drawing: `clair` or `sombre`.", {"type": "string", "enum": ["clair", "sombre"]}),
    "jeton": ("The key that the account's page of subscriptions told once.", {"type": "string"}),
    "f": ("json, the only form.", {"type": "string"}),
    "datetime": ("A moment, or an interval start/end; `..` is open.", {"type": "string"}),
    "measure": ("Measures, separated by commas.", {"type": "string"}),
}
_JSON, _GEOJSON = "application/json", "application/geo+json"
_ADDRESSES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("/healthz", "The process answers.", _JSON, ()),
    ("/readyz", "Database writable and schedule beating: 200, else 503 with what is wrong.", _JSON, ()),
    ("/metrics", "Gauges for Prometheus; to programs of this machine, or with the token of metrics.", "text/plain", ()),
    ("/sources.json", "State of every source, for monitoring.", _JSON, ()),
    ("/sources.csv", "The same as a table.", "text/csv", ()),
    ("/sources/{id}/runs.csv", "The last polls of a source as a table.", "text/csv", ()),
    ("/openapi.json", "This description.", _JSON, ()),
    ("/api/events", "Events in force during [from, to].", _GEOJSON, EVENT_KEYS),
    ("/api/events/{id}", "One event.", _GEOJSON, ("at", "known_at")),
    ("/api/events/{id}/versions", "Its versions, each with what it changed.", _JSON, ()),
    ("/api/events/{id}/media", "Its pictures and clips: state, addresses, what may be done with them.", _JSON, ()),
    ("/api/media/{id}", "A masked photo, or a masked clip without sound, in parts where asked.", "image/jpeg", ()),
    ("/api/media/{id}/state", "How a picture or a clip stands; of one that is made, how far.", _JSON, ()),
    ("/api/media/{id}/poster", "The first picture of a clip.", "image/jpeg", ()),
    ("/api/roads", "State of the road axes.", _GEOJSON, ()),
    ("/api/cameras", "Register of public cameras: position and coverage, never an image.", _GEOJSON, ()),
    (
        "/cameras.csv",
        "The register as a table: members read every field, others the public ones.",
        "text/csv",
        ("lang", "restreints"),
    ),
    (
        "/api/tallies",
        "Published counts by area and period (area null: all together; value null: hidden).",
        _JSON,
        ("from", "to", "measure"),
    ),
    ("/api/sources", "State of every source.", _JSON, ()),
    ("/api/districts", "Outlines of the districts.", _GEOJSON, ()),
    ("/api/views", "Views that an organisation or the city shares with who asks.", _JSON, ()),
    ("/api/look", "When the account of who asks last went through what changed, and that as it was then.", _JSON, ()),
    ("/api/subscriptions", "What the account of who asks is told of.", _JSON, ()),
    (
        "/api/subscriptions.atom",
        "What an account subscribed to, as a feed; its key opens it, restricted events are never in it.",
        "application/atom+xml",
        ("jeton", "lang"),
    ),
    ("/api/changes", "What changed after a number.", _JSON, ("since", "limit")),
    ("/api/past", "States of the roads from then until now, and events withdrawn since.", _JSON, ("from",)),
    ("/api/snapshot", "What a browser needs to start, with its number.", _JSON, ("from", "to", "known_at")),
    (
        "/api/stream",
        "Changes as they come: events delta, sources, ping, resync.",
        "text/event-stream",
        ("since", "mark"),
    ),
    (
        "/api/analysis/{panel}.csv",
        (
            "A panel of the analysis as a table: figures, districts, days, categories, heat, axes; whole days, `compare`"
            " previous or year."
        ),
        "text/csv",
        ANALYSIS_KEYS,
    ),
    (
        "/api/agenda",
        "Each local day of a span, 62 at most, with its worst open conflict and its list; open conflicts by district.",
        _JSON,
        AGENDA_KEYS,
    ),
    (
        "/api/agenda/begins",
        "The events that begin on each local day of a week at most.",
        _JSON,
        ("from", "to", *FILTER_KEYS),
    ),
    (
        "/api/conflicts",
        "Conflicts of the next 30 days, each with rule, sides, place, windows, state and measures.",
        _JSON,
        CONFLICT_KEYS,
    ),
    (
        "/api/exports/{name}",
        (
            "A view as a file: events.csv .geojson .ics .atom, cifs.xml, datex2.xml, warnings.atom; `from` and `to` also count"
            " from now, as -24h or +7j."
        ),
        "application/octet-stream",
        EXPORT_KEYS,
    ),
    ("/api/exports/warnings/{id}.xml", "The CAP 1.2 message of a warning.", "application/cap+xml", ("restreints",)),
    (
        "/api/reports/{name}",
        "A view as a document: situation.pdf or analysis.pdf (`compare`), tagged, with maps and charts, twenty a minute for each account; or a drawing: map.svg, categories.svg, axes.svg (`theme`).",
        "application/pdf",
        REPORT_KEYS,
    ),
    ("/ogc", "OGC API - Features: landing page; /ogc/api describes the rest in OpenAPI 3.0.", _JSON, ("f",)),
    ("/ogc/", "The same.", _JSON, ("f",)),
    ("/ogc/conformance", "Conformance classes.", _JSON, ("f",)),
    ("/ogc/api", "Description in OpenAPI 3.0.", _JSON, ("f",)),
    ("/ogc/collections", "The collections.", _JSON, ("f",)),
    ("/ogc/collections/{collection}", "One collection.", _JSON, ("f",)),
    (
        "/ogc/collections/{collection}/items",
        "Features, a page at a time.",
        _GEOJSON,
        ("f", "limit", "bbox", "datetime", "cursor", "restreints"),
    ),
    ("/city/{sha}/{name}", "A figure of the city; never changes.", _GEOJSON, ()),
    ("/texts/{name}", "Every text of one language; never changes.", _JSON, ()),
)
_OPEN = ("/healthz", "/readyz")
_PROBLEM: dict[str, object] = {"content": {_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_PUSH: dict[str, object] = {
    "summary": "A document of a partner, in the source's own format: counts, verdict and rejects.",
    "parameters": [{"name": "source", "in": "path", "required": True, "schema": {"type": "string"}}],
    "requestBody": {"required": True, "content": {"*/*": {}}},
    "responses": {
        "200": {"description": "Read: what was kept and what was not, and why.", "content": {_JSON: {}}},
        "202": {"description": "Read; words of it were withheld, told by place.", "content": {_JSON: {}}},
        "401": {"description": "The key or the signature is not right.", **_PROBLEM},
        "403": {"description": "Not a source of this key, or no live agreement.", **_PROBLEM},
        "409": {"description": "The source is paused.", **_PROBLEM},
        "413": {"description": "The body is too large.", **_PROBLEM},
        "415": {"description": "The body has a content coding.", **_PROBLEM},
        "422": {"description": "The document cannot be read; what is shown stays.", "content": {_JSON: {}}},
        "429": {"description": "Too many pushes from one address or with one key: when to send again.", **_PROBLEM},
    },
}


def describe(city_name: str) -> dict[str, object]:
    """Return the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Public-space observatory, {city_name}",
            "version": "0.1.0",
            "description": "Events in public space, without personal data. Positions are longitude, latitude; times UTC.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "paths": {one[0]: {"get": _operation(*one)} for one in _ADDRESSES} | {"/api/push/{source}": {"post": _PUSH}},
        "components": {
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {
                            "type": "object",
                            "required": ["parameter", "message"],
                            "properties": {
                                "parameter": {"type": ["string", "null"]},
                                "message": {"type": "string"},
                            },
                        }
                    },
                },
                "Category": {"type": "string", "enum": sorted(categories())},
            }
        },
    }


def _operation(path: str, summary: str, media_type: str, keys: tuple[str, ...]) -> dict[str, object]:
    inside = re.findall(r"\{(\w+)\}", path)
    parameters: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in inside
    ]
    for key in keys:
        meaning, schema = _MEANINGS[key]
        parameters.append({"name": key, "in": "query", "required": False, "description": meaning, "schema": schema})
    problem = _PROBLEM
    answers: dict[str, object] = {"200": {"description": summary, "content": {media_type: {}}}}
    if keys:
        answers["400"] = {"description": "A parameter is unknown or its value makes no sense.", **problem}
    if path not in _OPEN:
        answers["401"] = {"description": "Sign-in is required.", **problem}
    if inside:
        answers["404"] = {"description": "There is no such record for this viewer.", **problem}
    if path == "/api/changes":
        answers["410"] = {"description": "The number is not known any more: take the snapshot.", **problem}
    if path == "/readyz":
        answers["503"] = {"description": "Not ready, and why."}
    return {"summary": summary, "parameters": parameters, "responses": answers}
