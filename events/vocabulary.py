"""The closed lists of words: CAP 1.2's scales, DATEX II's traffic states, and our own few."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """Effect on public space, 0 (good to know) to 4 (danger to people); CAP 1.2 severity in words."""

    INFORMATION = 0
    MINOR = 1
    MODERATE = 2
    MAJOR = 3
    CRITICAL = 4


class Urgency(StrEnum):
    """CAP 1.2 urgency."""

    IMMEDIATE = "immediate"
    EXPECTED = "expected"
    FUTURE = "future"
    PAST = "past"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """CAP 1.2 certainty."""

    OBSERVED = "observed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class StoredStatus(StrEnum):
    """What cannot be computed from time; planned, ongoing and ended never are stored."""

    DRAFT = "draft"
    TO_CONFIRM = "to_confirm"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """Where an event stands at a moment, computed from its periods and stored status."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    ENDED = "ended"
    CANCELLED = "cancelled"


class InformationStatus(StrEnum):
    """DATEX II informationStatus; exercises are kept and marked, tests are refused at the border."""

    REAL = "real"
    EXERCISE = "exercise"
    TEST = "test"


class DetectionMode(StrEnum):
    """How the record came to be known: the fairness figures rest on it."""

    REPORT = "report"
    INITIATIVE = "initiative"
    SENSOR = "sensor"
    OPEN_DATA = "open_data"


class GeometryPrecision(StrEnum):
    """How far a geometry may be trusted."""

    EXACT = "exact"
    ENDPOINTS = "endpoints"
    DISTRICT = "district"
    CITY = "city"
    NONE = "none"


class TrafficState(StrEnum):
    """State of a road axis; DATEX II trafficStatus heavy is slow, impossible is closed."""

    FREE = "free"
    SLOW = "slow"
    CONGESTED = "congested"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class CameraKind(StrEnum):
    """Kinds of public camera; only position and coverage are ever held."""

    FIXED = "fixed"
    DOME = "dome"
    PTZ = "ptz"
    ANPR = "anpr"
    MOBILE = "mobile"


# Pixels per metre (EN 62676-4), finest first. The edition of 2025 calls the levels otherwise: their names are texts of the catalogue.
DETAIL_LEVELS = ((250.0, "identify"), (125.0, "recognise"), (62.0, "observe"), (25.0, "detect"))


def detail_level(pixels_per_metre: float) -> str | None:
    """Return the level of detail that a density reaches, None under the least."""
    return next((name for least, name in DETAIL_LEVELS if pixels_per_metre >= least), None)


class CameraService(StrEnum):
    """Whether a camera of the register is in place and working."""

    PLANNED = "planned"
    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"


class MarchStatus(StrEnum):
    """Where a march or a gathering stands between its declaration and its end, as an authority or a post tells it."""

    DECLARED = "declared"
    MODIFIED = "modified"
    FORBIDDEN = "forbidden"
    CONFIRMED = "confirmed"
    UNDER_WAY = "under_way"
    DISPERSED = "dispersed"
    CANCELLED = "cancelled"

    @property
    def takes_place(self) -> bool:
        """Whether it is to take place: a forbidden or cancelled one closes no street."""
        return self not in (MarchStatus.FORBIDDEN, MarchStatus.CANCELLED)


class CheckpointKind(StrEnum):
    """What happens at a point of a route."""

    ASSEMBLY = "assembly"
    START = "start"
    PASS = "pass"  # noqa: S105 - a passing point, not a secret
    HALT = "halt"
    DISPERSAL = "dispersal"
