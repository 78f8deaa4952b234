"""What DATEX II says of traffic at one place, and which of our five states that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from datasources.readers.places import number_of
from datasources.readers.times import Times
from datasources.readers.xml import Element, local, text_of, xsi_type
from events.errors import InvalidRecord
from events.vocabulary import TrafficState

TRAFFIC = frozenset({"TrafficStatus", "TrafficFlow", "TrafficSpeed", "TravelTimeData"})
MAX_SPEED_KMH = 400.0
MAX_FLOW_VPH = 100_000.0
"""Counters write 9999999 for "nothing measured"."""
MAX_SECONDS = 86_400.0

# Shares of the speed of a free road, and the lost time that makes `heavy` felt (DESIGN 9 and the taxonomy).
FREE_SHARE, SLOW_SHARE = 0.75, 0.25
FELT_S = 120.0

_STATES = {
    "freeFlow": TrafficState.FREE,
    "heavy": TrafficState.SLOW,
    "congested": TrafficState.CONGESTED,
    "impossible": TrafficState.CLOSED,
    "unknown": TrafficState.UNKNOWN,
}


@dataclass(slots=True)
class Measure:
    """Everything one document says of one place; speeds in km/h, flows in vehicles an hour, times in seconds."""

    kinds: set[str] = field(default_factory=set)  # of basicData, traffic only
    others: set[str] = field(default_factory=set)  # weather and what else is measured beside roads
    status: str | None = None
    is_status_empty: bool = False  # the publisher counted no vehicle behind it
    speed: float | None = None
    flow: float | None = None
    travel_time: float | None = None
    free_time: float | None = None
    free_speed: float | None = None
    at: datetime | None = None

    def add(self, other: Measure) -> None:
        """Take over what another element about the same place says."""
        self.kinds |= other.kinds
        self.others |= other.others
        self.is_status_empty |= other.is_status_empty
        for name in ("status", "speed", "flow", "travel_time", "free_time", "free_speed"):
            if getattr(other, name) is not None:
                setattr(self, name, getattr(other, name))
        self.at = max(filter(None, (self.at, other.at)), default=None)

    @property
    def has_passed_nobody(self) -> bool:
        """Tell whether the counter saw no vehicle: a speed of zero is then no jam."""
        return self.speed == 0 and self.flow == 0

    @property
    def state(self) -> TrafficState:
        """Return our state: the publisher's word when something stands behind it, else the share of a free road's speed."""
        if self.is_status_empty:
            return TrafficState.UNKNOWN  # `freeFlow` of no input is what the publisher writes for "no data"
        if self.status is not None:
            state = _STATES.get(self.status, TrafficState.UNKNOWN)
            lost = self._lost_s()
            if self.status == "heavy" and lost is not None:
                return TrafficState.SLOW if lost > FELT_S else TrafficState.FREE
            return state
        share = self._share()
        if share is None:
            return TrafficState.UNKNOWN
        if share >= FREE_SHARE:
            return TrafficState.FREE
        return TrafficState.SLOW if share >= SLOW_SHARE else TrafficState.CONGESTED

    def _lost_s(self) -> float | None:
        if self.travel_time is None or self.free_time is None:
            return None
        return self.travel_time - self.free_time

    def _share(self) -> float | None:
        if self.travel_time and self.free_time:
            return self.free_time / self.travel_time
        if self.speed is not None and self.free_speed and not self.has_passed_nobody:
            return self.speed / self.free_speed
        return None


def read_measure(element: Element, times: Times) -> Measure:
    """Return what a `siteMeasurements` or `elaboratedData` element holds; `index` is not looked at, since it repeats.

    Raises InvalidRecord for a time or number that is none.
    """
    measure = Measure()
    for child in element:
        if local(child) == "measurementTimeDefault":
            measure.at = times.moment(_value(child))
    for basic in element.iter("{*}basicData"):
        kind = xsi_type(basic)
        if kind in TRAFFIC:
            measure.kinds.add(kind)
            _read_basic(basic, measure, times)
        else:
            measure.others.add(kind)
    return measure


def _read_basic(basic: Element, measure: Measure, times: Times) -> None:
    for child in basic:
        name = local(child)
        if name == "trafficStatus":
            measure.status = _value(child, "trafficStatusValue")
            measure.is_status_empty = measure.is_status_empty or not _has_input(child)
        elif name == "measurementOrCalculationTime":
            measure.at = times.moment(_value(child)) or measure.at
        elif name in _NUMBERS and _has_input(child):
            attribute, leaf, limit = _NUMBERS[name]
            number = number_of(_value(child, leaf))
            if number is not None and 0 <= number <= limit:
                setattr(measure, attribute, number)


_NUMBERS = {
    "averageVehicleSpeed": ("speed", "speed", MAX_SPEED_KMH),
    "vehicleFlow": ("flow", "vehicleFlowRate", MAX_FLOW_VPH),
    "travelTime": ("travel_time", "duration", MAX_SECONDS),
    "freeFlowTravelTime": ("free_time", "duration", MAX_SECONDS),
    "freeFlowSpeed": ("free_speed", "speed", MAX_SPEED_KMH),
}


def _value(element: Element, leaf: str = "timeValue") -> str:
    """Return the text of a child, or of the element itself: version 1 writes without the inner element."""
    for child in element:
        if local(child) == leaf:
            return text_of(child)
    return text_of(element)


def _has_input(element: Element) -> bool:
    used = element.get("numberOfInputValuesUsed")
    for child in element:
        if local(child) == "numberOfInputValuesUsed":
            used = text_of(child)
    try:
        return used is None or number_of(used) != 0
    except InvalidRecord:
        return True  # an unreadable count of inputs is not a count of none
