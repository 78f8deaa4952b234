"""What both versions of DATEX II say of a happening: its type, its severity, its times."""

from __future__ import annotations

from dataclasses import dataclass

from demo.desk import Desk
from demo.formats.markup import element, leaf
from demo.happening import Happening

SEVERITIES = ("lowest", "low", "medium", "high", "highest")


@dataclass(frozen=True, slots=True)
class RecordType:
    """The xsi:type of a record and the element that says its subtype."""

    name: str
    subtype: str
    value: str
    is_operator_action: bool = False


RECORD_TYPES = {
    "accident": RecordType("Accident", "accidentType", "accident"),
    "panne": RecordType("VehicleObstruction", "vehicleObstructionType", "brokenDownVehicle"),
    "congestion": RecordType("AbnormalTraffic", "abnormalTrafficType", "queuingTraffic"),
    "chantier": RecordType("MaintenanceWorks", "roadMaintenanceType", "roadworks"),
    "demolition": RecordType("GeneralObstruction", "obstructionType", "craneOperating"),
    "eau": RecordType("InfrastructureDamageObstruction", "infrastructureDamageType", "burstWaterMain"),
    "fermeture": RecordType(
        "RoadOrCarriagewayOrLaneManagement", "roadOrCarriagewayOrLaneManagementType", "roadClosed", True
    ),
    "fermeture_nuit": RecordType(
        "RoadOrCarriagewayOrLaneManagement", "roadOrCarriagewayOrLaneManagementType", "overnightClosures", True
    ),
    "restriction": RecordType(
        "RoadOrCarriagewayOrLaneManagement", "roadOrCarriagewayOrLaneManagementType", "laneClosures", True
    ),
}


def validity(desk: Desk, happening: Happening, prefix: str, *, is_poisoned: bool) -> str:
    """Return the content of a `validity`: hull, and the hours of each night when it repeats.

    A poisoned record ends before it starts.
    """
    start, end = desk.iso(happening.start), desk.iso(happening.end)
    if is_poisoned:
        start, end = end, start
    nights = ""
    if happening.nightly is not None:
        opens, closes = (desk.wall(minute).strftime("%H:%M:%S") for minute in happening.nightly)
        nights = element(
            f"{prefix}validPeriod",
            element(
                f"{prefix}recurringTimePeriodOfDay",
                leaf(f"{prefix}startTimeOfPeriod", opens),
                leaf(f"{prefix}endTimeOfPeriod", closes),
                xsi_type=f"{prefix}TimePeriodByHour",
            ),
        )
    return leaf(f"{prefix}validityStatus", "definedByValidityTimeSpec") + element(
        f"{prefix}validityTimeSpecification",
        leaf(f"{prefix}overallStartTime", start),
        leaf(f"{prefix}overallEndTime", end),
        nights,
    )


def ends(happening: Happening) -> tuple[list[float], list[float]]:
    """Return the first and last position of a line."""
    line = positions(happening)
    return line[0], line[-1]


def positions(happening: Happening) -> list[list[float]]:
    """Return the positions of a happening's point or line, in order."""
    assert happening.geometry is not None, f"{happening.id} is published in DATEX II and needs a place"
    coordinates = happening.geometry["coordinates"]
    assert isinstance(coordinates, list)
    return [coordinates] if happening.geometry["type"] == "Point" else coordinates
