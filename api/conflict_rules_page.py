"""`/agenda/regles`: the table of rules that says what a conflict is, changed rule by rule; every version is kept and in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from access.house import Access
from access.members import Member
from access.roles import Right
from api.account.pages import back, moment, page, read_form, speaks
from api.conflict_watch import rules_in_force
from api.house import House
from api.viewer import require
from components.formats import number
from components.texts import Words
from events.errors import ConfigurationError, InvalidRecord
from events.taxonomy import categories, document
from insight.conflict_rules import EVERYTHING, MEASURES, Rule, content_of, read_rules, rules_of
from store import readers
from store.conflict_decisions import Decider, RuleTable, keep_rules

PATH = "/agenda/regles"
SAVE, RESET = f"{PATH}/enregistrer", f"{PATH}/origine"
DONE = {"regle": "rules.saved", "origine": "rules.reset.done"}
SEVERITIES = range(5)


@dataclass(frozen=True)
class ConflictRules:
    """The page, and what its forms do."""

    house: House
    access: Access

    async def show(self, request: Request) -> Response:
        """Draw the rules in force, each with its form, and the versions of the table."""
        require(request.scope, Right.CONFLICT_RULES)
        return await self._show(request)

    def posted(self) -> dict[str, Callable[[Request], Awaitable[Response]]]:
        """Return what answers each form."""
        return {SAVE: self.save, RESET: self.reset}

    async def save(self, request: Request) -> Response:
        """Keep the table with one rule changed."""
        return await self._keep(request, "regle", _with_rule)

    async def reset(self, request: Request) -> Response:
        """Keep the shipped table as the newest version."""
        return await self._keep(request, "origine", lambda _rules, _form: read_rules())

    async def _keep(
        self, request: Request, done: str, made: Callable[[tuple[Rule, ...], Mapping[str, str]], tuple[Rule, ...]]
    ) -> Response:
        member = require(request.scope, Right.CONFLICT_RULES)
        form = await read_form(request)
        try:
            await asyncio.to_thread(self._write, member, form, made)
        except Stale:
            return await self._show(request, "rules.stale")
        except (InvalidRecord, ConfigurationError) as error:
            return await self._show(request, "rules.problem", str(error))
        self.house.obey()
        return back(PATH, done, form.get("id", "") if done == "regle" else "")

    def _write(
        self,
        member: Member,
        form: Mapping[str, str],
        made: Callable[[tuple[Rule, ...], Mapping[str, str]], tuple[Rule, ...]],
    ) -> None:
        number, rules = rules_in_force(self.house.database)
        if form.get("version") != str(number):
            raise Stale
        content = content_of(made(rules, form))
        with self.house.database.write(is_durable=True) as connection:
            by = Decider(organisation=member.home, role=member.role.value, at=self.house.clock())
            kept = keep_rules(connection, content, by)
            self.access.audit.note_in(connection, member, "conflict.rules", str(kept))

    async def _show(self, request: Request, problem: str = "", detail: str = "") -> Response:
        speak = speaks(request)
        values = await asyncio.to_thread(self._values, speak)
        done = DONE.get(request.query_params.get("fait", ""), "")
        return await page(
            request, self.access, "conflict_rules", speak("rules.title"), status=400 if problem else 200,
            done=speak(done) if done and not problem else "", problem=speak(problem) if problem else "", detail=detail,
            **values,
        )  # fmt: skip

    def _values(self, speak: Words) -> dict[str, Any]:
        number, rules = rules_in_force(self.house.database)
        return {
            "version": number,
            "rules": [_told(rule, speak) for rule in rules],
            "measures": [(one, speak(f"measure.{one}")) for one in MEASURES],
            "severities": [(str(one), speak(f"sev.{one}")) for one in SEVERITIES],
            "versions": [self._version(one, speak) for one in readers.rule_tables(self.house.database)],
        }

    def _version(self, one: RuleTable, speak: Words) -> str:
        names = {known.id: known.name_in(speak.lang) for known in self.house.said.organisation}
        return speak(
            "rules.version", n=one.id, time=moment(one.made_at, self.house),
            organisation=names.get(one.made_by, one.made_by), role=speak(f"role.{one.made_as}"),
        )  # fmt: skip


class Stale(InvalidRecord):
    """Somebody else kept another table meanwhile."""


def _with_rule(rules: tuple[Rule, ...], form: Mapping[str, str]) -> tuple[Rule, ...]:
    """Return the table with the rule that a form tells; raise ConfigurationError naming what is wrong in it."""
    changed = form.get("id", "")
    if changed not in {rule.id for rule in rules}:
        raise InvalidRecord("there is no such rule")
    rows = content_of(rules)["rules"]
    told = {
        "a": _listed(form, "a"), "b": _listed(form, "b"), "b_places": _listed(form, "b_places"),
        "distance_m": form.get("distance_m", "").replace(",", "."), "margin_min": form.get("margin_min", "").replace(",", "."),
        "severity": form.get("severity", ""), "measures": [one for one in MEASURES if f"measure-{one}" in form],
        "is_active": "is_active" in form,
    }  # fmt: skip
    return rules_of({"rules": [row | told if row["id"] == changed else row for row in rows]})


def _listed(form: Mapping[str, str], key: str) -> list[str]:
    return [part for part in (one.strip() for one in form.get(key, "").split(",")) if part]


def _told(rule: Rule, speak: Words) -> dict[str, Any]:
    key = f"rule.{rule.id.replace('-', '_')}"
    return {
        "id": rule.id,
        "title": speak(key) if speak.has(key) else rule.id,
        "a": ", ".join(sorted(rule.a)),
        "b": ", ".join(sorted(rule.b)),
        "b_places": ", ".join(sorted(rule.b_places)),
        "a_told": _names(rule.a, speak),
        "b_told": _names(rule.b, speak) or ", ".join(speak(f"place_kind.{one}") for one in sorted(rule.b_places)),
        "distance_m": f"{rule.distance_m:g}",
        "margin_min": f"{rule.margin_min:g}",
        "distance_told": _number(rule.distance_m, speak),
        "margin_told": _number(rule.margin_min, speak),
        "severity": str(rule.severity),
        "measures": rule.measures,
        "is_active": rule.is_active,
        "is_cover": rule.is_cover,
    }


def _number(value: float, speak: Words) -> str:
    return number(value, speak, decimals=0 if value == int(value) else 1)


def _names(ids: Iterable[str], speak: Words) -> str:
    families = {str(row["id"]): str(row[speak.lang]) for row in document()["families"]}
    known = {EVERYTHING: speak("rules.everything")} | families
    return ", ".join(
        known[one] if one in known else categories()[one].name(speak.lang) for one in sorted(ids)
    )  # fmt: skip
