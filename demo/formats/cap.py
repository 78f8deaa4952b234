"""Warnings as CAP 1.2: an Atom index that names the messages in force, and each message at an address of its own.

A message never changes: what is said anew is an Update, which names every message of its chain. Zones are codes, shapes
there are none, as the weather service publishes them for a department.
"""

from __future__ import annotations

from collections.abc import Sequence

from demo.desk import Desk
from demo.formats.markup import DECLARATION, element, leaf
from demo.happening import Happening

MEDIA_TYPE = "application/atom+xml"
MESSAGE_TYPE = "application/cap+xml"
FOLDER = "alertes"
SENDER = "alertes.meteo.demonstration"
SEVERITIES = ("Unknown", "Minor", "Moderate", "Severe", "Extreme")
# Category -> event in words, MeteoAlarm's awareness_type.
EVENTS = {"vent": ("Vent violent", "1; Wind"), "orage": ("Orages", "3; Thunderstorm")}
LEVELS = {2: "2; yellow; Moderate", 3: "3; orange; Severe", 4: "4; red; Extreme"}
DEPARTMENT = "FRL04"

Chain = Sequence[Happening]
"""Everything said so far of one happening, in order; the last one stands."""


def identifier(desk: Desk, happening: Happening) -> str:
    """Return the identifier of one message: the happening's own, and the number of the update."""
    reference = desk.reference(happening.id)
    return reference if happening.version == 1 else f"{reference}-{happening.version}"


def write_index(desk: Desk, chains: Sequence[Chain], published: str) -> bytes:
    """Return the index; `published` is the service's own time. A poisoned one forgets the address of its last entry."""
    last = len(chains) - 1
    entries = [
        _entry(desk, chain[-1], is_linked=not (desk.is_poisoned and index == last))
        for index, chain in enumerate(chains)
    ]
    feed = element(
        "feed",
        leaf("id", f"urn:demonstration:{desk.source}"),
        leaf("title", "Alertes en vigueur (démonstration)"),
        leaf("updated", published),
        element("author", leaf("name", SENDER)),
        *entries,
        xmlns="http://www.w3.org/2005/Atom",
    )
    return (DECLARATION + feed).encode()


def write_message(desk: Desk, chain: Chain) -> bytes:
    """Return the message that stands at the end of a chain."""
    happening, earlier = chain[-1], chain[:-1]
    named = " ".join(f"{SENDER},{identifier(desk, one)},{desk.iso(one.updated)}" for one in earlier)
    alert = element(
        "alert",
        leaf("identifier", identifier(desk, happening)),
        leaf("sender", SENDER),
        leaf("sent", desk.iso(happening.updated)),
        leaf("status", "Exercise" if happening.exercise else "Actual"),
        leaf("msgType", "Update" if earlier else "Alert"),
        leaf("scope", "Public"),
        leaf("references", named) if earlier else "",
        _info(desk, happening),
        xmlns="urn:oasis:names:tc:emergency:cap:1.2",
    )
    return (DECLARATION + alert).encode()


def _entry(desk: Desk, happening: Happening, *, is_linked: bool) -> str:
    name = identifier(desk, happening)
    link = element("link", rel="alternate", type=MESSAGE_TYPE, href=f"{FOLDER}/{name}.xml")
    return element(
        "entry",
        leaf("id", f"urn:demonstration:{name}"),
        leaf("title", desk.text(happening, "headline", happening.headline)),
        leaf("updated", desk.iso(happening.updated)),
        leaf("summary", desk.text(happening, "description", happening.description)),
        link if is_linked else "",
    )


def _info(desk: Desk, happening: Happening) -> str:
    event, awareness = EVENTS[happening.category]
    contact = desk.canaries.contact(desk.source, happening.id, "contact")
    effects = [
        _parameter("impact", desk.text(happening, f"effect{number}", effect.text))
        for number, effect in enumerate(happening.effects)
    ]
    return element(
        "info",
        leaf("language", "fr-FR"),
        leaf("category", "Met"),
        leaf("event", event),
        leaf("urgency", "Expected"),
        leaf("severity", SEVERITIES[happening.severity]),
        leaf("certainty", "Likely"),
        leaf("onset", desk.iso(happening.start)),
        leaf("expires", desk.iso(happening.end)),
        leaf("headline", desk.text(happening, "headline", happening.headline)),
        leaf("description", desk.text(happening, "description", happening.description)),
        leaf("instruction", desk.text(happening, "instruction", happening.instruction)),
        leaf("contact", contact) if contact else "",
        _parameter("awareness_level", LEVELS[happening.severity]) if happening.severity in LEVELS else "",
        _parameter("awareness_type", awareness),
        *effects,
        element(
            "area",
            leaf("areaDesc", desk.text(happening, "place", happening.place)),
            element("geocode", leaf("valueName", "NUTS3"), leaf("value", DEPARTMENT)),
        ),
    )


def _parameter(name: str, value: str) -> str:
    return element("parameter", leaf("valueName", name), leaf("value", value))
