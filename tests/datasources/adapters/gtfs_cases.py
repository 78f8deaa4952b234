"""What the tests of GTFS-Realtime alerts build on: an invented network, feeds and a reader."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

from google.transit import gtfs_realtime_pb2 as realtime

from datasources.adapters.gtfsrt_alerts import GtfsRealtimeAlertsAdapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC
from events.geometry import Area
from events.records import Event

AREA = (5.0, 43.0, 6.0, 44.0)
WORLD = (-180.0, -90.0, 180.0, 90.0)
READ_AT = datetime(2026, 11, 7, 14, 32, tzinfo=UTC)
NOON = 1_794_052_800
NETWORK = {
    "stops.txt": "\ufeffstop_id,stop_name,stop_lat,stop_lon,parent_station\n"
    "S1,Gare fictive,43.30,5.38,\nS2,Port fictif,43.29,5.37,\nQ1,Quai,,,S1\nZ0,Nulle part,0,0,\nLOIN,Ailleurs,48.85,2.35,\n",
    "routes.txt": "route_id,route_short_name,route_long_name,route_type\nM1,M1,Métro,1\nB21,21,Bus,3\nR9,,Train lointain,2\n",
    "trips.txt": "route_id,trip_id,shape_id,direction_id\nM1,t1,s1,0\nM1,t2,s2,1\nB21,b1,,0\nR9,r1,,0\n",
    "shapes.txt": "shape_id,shape_pt_sequence,shape_pt_lat,shape_pt_lon\ns1,2,43.29,5.37\ns1,1,43.30,5.38\ns2,1,43.29,5.37\ns2,2,43.30,5.38\n",
    "stop_times.txt": "trip_id,stop_id,stop_sequence\nb1,S2,1\nb1,S1,2\nr1,LOIN,1\n",
}


def archive(tables: dict[str, str]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in tables.items():
            packed.writestr(name, text)
    return body.getvalue()


def feed(*alerts: realtime.FeedEntity, **header: object) -> bytes:
    message = realtime.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = NOON
    for name, value in header.items():
        setattr(message.header, name, value)
    message.entity.extend(alerts)
    return message.SerializeToString()


def entity(
    name: str = "a1", said: tuple[tuple[str, str], ...] = (("Perturbation", "fr"),), **selector: object
) -> realtime.FeedEntity:
    one = realtime.FeedEntity(id=name)
    for text, language in said:
        one.alert.header_text.translation.add(text=text, language=language)
    one.alert.informed_entity.add(**(selector or {"route_type": 3}))
    return one


def document(body: bytes) -> Document:
    return Document(body, media_type="", url="", retrieved_at=READ_AT)


def adapter(area: Area = AREA, **options: object) -> GtfsRealtimeAlertsAdapter:
    return GtfsRealtimeAlertsAdapter(
        Source(
            id="transit-alerts", kind="gtfsrt_alerts", title="Alerts", organisation="transit", licence="LO",
            url="https://example.org/", poll_every=timedelta(minutes=1), timezone="Europe/Paris", area=area,
            coverage=Coverage.SNAPSHOT, default_audience=PUBLIC, maintainer="city", options=options,
        )
    )  # fmt: skip


def read(*alerts: realtime.FeedEntity, network: dict[str, str] | None = None, **options: object) -> Reading:
    reader = adapter(**options)
    if network is not None:
        reader.learn("static", document(archive(network)))
    return reader.read(document(feed(*alerts)))


def only(reading: Reading) -> Event:
    assert len(reading.events) == reading.records_seen == 1, reading.rejects
    return reading.events[0]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
