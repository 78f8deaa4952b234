"""What the administration's page shows, read in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from access.devices import DISPLAY_AUDIENCES, Device
from access.house import Access
from access.roles import OF_ACCOUNTS
from api.account.pages import moment
from api.house import House
from components.texts import Words
from events.audience import AudienceLevel
from privacy.upkeep import PURGE
from store.agreements import kept_agreements
from store.columns import FAR
from store.upkeep import last_done


def overview(house: House, access: Access, speak: Words) -> dict[str, Any]:
    """Return the values of the template: texts and codes only, nothing secret."""
    organisations, accounts = access.organisations.all(), access.accounts.all()
    linked, purge = Counter(access.identities.linked()), last_done(house.database, PURGE)
    titles = [(one.id, one.title) for one in organisations if one.retired_at is None]
    owned = [(one.id, f"{one.id} ({one.organisation})") for one in house.sources]
    return {
        "organisations": [
            {"id": one.id, "title": one.title, "territory": _joined(one.territory), "is_trusted": one.is_trusted,
             "categories": _joined(one.categories), "may_alert": one.may_alert, "is_retired": one.retired_at is not None}
            for one in organisations
        ],
        "accounts": [
            {"id": one.id, "organisation": one.organisation, "role": one.role.value, "linked": linked[one.id],
             "has_factor": one.has_second_factor, "is_closed": one.disabled_at is not None}
            for one in accounts
        ],
        "keys": [_device(one, house) for one in access.devices.keys()],  # noqa: SIM118 - the devices are no mapping
        "displays": [_device(one, house) for one in access.devices.kiosks()],
        "agreements": [_agreement(row, house) for row in kept_agreements(house.database)],
        "retention": list(house.said.retention.model_dump().items()),
        "purged": moment(None if purge is None else purge.at, house),
        "homes": titles,
        "roles": [(role.value, speak(f"role.{role.value}")) for role in OF_ACCOUNTS],
        "posts": [(one.id, one.id) for one in accounts],
        "sources": [("", speak("admin.any_source")), *owned],
        "audiences": [(level.value, speak(f"admin.audience.{level.value}")) for level in AudienceLevel],
        "wall_audiences": [(level.value, speak(f"admin.audience.{level.value}")) for level in DISPLAY_AUDIENCES],
    }  # fmt: skip


def _device(one: Device, house: House) -> dict[str, Any]:
    state = "revoked" if one.revoked_at else "ended" if one.ends_at <= house.clock() else "live"
    return {
        "id": one.id, "organisation": one.organisation, "scopes": one.scopes, "source": one.source_id,
        "audience": one.audience.value, "ends": moment(one.ends_at, house), "used": moment(one.used_at, house),
        "state": state, "title": one.title, "scene": one.scene,
    }  # fmt: skip


def _agreement(row: Mapping[str, Any], house: House) -> dict[str, Any]:
    is_live = row["starts_at"] <= house.clock() < row["ends_at"]
    return {
        "id": row["id"], "giver": row["giver"], "receivers": _spaced(row["receivers"]), "kinds": _spaced(row["kinds"]),
        "onward": row["onward"], "days": row["retention_days"], "state": "live" if is_live else "ended",
        "ends": "" if row["ends_at"] >= FAR else moment(row["ends_at"], house),
    }  # fmt: skip


def _joined(codes: frozenset[str] | None) -> str:
    return ", ".join(sorted(codes or ()))


def _spaced(codes: str) -> str:
    return codes.replace(",", ", ")
