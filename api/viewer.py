"""Who looks: decided once for each request, for every address and every callback alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from starlette.requests import Request

from access.members import Member
from access.roles import Right, Role
from events.audience import Viewer
from events.errors import AccessDenied

VIEWER = "observatory.viewer"

ViewerRule = Callable[[Mapping[str, str]], Viewer | None]
"""From a request's headers (names in lower case) to its viewer; None: sign-in is missing."""

OPEN_PATHS = frozenset(
    {
        "/connexion",
        "/connexion/fournisseur",
        "/connexion/retour",
        "/deconnexion",
        "/healthz",
        "/readyz",
        "/metrics",
        "/transparence",
        "/_favicon.ico",
    }
)
OPEN_FOLDERS = ("/assets/", "/_dash-component-suites/", "/transparence/")

# What a city that opened its data gives to programs without a key: its public records, in the formats of others.
OPEN_DATA = ("/api/exports/", "/ogc")


def is_open_data(path: str) -> bool:
    """Tell whether an address serves public records without a key where the city opened its data."""
    return path.startswith((OPEN_DATA[0], OPEN_DATA[1] + "/")) or path == OPEN_DATA[1]


def is_open(path: str) -> bool:
    """Tell whether an address answers without sign-in."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


# What the wall draws and asks for: the token of a display opens no other page and no list of records.
WALL_PATHS = frozenset({"/mur", "/api/snapshot", "/api/stream", "/api/cameras", "/api/changes", "/openapi.json"})
WALL_FOLDERS = ("/_dash-", "/city/", "/texts/")
WALL = "/mur"


FEED = "/api/subscriptions.atom"


def brings_token(scope: Mapping[str, Any], paths: Collection[str] = (WALL, FEED)) -> bool:
    """Tell whether a wall display or a reader of feeds shows its token: all that opens these addresses."""
    query = scope.get("query_string", b"")
    return scope["path"] in paths and any(part.startswith(b"jeton=") for part in query.split(b"&"))


def check_wall(viewer: Viewer | None, path: str) -> None:
    """Raise NotForWalls when a display asks for what no wall shows."""
    is_wall = isinstance(viewer, Member) and viewer.role is Role.WALL
    if is_wall and not (path in WALL_PATHS or path.startswith(WALL_FOLDERS) or is_open(path)):
        raise NotForWalls


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


class NotForWalls(AccessDenied):
    """A wall display asked for another page."""

    def __init__(self) -> None:
        super().__init__("this display opens the wall (/mur) and nothing else")


class NotAllowed(AccessDenied):
    """Somebody who signed in asked for what their role may not do."""

    def __init__(self, right: Right) -> None:
        self.right = right
        super().__init__(f"your role does not include this right: {right.value}; nothing was done")
