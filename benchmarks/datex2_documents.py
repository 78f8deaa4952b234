"""DATEX II documents of any size, in the shape of our golden cases: one record a situation, no two alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

SEED = 7525
_START = datetime(2026, 11, 7, 7, 30, tzinfo=UTC)
_KINDS = (
    ("Accident", "accidentType", "accident"),
    ("MaintenanceWorks", "roadMaintenanceType", "roadworks"),
    ("VehicleObstruction", "vehicleObstructionType", "brokenDownVehicle"),
    ("RoadOrCarriagewayOrLaneManagement", "roadOrCarriagewayOrLaneManagementType", "laneClosures"),
    ("AbnormalTraffic", "abnormalTrafficType", "stationaryTraffic"),
)
_WORDS = (
    "chaussée",
    "rétrécie",
    "voie",
    "neutralisée",
    "travaux",
    "circulation",
    "alternée",
    "déviation",
    "sortie",
    "bretelle",
    "échangeur",
    "tunnel",
    "pont",
    "carrefour",
    "ralentissement",
    "prudence",
    "stationnement",
    "gênant",
    "véhicule",
    "immobilisé",
    "nuit",
    "semaine",
    "conseillé",
)
_ROADS = ("A7", "A50", "A55", "A507", "N568", "D4", "D559", "L2")

_V3 = (
    (
        '<?xml version="1.0" encoding="UTF-8"?>\n<mc:messageContainer xmlns:mc="http://datex2.eu/schema/3/messageContainer" '
        'xmlns:com="http://datex2.eu/schema/3/common" xmlns:loc="http://datex2.eu/schema/3/locationReferencing" '
        'xmlns:sit="http://datex2.eu/schema/3/situation" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'modelBaseVersion="3"><mc:payload xsi:type="sit:SituationPublication" lang="fr" modelBaseVersion="3">'
        "<com:publicationTime>2026-11-07T15:30:00Z</com:publicationTime>\n"
    ),
    "</mc:payload></mc:messageContainer>\n",
)
_V2 = (
    (
        '<?xml version="1.0" encoding="UTF-8"?>\n<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" modelBaseVersion="2"><exchange><supplierIdentification>'
        "<country>fr</country><nationalIdentifier>Essai</nationalIdentifier></supplierIdentification></exchange>"
        '<payloadPublication xsi:type="SituationPublication" lang="fr">'
        "<publicationTime>2026-11-07T15:30:00Z</publicationTime>\n"
    ),
    "</payloadPublication></d2LogicalModel>\n",
)


def write_v3(file: Path, size: int) -> int:
    """Write a version 3 publication of about `size` bytes; return how many records it holds."""
    return _write(file, size, _V3, _situation_v3)


def write_v2(file: Path, size: int) -> int:
    """Write a version 2 publication of about `size` bytes; return how many records it holds."""
    return _write(file, size, _V2, _situation_v2)


def _write(file: Path, size: int, ends: tuple[str, str], situation: Callable[[int, random.Random], str]) -> int:
    chance = random.Random(SEED)
    written = records = 0
    with file.open("wb") as stream:
        written += stream.write(ends[0].encode())
        while written < size:
            records += 1
            written += stream.write(situation(records, chance).encode())
        stream.write(ends[1].encode())
    return records


def _situation_v3(number: int, chance: random.Random) -> str:
    (kind, code_name, code), road, text, created, begin, end, lat, lon = _told(chance)
    return (
        f'<sit:situation id="S-{number:07d}"><sit:overallSeverity>medium</sit:overallSeverity><sit:headerInformation>'
        "<com:confidentiality>noRestriction</com:confidentiality><com:informationStatus>real</com:informationStatus>"
        f'</sit:headerInformation><sit:situationRecord xsi:type="sit:{kind}" id="S-{number:07d}-1" version="1">'
        f"<sit:situationRecordCreationTime>{created}</sit:situationRecordCreationTime>"
        f"<sit:situationRecordVersionTime>{created}</sit:situationRecordVersionTime>"
        "<sit:probabilityOfOccurrence>certain</sit:probabilityOfOccurrence><sit:severity>high</sit:severity>"
        "<sit:validity><com:validityStatus>definedByValidityTimeSpec</com:validityStatus>"
        f"<com:validityTimeSpecification><com:overallStartTime>{begin}</com:overallStartTime>"
        f"<com:overallEndTime>{end}</com:overallEndTime></com:validityTimeSpecification></sit:validity>"
        "<sit:generalPublicComment><sit:comment><com:values>"
        f'<com:value lang="fr">{text}</com:value></com:values></sit:comment></sit:generalPublicComment>'
        '<sit:locationReference xsi:type="loc:PointLocation"><loc:coordinatesForDisplay>'
        f"<loc:latitude>{lat}</loc:latitude><loc:longitude>{lon}</loc:longitude></loc:coordinatesForDisplay>"
        f"<loc:supplementaryPositionalDescription><loc:roadInformation><loc:roadNumber>{road}</loc:roadNumber>"
        "</loc:roadInformation></loc:supplementaryPositionalDescription><loc:pointByCoordinates>"
        f"<loc:pointCoordinates><loc:latitude>{lat}</loc:latitude><loc:longitude>{lon}</loc:longitude>"
        f"</loc:pointCoordinates></loc:pointByCoordinates></sit:locationReference><sit:{code_name}>{code}"
        f"</sit:{code_name}></sit:situationRecord></sit:situation>\n"
    )


def _situation_v2(number: int, chance: random.Random) -> str:
    (kind, code_name, code), road, text, created, begin, end, lat, lon = _told(chance)
    return (
        f'<situation id="S-{number:07d}" version="1"><overallSeverity>medium</overallSeverity><headerInformation>'
        "<confidentiality>noRestriction</confidentiality><informationStatus>real</informationStatus></headerInformation>"
        f'<situationRecord xsi:type="{kind}" id="S-{number:07d}-1" version="1">'
        f"<situationRecordCreationTime>{created}</situationRecordCreationTime>"
        f"<situationRecordVersionTime>{created}</situationRecordVersionTime>"
        "<probabilityOfOccurrence>certain</probabilityOfOccurrence><validity>"
        "<validityStatus>definedByValidityTimeSpec</validityStatus><validityTimeSpecification>"
        f"<overallStartTime>{begin}</overallStartTime><overallEndTime>{end}</overallEndTime>"
        "</validityTimeSpecification></validity><generalPublicComment><comment><values>"
        f'<value lang="fr">{text}</value></values></comment><commentType>description</commentType>'
        '</generalPublicComment><groupOfLocations xsi:type="Point"><tpegPointLocation xsi:type="TpegSimplePoint">'
        '<tpegDirection>southBound</tpegDirection><point xsi:type="TpegNonJunctionPoint"><pointCoordinates>'
        f"<latitude>{lat}</latitude><longitude>{lon}</longitude></pointCoordinates><name><descriptor><values>"
        '<value lang="fr">Marseille</value></values></descriptor><tpegOtherPointDescriptorType>townName'
        "</tpegOtherPointDescriptorType></name><name><descriptor><values>"
        f'<value lang="fr">{road}</value></values></descriptor><tpegOtherPointDescriptorType>linkName'
        "</tpegOtherPointDescriptorType></name></point></tpegPointLocation></groupOfLocations>"
        f"<{code_name}>{code}</{code_name}></situationRecord></situation>\n"
    )


def _told(chance: random.Random) -> tuple[tuple[str, str, str], str, str, str, str, str, str, str]:
    created = _START + timedelta(seconds=chance.randrange(10**6))
    begin = created + timedelta(minutes=chance.randrange(10**4))
    moments = (created, begin, begin + timedelta(hours=chance.randrange(1, 400)))
    text = " ".join(chance.choice(_WORDS) for _ in range(14)).capitalize() + "."
    lat, lon = f"{chance.uniform(43.2, 43.4):.6f}", f"{chance.uniform(5.25, 5.5):.6f}"
    created_at, begin_at, end_at = (moment.isoformat() for moment in moments)
    return chance.choice(_KINDS), chance.choice(_ROADS), text, created_at, begin_at, end_at, lat, lon
