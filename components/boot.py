"""What the frame must know of the city, the request and the demonstration before it draws anything."""

from __future__ import annotations

from dataclasses import dataclass, field

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class DistrictName:
    """A district as filters and screens call it: `code` INSEE, `short` what `arr=` takes, `name` in full."""

    code: str
    short: str
    name: str


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """An organisation by its id and the name the screen shows."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WallScene:
    """A scene of wall displays; `view` is a query string, `is_restricted`: it may show restricted events on such a display."""

    id: str
    template: str
    name: str
    duration_s: int
    view: str
    is_restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who signed in, as the frame shows it: the post, its organisation's name, its role, and the rights that draw buttons."""

    account: str
    organisation: str
    organisation_id: str
    role: str
    rights: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """One city and one request: `center` is [longitude, latitude]; `path` the address asked for, "" when unknown."""

    city_name: str
    timezone: str
    center: tuple[float, float]
    zoom: float
    districts: tuple[DistrictName, ...]
    organisations: tuple[OrganisationName, ...]
    is_demo: bool
    demo_title: str = ""
    lang: str = "fr"
    path: str = ""
    search: str = field(default="")
    member: SignedIn | None = None
    scenes: tuple[WallScene, ...] = ()
    media: str = "off"  # what contributors may add to an event: off, photos, clips (photos too)
    open_reviews: int = 0  # differences that the control flagged and nobody answered yet
