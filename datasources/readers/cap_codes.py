"""Words of CAP 1.1 and 1.2 and of MeteoAlarm's profile, as ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from events.taxonomy import UNKNOWN_CATEGORY
from events.vocabulary import Certainty, InformationStatus, Severity, Urgency

ALERT, UPDATE, CANCEL = "alert", "update", "cancel"
ALL_CLEAR = "allclear"
GREEN = "1"

SEVERITIES = {
    "extreme": Severity.CRITICAL,
    "severe": Severity.MAJOR,
    "moderate": Severity.MODERATE,
    "minor": Severity.MINOR,
}
URGENCIES = {word.value: word for word in Urgency}
# CAP 1.0 wrote "Very Likely" where 1.1 writes "Likely".
CERTAINTIES = {word.value: word for word in Certainty} | {"very likely": Certainty.LIKELY}
STATUSES = {"actual": InformationStatus.REAL, "exercise": InformationStatus.EXERCISE}

NOT_PUBLISHED = {
    "test": "the publisher marks it as a test",
    "draft": "the publisher marks it as a draft",
    "system": "a message between systems: it warns no one",
}
NOT_WARNINGS = {
    "ack": "an acknowledgement: it warns no one",
    "error": "a notice that an earlier message was refused: it warns no one",
}

# MeteoAlarm's awareness_level: the weather service's own colour, yellow, orange, red.
LEVELS = {"2": Severity.MODERATE, "3": Severity.MAJOR, "4": Severity.CRITICAL}
# MeteoAlarm's awareness_type; snow, fog, cold and avalanche have no category of ours.
_TYPES = {
    "1": "vent",
    "3": "orage",
    "5": "chaleur",
    "7": "inondation",
    "8": "feu_foret",
    "10": "orage",
    "12": "inondation",
    "13": "inondation",
}
# English and French names of hazards, without accents; the first that is found counts.
_WORDS = tuple(
    (re.compile(pattern), category)
    for pattern, category in (
        (r"forest.?fire|wild.?fire|bush.?fire|feux? de foret|red flag", "feu_foret"),
        (r"flood|inondation|\bcrues?\b|submersion|storm surge|tsunami", "inondation"),
        (r"thunder|\borage|lightning|\bhail|\bgrele|\brain|\bpluie|downpour|precipitation", "orage"),
        (r"snow|neige|blizzard|\bice|verglas", UNKNOWN_CATEGORY),
        (r"wind|\bvents?\b|mistral|\bgale|rafale|hurricane|\bstorm\b|tempete|tornado", "vent"),
        (r"\bheat|canicule|chaleur|high.temperature", "chaleur"),
        (r"pollution|air.quality|qualite de l.air|ozone", "pollution"),
        (r"evacuat", "evacuation"),
        (r"\bfire|incendie", "incendie"),
        (r"power (outage|cut)|coupure electrique|blackout", "electricite"),
    )
)
_BROAD = {"fire": "incendie", "rescue": "secours", "env": "pollution"}


def category_of(awareness: str | None, names: Sequence[str], broad: Sequence[str]) -> str:
    """Return our category: MeteoAlarm's type, else the hazard the names tell, else CAP's broad category."""
    number = level_of(awareness)
    if number in _TYPES:
        return _TYPES[number]
    for name in names:
        plain = _plain(name)
        for pattern, category in _WORDS:
            if pattern.search(plain):
                return category
    return next((_BROAD[word] for one in broad if (word := one.lower()) in _BROAD), UNKNOWN_CATEGORY)


def level_of(parameter: str | None) -> str:
    """Return the number that opens a MeteoAlarm parameter such as `3; orange; Severe`; empty without one."""
    return (parameter or "").partition(";")[0].strip()


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name[:500]).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
