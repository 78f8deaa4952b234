"""Who looks: decided once for each request, for every address and every callback alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request

from access.members import Member
from access.roles import Right
from events.audience import Viewer
from events.errors import AccessDenied

VIEWER = "observatory.viewer"

ViewerRule = Callable[[Mapping[str, str]], Viewer | None]
"""From a request's headers (names in lower case) to its viewer; None: sign-in is missing."""

OPEN_PATHS = frozenset(
    {"/connexion", "/deconnexion", "/healthz", "/readyz", "/metrics", "/transparence", "/_favicon.ico"}
)
OPEN_FOLDERS = ("/assets/", "/_dash-component-suites/", "/transparence/")


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


def member_of(request: Request) -> Member | None:
    """Return who signed in, None for a visitor."""
    return member_in(request.scope)


def member_in(scope: Mapping[str, Any]) -> Member | None:
    """Return who signed in, from the connection's scope, None for a visitor."""
    viewer = scope.get(VIEWER)
    return viewer if isinstance(viewer, Member) else None


def require(scope: Mapping[str, Any], right: Right) -> Member:
    """Return who signed in and has a right; raise AccessDenied for a visitor, NotAllowed for another member."""
    member = member_in(scope)
    if member is None:
        raise AccessDenied("sign-in is required")
    if not member.may(right):
        raise NotAllowed(right)
    return member


class NotAllowed(AccessDenied):
    """Somebody who signed in asked for what their role may not do."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"your role does not include this right: {right.value}; nothing was done")
