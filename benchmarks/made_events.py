"""Made-up events of Marseille: always the same ones for a number, no two alike."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from datasources.contract import Coverage, Fetched, Reading, Run, Source, Verdict
from events.audience import PUBLIC
from events.city_file import read_city
from events.records import Event
from events.taxonomy import UNKNOWN_CATEGORY, categories
from events.validity import Validity
from events.vocabulary import GeometryPrecision

SEED = 7525
ROOT = Path(__file__).resolve().parents[1]
CITY, SAID = read_city(ROOT / "cities" / "marseille")
_STREETS = (
    "rue de Rome", "boulevard Baille", "avenue du Prado", "cours Lieutaud", "rue Paradis", "boulevard Michelet",
    "rue de la République", "quai de Rive-Neuve", "avenue de la Capelette", "boulevard de la Libération",
)  # fmt: skip
_WORDS = (
    "chaussée", "voie", "travaux", "circulation", "déviation", "sortie", "carrefour", "prudence", "nuit", "semaine",
    "piétons", "stationnement", "trottoir", "chantier", "matinée", "reprise",
)  # fmt: skip

SOURCE = Source(
    id="works",
    kind="geojson",
    title="Works",
    organisation="voirie",
    licence="LO",
    url="http://127.0.0.1/",
    poll_every=timedelta(minutes=1),
    timezone=CITY.timezone,
    area=CITY.area,
    coverage=Coverage.SNAPSHOT,
    default_audience=PUBLIC,
    maintainer="city",
)


def events(count: int, now: datetime, *, seed: int = SEED) -> Iterator[Event]:
    """Yield events around `now` with a place, a text, one period and a point in the city."""
    chance = random.Random(seed)
    kinds = [one for one in categories().values() if one.id != UNKNOWN_CATEGORY]
    west, south, east, north = CITY.area
    for number in range(count):
        kind = kinds[number % len(kinds)]
        start = now + timedelta(minutes=chance.randrange(-1440, 1440))
        text = " ".join(chance.choice(_WORDS) for _ in range(12)).capitalize() + "."
        yield Event(
            source_id=SOURCE.id,
            external_id=f"W-{number:06d}",
            organisation=SOURCE.organisation,
            category=kind.id,
            severity=kind.default_severity,
            headline=f"{kind.name('fr')}, {chance.choice(_STREETS)}",
            description=text,
            place=chance.choice(_STREETS),
            validity=Validity(start=start, end=start + timedelta(minutes=chance.randrange(60, 6000))),
            audience=PUBLIC,
            geometry={
                "type": "Point",
                "coordinates": [
                    round(chance.uniform(west + 0.4 * (east - west), west + 0.7 * (east - west)), 6),
                    round(chance.uniform(south + 0.4 * (north - south), south + 0.7 * (north - south)), 6),
                ],
            },
            geometry_precision=GeometryPrecision.EXACT,
            published_at=start,
        )


def a_run(told: tuple[Event, ...], now: datetime | None = None) -> Run:
    """Return a good poll that brought these events and tells nothing of the others."""
    at = now or datetime.now(UTC)
    outcome = Fetched(
        source=replace(SOURCE, coverage=Coverage.DELTA),
        reading=Reading(events=told),
        sha256="0" * 64,
        size=1,
        http_status=200,
    )
    return Run(outcome=outcome, verdict=Verdict.OK, reason=None, started_at=at, finished_at=at)
