"""Who looks: decided once for each request, for every address and every callback alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request

from events.audience import CITY_READER, Viewer
from events.errors import AccessDenied

VIEWER = "observatory.viewer"

ViewerRule = Callable[[Mapping[str, str]], Viewer | None]
"""From a request's headers (names in lower case) to its viewer; None: sign-in is missing."""

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/transparence", "/_favicon.ico"})
OPEN_FOLDERS = ("/assets/", "/_dash-component-suites/", "/transparence/")


def demonstration(headers: Mapping[str, str]) -> Viewer | None:
    """Take everyone as a city reader: the demonstration holds made-up records only."""
    del headers
    return CITY_READER


def signed_in_only(headers: Mapping[str, str]) -> Viewer | None:
    """Take no one: without accounts and keys, nobody can be known."""
    del headers
    return None


def is_open(path: str) -> bool:
    """Tell whether an address answers without sign-in."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def viewer_of(request: Request) -> Viewer:
    """Return who looks; raise AccessDenied when nobody signed in."""
    return viewer_in(request.scope)


def viewer_in(scope: Mapping[str, Any]) -> Viewer:
    """Return who looks, from the connection's scope (a WSGI request holds it as `asgi.scope`)."""
    viewer = scope.get(VIEWER)
    if not isinstance(viewer, Viewer):
        raise AccessDenied("sign-in is required")
    return viewer
