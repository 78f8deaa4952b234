"""CAP messages for the tests of the adapter: one part is bent at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from datasources.adapters.cap import CapAdapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC, Audience

AREA = (5.0, 43.0, 6.0, 44.0)
BASE = "https://meteo.example/flux/index.atom"
SQUARE = "<polygon>43.2,5.3 43.2,5.4 43.3,5.4 43.3,5.3 43.2,5.3</polygon>"


def source(audience: Audience = PUBLIC, **options: object) -> Source:
    return Source(
        id="weather-warnings", kind="cap", title="Warnings", organisation="meteo", licence="LO", url=BASE,
        poll_every=timedelta(minutes=1), timezone="Europe/Paris", area=AREA, coverage=Coverage.SNAPSHOT,
        default_audience=audience, maintainer="city", options=options,
    )  # fmt: skip


def area(*inside: str, name: str = "Rade") -> str:
    return f"<area><areaDesc>{name}</areaDesc>{''.join(inside)}</area>"


def geocode(name: str, value: str) -> str:
    return f"<geocode><valueName>{name}</valueName><value>{value}</value></geocode>"


def info(
    inside: str = "", *, language: str = "fr", event: str = "vent", severity: str = "Moderate", where: str = SQUARE
) -> str:
    spoken = f"<language>{language}</language>" if language else ""
    where = where if where.startswith("<area") or not where else area(where)
    return (
        f"<info>{spoken}<category>Met</category><event>{event}</event><severity>{severity}</severity>"
        f"{inside}{where}</info>"
    )


def message(
    infos: str = "", *, name: str = "m-1", kind: str = "Alert", status: str = "Actual", references: str = "",
    sent: str = "2026-11-07T08:00:00Z", sender: str = "s", scope: str = "Public", version: str = "1.2",
) -> str:  # fmt: skip
    named = f"<references>{references}</references>" if references else ""
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:{version}"><identifier>{name}</identifier>'
        f"<sender>{sender}</sender><sent>{sent}</sent><status>{status}</status><msgType>{kind}</msgType>"
        f"<scope>{scope}</scope>{named}{infos}</alert>"
    )


def feed(*entries: str) -> str:
    inside = "".join(f"<entry><id>x</id>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-11-07T14:30:00Z</updated>{inside}</feed>'


def held(alert: str) -> str:
    return f'<content type="text/xml">{alert}</content>'


def read(body: str | bytes, *, url: str = BASE, audience: Audience = PUBLIC, **options: object) -> Reading:
    told = body if isinstance(body, bytes) else body.encode()
    moment = datetime(2026, 11, 7, 14, 32, tzinfo=UTC)
    return CapAdapter(source(audience, **options)).read(Document(told, media_type="", url=url, retrieved_at=moment))


def why(reading: Reading) -> list[str]:
    return [reject.reason for reject in reading.rejects]
