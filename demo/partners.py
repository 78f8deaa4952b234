"""The partners: which source answers at which path, in which format, in whose words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from demo import load
from demo.cameras import COLUMNS as CAMERA_COLUMNS
from demo.cameras import write_cameras
from demo.day import Day
from demo.desk import Desk
from demo.formats import bison_fute, cap, features, gtfs_realtime, gtfs_static, street_orders, tables, traficolor
from demo.formats.features import Dialect
from demo.happening import Happening
from demo.network import Network
from demo.streets import Streets
from demo.tallies import COLUMNS as TALLY_COLUMNS
from demo.tallies import write_tallies
from demo.traffic import Traffic
from demo.weather import LATE_SOURCE, Weather

Write = Callable[[Desk, Sequence[Happening]], bytes]
Publish = Callable[[Desk, int, bool], bytes]
"""From a desk, a number of asked changes and whether the document must be empty, to the document."""
PublishPart = Callable[[Desk, int, str], bytes | None]
"""From a desk, a number of asked changes and a name, to a document that the main one links to."""

PREFECTURE = Dialect(
    names={"debut": "date_debut", "fin": "date_fin", "categorie": "forme"},
    codes={"manifestation": "DEFILE", "rassemblement": "STATIQUE", "ceremonie": "CEREMONIE"},
)
SECURITY = Dialect(
    names={"categorie": "type_operation"},
    codes={
        "objet_suspect": "PERIMETRE",
        "evacuation": "EVACUATION",
        "visite": "VISITE_OFFICIELLE",
        "operation_police": "OPERATION_PROGRAMMEE",
    },
)
FIRE_BRIGADE = Dialect(names={"categorie": "nature_sinistre"}, codes={"incendie": "INC", "secours": "SAV"})
PLAIN = Dialect()
AGENDA = {"marche": "MARCHE", "tournage": "TOURNAGE", "concert": "CONCERT", "spectacle": "SPECTACLE"}
POLICE = {"obstacle": "OBST", "panne": "PANNE", "match": "SPORT", "action_non_declaree": "AND"}

TRANSPORT = "transport-perturbations"

CITY_STREETS = frozenset({"primary", "secondary"})
NATIONAL_ROADS = frozenset({"motorway", "tunnel"})


@dataclass(frozen=True, slots=True)
class Partner:
    """One source: its path, what it answers, and whether the document stays the same through a loop.

    A reference is no source of its own: a table that another partner's documents refer to. Parts are documents that the
    main one links to, at addresses beside it.
    """

    source: str
    path: str
    media_type: str
    publish: Publish
    is_static: bool = False
    is_reference: bool = False
    publish_part: PublishPart | None = None
    part_type: str = ""


def partners(day: Day, streets: Streets, events: int) -> tuple[Partner, ...]:
    """Return every partner of the demonstration, with `events` synthetic events in the source `demo-load`."""
    traffic = Traffic(day, streets)
    written = [
        *(_geojson(day, source, dialect) for source, dialect in _GEOJSON.items()),
        *(_csv(day, source, codes) for source, codes in _CSV.items()),
        _weather(day),
        _partner(day, "direction-routes-evenements", "content.xml", bison_fute.MEDIA_TYPE, bison_fute.write_snapshot),
        _partner(day, "voirie-arretes", "situations.xml", street_orders.MEDIA_TYPE, street_orders.write_payload),
        _alerts(day),
        _network(day),
        _roads("voirie-trafic", traffic, CITY_STREETS, "cours-lieutaud"),
        _roads("direction-routes-trafic", traffic, NATIONAL_ROADS, "a50"),
        _sites("voirie-trafic", traffic, CITY_STREETS),
        _sites("direction-routes-trafic", traffic, NATIONAL_ROADS),
        Partner("cameras-registre", "cameras-registre/registre.csv", tables.MEDIA_TYPE, _cameras(streets)),
        Partner("police-tallies", "police-tallies/operations.csv", tables.MEDIA_TYPE, _tallies(streets)),
    ]
    if events:
        written.append(_load(load.synthetic(events, streets, day.loop_start)))
    return tuple(written)


_GEOJSON = {
    "prefecture-manifestations": PREFECTURE,
    "prefecture-securite": SECURITY,
    "prefecture-visites": SECURITY,
    "prefecture-operations": SECURITY,
    "marins-pompiers-interventions": FIRE_BRIGADE,
    "reseau-electrique-coupures": PLAIN,
    "reseau-eau-travaux": PLAIN,
    "ville-parcours": PLAIN,
    "metropole-parkings": PLAIN,
}
_CSV: dict[str, dict[str, str]] = {
    "police-evenements": POLICE,
    "port-escales": {},
    "ville-agenda": AGENDA,
    "littoral-plages": {},
    "metropole-collectes": {},
    "metropole-chantiers": {},
}


def _geojson(day: Day, source: str, dialect: Dialect) -> Partner:
    def write(desk: Desk, happenings: Sequence[Happening]) -> bytes:
        return features.write_features(desk, happenings, dialect, desk.now_iso())

    return _partner(day, source, "evenements.geojson", features.MEDIA_TYPE, write)


def _csv(day: Day, source: str, codes: dict[str, str]) -> Partner:
    def write(desk: Desk, happenings: Sequence[Happening]) -> bytes:
        return tables.write_events(desk, happenings, codes)

    return _partner(day, source, "export.csv", tables.MEDIA_TYPE, write)


def _partner(day: Day, source: str, name: str, media_type: str, write: Write) -> Partner:
    happenings = day.of(source)

    def publish(desk: Desk, revision: int, is_empty: bool) -> bytes:
        if is_empty:
            return write(replace(desk, is_poisoned=False), ())
        known = [happening for one in happenings if (happening := one.as_of(desk.minute)) is not None]
        return write(desk, [one.bumped(0 if index else revision, desk.minute) for index, one in enumerate(known)])

    return Partner(source, f"{source}/{name}", media_type, publish)


def _alerts(day: Day) -> Partner:
    def write(desk: Desk, happenings: Sequence[Happening]) -> bytes:
        return gtfs_realtime.write_alerts(desk, happenings, day.network)

    return _partner(day, TRANSPORT, "alertes.pb", gtfs_realtime.MEDIA_TYPE, write)


def _network(day: Day) -> Partner:
    def publish(desk: Desk, revision: int, is_empty: bool) -> bytes:
        return gtfs_static.write_archive(desk, Network() if is_empty else day.network, revision)

    path = f"{TRANSPORT}/reseau.zip"
    return Partner("transport-reseau", path, gtfs_static.MEDIA_TYPE, publish, is_reference=True)


def _weather(day: Day) -> Partner:
    weather = Weather(day.of(LATE_SOURCE))
    path = f"{LATE_SOURCE}/alertes.atom"
    return Partner(
        LATE_SOURCE, path, cap.MEDIA_TYPE, weather.index, publish_part=weather.message, part_type=cap.MESSAGE_TYPE
    )


def _load(happenings: tuple[Happening, ...]) -> Partner:
    def publish(desk: Desk, revision: int, is_empty: bool) -> bytes:
        shown = () if is_empty else (happenings[0].bumped(revision, desk.minute), *happenings[1:])
        return features.write_features(desk, shown, PLAIN, desk.iso(desk.clock.loop_start))

    path = f"{load.SOURCE}/evenements.geojson"
    return Partner(load.SOURCE, path, features.MEDIA_TYPE, publish, is_static=True)


def _roads(source: str, traffic: Traffic, classes: frozenset[str], turned: str) -> Partner:
    def publish(desk: Desk, revision: int, is_empty: bool) -> bytes:
        lifted = turned if revision % 2 else None
        return traficolor.write_measures(desk, () if is_empty else traffic.measures(desk.minute, classes, lifted))

    return Partner(source, f"{source}/content.xml", traficolor.MEDIA_TYPE, publish)


def _sites(source: str, traffic: Traffic, classes: frozenset[str]) -> Partner:
    def publish(desk: Desk, revision: int, is_empty: bool) -> bytes:
        return traficolor.write_sites(desk, () if is_empty else traffic.sections(classes), revision)

    path = f"{source}/refDir.csv"
    return Partner(f"{source}-sites", path, traficolor.TABLE_MEDIA_TYPE, publish, is_reference=True)


def _cameras(streets: Streets) -> Publish:
    def publish(desk: Desk, revision: int, is_empty: bool) -> bytes:
        if is_empty:
            return tables.write_table(CAMERA_COLUMNS, (), has_bom=True)
        return write_cameras(desk, streets, revision=revision)

    return publish


def _tallies(streets: Streets) -> Publish:
    def publish(desk: Desk, revision: int, is_empty: bool) -> bytes:
        return tables.write_table(TALLY_COLUMNS, ()) if is_empty else write_tallies(desk, streets, revision=revision)

    return publish
