"""What the words of SIRI-SX mean here: mode and reason to category, severity and condition to severity."""

from __future__ import annotations

import re
from collections.abc import Iterable

from events.taxonomy import UNKNOWN_CATEGORY, category
from events.vocabulary import InformationStatus, Severity, StoredStatus

# Modes of TransModel, then those of the simpler list that older producers use.
MODES = {
    "bus": "bus", "coach": "bus", "trolleyBus": "bus",
    "metro": "metro", "underground": "metro",
    "tram": "tram", "tramway": "tram", "lightRail": "tram",
    "rail": "train", "train": "train", "intercityRail": "train", "urbanRail": "train", "suburbanRail": "train",
    "ferry": "navette", "water": "navette", "ferryService": "navette", "shuttle": "navette",
}  # fmt: skip
_STRIKES = frozenset({"strike", "industrialAction", "unofficialIndustrialAction", "staffStrike"})
_ROAD_REASONS = {
    "accident": "accident", "roadAccident": "accident", "roadworks": "chantier", "constructionWork": "chantier",
    "maintenanceWork": "chantier", "roadClosed": "fermeture", "congestion": "congestion", "breakDown": "panne",
    "demonstration": "manifestation", "flooding": "inondation", "fire": "incendie",
}  # fmt: skip
# `normal`, `slight`, `undefined` and `unknown` are what producers write when they mean nothing by it.
_SEVERITIES = {
    "noImpact": Severity.INFORMATION,
    "verySlight": Severity.MINOR,
    "severe": Severity.MAJOR,
    "verySevere": Severity.MAJOR,
}
_STOPPED = frozenset({"cancelled", "noService", "lineCancellation", "tripCancellation", "stopCancelled", "disrupted"})
_HARMLESS = frozenset({"normalService", "additionalService", "additionalRide", "backToNormal", "information"})
_LIGHT = frozenset({"diverted", "altered", "stopMoved", "changeOfPlatform", "platformChanged", "delayed"})
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,59}")
# Not the publisher's approval yet: what is drafted is told as a draft.
PROGRESS = dict.fromkeys(("draft", "pendingApproval", "approvedDraft"), StoredStatus.DRAFT)
CLOSED = "closed"
EXERCISES = {
    "securityExercise": InformationStatus.EXERCISE,
    "technicalExercise": InformationStatus.EXERCISE,
}
TEST = "test"
DAY_TYPES = {
    "monday": (0,), "tuesday": (1,), "wednesday": (2,), "thursday": (3,), "friday": (4,), "saturday": (5,),
    "sunday": (6,), "weekdays": (0, 1, 2, 3, 4), "mondayToFriday": (0, 1, 2, 3, 4), "weekends": (5, 6),
    "mondayToSaturday": (0, 1, 2, 3, 4, 5), "mondayToSunday": (0, 1, 2, 3, 4, 5, 6), "everyDay": (0, 1, 2, 3, 4, 5, 6),
}  # fmt: skip
AT_PARTNERS = frozenset({"infoServices", "transportOperators", "authorities", "emergencyServices"})
AT_ALL = frozenset({"", "public", "undefined", "unknown"})


def code_of(word: str) -> str | None:
    """Return a reason when it is one of a list's words; None for the free text some producers put in its place."""
    return word if _CODE.fullmatch(word) else None


def category_of(reasons: Iterable[str], modes: Iterable[str], *, is_road: bool, usual: str | None) -> str:
    """Return the category: a strike whatever it stops; on roads the reason's; else the first mode known."""
    told = tuple(reasons)
    if not _STRIKES.isdisjoint(told):
        return "greve"
    if is_road:
        return next((_ROAD_REASONS[one] for one in told if one in _ROAD_REASONS), usual or UNKNOWN_CATEGORY)
    return next((MODES[one] for one in modes if one in MODES), usual or UNKNOWN_CATEGORY)


def severity_of(levels: Iterable[str], conditions: Iterable[str], category_id: str) -> Severity:
    """Return the highest level that says something; without one, what the conditions leave of the category's usual one."""
    stated = [_SEVERITIES[word] for word in levels if word in _SEVERITIES]
    if stated:
        return max(stated)
    usual, told = category(category_id).default_severity, frozenset(conditions)
    if not _STOPPED.isdisjoint(told):
        return usual
    if told and told <= _HARMLESS:
        return Severity.INFORMATION
    if told and told <= _LIGHT | _HARMLESS:
        return min(usual, Severity.MINOR)
    return min(usual, Severity.MODERATE)
