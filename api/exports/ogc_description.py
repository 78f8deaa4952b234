"""What the OGC API says of itself: conformance classes, collections, and its OpenAPI 3.0 description."""

from __future__ import annotations

from events.geometry import Area

API_MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMANCE = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")
]
COLLECTIONS = {
    "events": (
        "Events",
        "Events in public space; `datetime` asks for those in force at a moment or during an interval.",
    ),
    "roads": ("Road axes", "Present state of the road axes."),
    "cameras": ("Cameras", "Register of public cameras: position and coverage, never an image."),
    "districts": ("Districts", "Outlines of the districts."),
}
_PARAMETERS: dict[str, dict[str, object]] = {
    "limit": {
        "name": "limit", "in": "query", "required": False, "style": "form", "explode": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100},
    },
    "bbox": {
        "name": "bbox", "in": "query", "required": False, "style": "form", "explode": False,
        "schema": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
    },
    "datetime": {
        "name": "datetime", "in": "query", "required": False, "style": "form", "explode": False,
        "schema": {"type": "string"},
    },
    "cursor": {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
    "restreints": {
        "name": "restreints", "in": "query", "required": False, "schema": {"type": "string", "enum": ["0", "1"]},
    },
    "f": {"name": "f", "in": "query", "required": False, "schema": {"type": "string", "enum": ["json"]}},
    "collection": {
        "name": "collection", "in": "path", "required": True, "schema": {"type": "string", "enum": list(COLLECTIONS)},
    },
    "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
}  # fmt: skip
_PATHS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "/": ("landing", "Landing page.", ("f",)),
    "/conformance": ("conformance", "Conformance classes.", ("f",)),
    "/api": ("description", "This description.", ("f",)),
    "/collections": ("collections", "The collections.", ("f",)),
    "/collections/{collection}": ("collection", "One collection.", ("collection", "f")),
    "/collections/{collection}/items": (
        "items", "Features.", ("collection", "limit", "bbox", "datetime", "cursor", "restreints", "f"),
    ),
    "/collections/{collection}/items/{id}": ("item", "One feature.", ("collection", "id", "restreints", "f")),
}  # fmt: skip


def describe_collection(name: str, area: Area) -> dict[str, object]:
    """Return what a collection says of itself, but its links; `area` is that of the city."""
    title, description = COLLECTIONS[name]
    extent: dict[str, object] = {"spatial": {"bbox": [list(area)], "crs": CRS84}}
    if name == "events":
        extent["temporal"] = {"interval": [[None, None]], "trs": _GREGORIAN}
    return {
        "id": name,
        "title": title,
        "description": description,
        "itemType": "feature",
        "extent": extent,
        "crs": [CRS84],
    }


def describe_ogc(city_name: str, root: str) -> dict[str, object]:
    """Return the OpenAPI 3.0 document of the addresses below `root`."""
    return {
        "openapi": "3.0.3",
        "info": {"title": f"Public-space observatory, {city_name}: features", "version": "1.0.0"},
        "servers": [{"url": root}],
        "paths": {path: {"get": _operation(*said)} for path, said in _PATHS.items()},
    }


def _operation(name: str, summary: str, parameters: tuple[str, ...]) -> dict[str, object]:
    media_type = "application/geo+json" if name.startswith("item") else "application/json"
    answers = {
        "200": {"description": summary, "content": {media_type: {"schema": {"type": "object"}}}},
        "400": {"description": "A parameter is unknown or its value makes no sense."},
    }
    return {
        "operationId": name, "summary": summary, "parameters": [_PARAMETERS[one] for one in parameters],
        "responses": answers,
    }  # fmt: skip
