"""Traffic as the national road operators publish it: colours by site in DATEX II, and the table that says where sites are.

The colours hold no coordinates; the table is Bison Futé's: 20 names in its header over 19 values, Lambert-93, the case of
identifiers counting.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from pyproj import Transformer

from demo.desk import Desk
from demo.streets import Position

MEDIA_TYPE = "text/xml; charset=utf-8"
TABLE_MEDIA_TYPE = "text/csv; charset=utf-8"
COLUMNS = (
    "code_pme", "source", "source_2", "code_insee_commune", "axe", "pr_debut", "abscisse_debut", "pr_fin",
    "abscisse_fin", "sens_gestionnaire", "sens_cardinal", "sens_migratoire", "sens_giratoire", "longueur", "nb_voies",
    "x_deb", "y_deb", "x_fin", "y_fin", "code_traficolor",
)  # fmt: skip
_WORDS = {"free": "freeFlow", "slow": "heavy", "congested": "congested", "closed": "impossible", "unknown": "freeFlow"}


@dataclass(frozen=True, slots=True)
class Measure:
    """What one site measures: a state in our words, km/h, vehicles an hour, and how many vehicles it saw."""

    site: str
    state: str
    inputs: int
    speed_kmh: float | None = None
    flow_vph: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Where one site is, from its start to its end; metres of length."""

    site: str
    road: str
    start: Position
    end: Position
    length_m: float


def write_measures(desk: Desk, measures: Sequence[Measure]) -> bytes:
    """Return the publication; a broken record names no site. `freeFlow` of no input is how "no data" is written."""
    sites = [_site(desk, one, is_named=not (desk.is_poisoned and one is measures[-1])) for one in measures]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" modelBaseVersion="2"><exchange>'
        "<clientIdentification>Observatoire</clientIdentification><supplierIdentification>"
        "<country>fr</country><nationalIdentifier>TraficFictif</nationalIdentifier></supplierIdentification></exchange>"
        '<payloadPublication xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="MeasuredDataPublication" '
        f'lang="fr"><publicationTime>{desk.now_iso()}</publicationTime>{"".join(sites)}'
        "</payloadPublication></d2LogicalModel>"
    ).encode()


def write_sites(desk: Desk, sections: Iterable[Section], revision: int) -> bytes:
    """Return the table of sites; each edition ends with the row of a site that measures nothing yet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for section in sections:
        name = desk.canaries.planted(section.road, desk.source, section.site, "name")
        writer.writerow(
            _row(section.site, name, round(section.length_m), (*_lambert(section.start), *_lambert(section.end)))
        )
    writer.writerow(_row(f"XM900.Z{revision}", "Sans capteur", 0, ("", "", "", "")))
    return text.getvalue().encode()


def _row(site: str, road: str, length: int, places: tuple[object, ...]) -> tuple[object, ...]:
    return (site, "DIRFIC", "", road, "", "", "", "", 1, "", "", "", length, 0, *places[:4], "MA13")


def _site(desk: Desk, measure: Measure, *, is_named: bool) -> str:
    name = f" id={quoteattr(measure.site)}" if is_named else ""
    values = _basic(
        "TrafficStatus",
        f'<trafficStatus numberOfInputValuesUsed="{measure.inputs}">'
        f"<trafficStatusValue>{_WORDS[measure.state]}</trafficStatusValue></trafficStatus>",
    )
    if measure.flow_vph is not None:
        values += _basic(
            "TrafficFlow", f"<vehicleFlow><vehicleFlowRate>{measure.flow_vph}</vehicleFlowRate></vehicleFlow>"
        )
    if measure.speed_kmh is not None:
        values += _basic(
            "TrafficSpeed", f"<averageVehicleSpeed><speed>{measure.speed_kmh:.1f}</speed></averageVehicleSpeed>"
        )
    if contact := desk.canaries.contact(desk.source, measure.site, "contact"):
        values += f"<siteMeasurementsExtension><contact>{escape(contact)}</contact></siteMeasurementsExtension>"
    return (
        f'<siteMeasurements><measurementSiteReference targetClass="MeasurementSiteRecord"{name} version="1"/>'
        f"<measurementTimeDefault>{desk.now.isoformat()}</measurementTimeDefault>{values}</siteMeasurements>"
    )


def _basic(kind: str, inside: str) -> str:
    return (
        f'<measuredValue index="0"><measuredValue><basicData xsi:type="{kind}">{inside}</basicData></measuredValue>'
        "</measuredValue>"
    )


def _lambert(position: Position) -> tuple[str, str]:
    x, y = _projection().transform(*position)
    return f"{x:.1f}", f"{y:.1f}"


@cache
def _projection() -> Transformer:
    return Transformer.from_crs(4326, 2154, always_xy=True)
