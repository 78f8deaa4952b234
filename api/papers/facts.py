"""What the papers are written from: the schema's annotations, the catalogue, the configuration, counted figures, test results."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from access.accounts import Account
from access.agreements import Agreements
from access.audit import Anchor, AuditReport
from access.devices import Device
from access.house import Access
from access.roles import NEEDS_SECOND_FACTOR
from api.house import House
from components.clear import counted
from components.formats import clock_time, short_day
from components.texts import Words
from datasources.contract import Source
from events.errors import ConfigurationError
from privacy.text import version_of
from privacy.upkeep import PURGE, RESCAN, limits_of
from store import readers
from store.agreements import kept_agreements
from store.annotations import faults
from store.chain import ChainReport
from store.chain import verify as verify_chain
from store.control_reports import KeptReport, Review, reports, reviews
from store.holdings import Holding, holdings
from store.kept import SourceRow
from store.metadata import metadata
from store.retention import Due, due
from store.upkeep import LastTask, last_done
from store.volumes import media_done

VERSION = "0.1.0"
_WORST = ("skipped", "passed", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure of protection: against which of the three risks, and the tests that prove it."""

    id: str
    risk: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a test gave: `passed`, `failed` or `skipped`, and when its run began, None where its file does not say."""

    outcome: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the papers say, gathered at one moment."""

    house: House
    access: Access
    speak: Words
    at: datetime
    anchor: Anchor
    audit: AuditReport
    chain: ChainReport
    holdings: tuple[Holding, ...]
    states: Mapping[str, SourceRow]
    agreements: tuple[Mapping[str, Any], ...]
    accounts: Sequence[Account]
    keys: Sequence[Device]
    purge: LastTask | None
    rescan: LastTask | None
    overdue: tuple[Due, ...]
    annotation_faults: tuple[str, ...]
    gate: str
    report: KeptReport | None
    reviews: tuple[Review, ...]
    measures: tuple[Measure, ...]
    least: int  # smaller counts are not told; 0: all are
    media: Mapping[str, int]  # of the last 30 days, as `store.volumes.media_done` counts them
    results: Mapping[str, Result]  # by the name of the test, as it last ran

    def day(self, at: datetime | None) -> str:
        """Return a moment on the city's clock with its year, what is not measured without one."""
        if at is None:
            return self.speak("transparency.unmeasured")
        zone = self.house.zone
        return f"{short_day(at, zone, self.speak)} {at.astimezone(zone):%Y}, {clock_time(at, zone)}"

    def word(self, kind: str, value: str) -> str:
        """Return a word of the schema in the reader's language, as it stands when it has no text yet."""
        key = f"paper.{kind}.{value.replace(' ', '_')}"
        return self.speak(key) if self.speak.has(key) else value

    def count(self, value: int) -> str:
        """Return a number as the language writes it; its class only where it is told to anyone."""
        return counted(value, self.least, self.speak)

    def organisation(self, name: str) -> str:
        """Return what an organisation is called."""
        return {one.id: one.name_in(self.speak.lang) for one in self.house.said.organisation}.get(name, name)

    @property
    def signed(self) -> str:
        """Return the sentence that dates every paper: a head of the audit that a later one must go through."""
        head = self.anchor.told if self.anchor.seq else self.speak("paper.no_audit")
        return self.speak("paper.signed", time=self.day(self.at), version=VERSION, gate=self.gate, head=head)

    @property
    def second_factors(self) -> tuple[int, int]:
        """Return how many open posts that must have a second factor have one, and how many they are."""
        bound = [one for one in self.accounts if one.role in NEEDS_SECOND_FACTOR and one.disabled_at is None]
        return sum(one.has_second_factor for one in bound), len(bound)

    def host(self, source: Source) -> str:
        """Return the host a source is read from, "" for one that is brought."""
        return "" if source.is_pushed else urlsplit(source.url).hostname or ""

    def result(self, test: str) -> str:
        """Return what a test last gave, in words, and when."""
        found = self.results.get(test)
        if found is None:
            return self.speak("paper.result.unknown")
        told = self.speak(f"paper.result.{found.outcome}")
        return told if found.at is None else self.speak("paper.result.at", result=told, time=self.day(found.at))


def collect(house: House, speak: Words, results: Iterable[Path] = (), *, least: int = 0) -> Facts:
    """Gather the facts now, for everyone with the least count that may be told; raise StoreUnavailable, or ConfigurationError for results that cannot be read."""
    access, database, now = house.access, house.database, house.clock()
    if access is None:
        raise ConfigurationError("papers are written where accounts and the audit are")
    anchor = access.audit.daily(now, house.zone)[0][1] if least else access.audit.anchor()
    agreed = Agreements(database, {one.id: one.organisation for one in house.sources}, house.clock)
    known = reports(database, 1)
    return Facts(
        house=house, access=access, speak=speak, at=now, anchor=anchor, audit=access.audit.verify(),
        chain=verify_chain(database), holdings=holdings(database, is_public=bool(least)),
        states={row.source_id: row for row in readers.source_states(database)},
        agreements=kept_agreements(database), accounts=access.accounts.all(), keys=access.devices.keys(),
        purge=last_done(database, PURGE), rescan=last_done(database, RESCAN),
        overdue=due(database, limits_of(house.said.retention, agreed), now),
        annotation_faults=faults(metadata), gate=version_of(house.gazetteer),
        report=known[0] if known else None, reviews=reviews(database), media=media_done(database, now - timedelta(days=30), now), measures=read_measures(), least=least, results=read_results(results),
    )  # fmt: skip


def read_measures() -> tuple[Measure, ...]:
    """Return the measures and the tests that prove them."""
    content = tomllib.loads(files("api.papers").joinpath("measures.toml").read_text(encoding="utf-8"))
    return tuple(Measure(id=one["id"], risk=one["risk"], tests=tuple(one["tests"])) for one in content["measure"])


def read_results(paths: Iterable[Path]) -> dict[str, Result]:
    """Return what each test gave, by `tests/file.py::name`, from JUnit files; of a test with several cases the worst."""
    found: dict[str, Result] = {}
    for path in paths:
        try:
            root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        except (OSError, etree.XMLSyntaxError):
            raise ConfigurationError(
                f"{path} is no file of test results (JUnit XML); make test writes var/results-*.xml"
            ) from None
        for case in root.iter("testcase"):
            name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
            result = _result(case)
            found[name] = max(result, found.get(name, result), key=lambda one: _WORST.index(one.outcome))
    return found


def _result(case: Any) -> Result:
    bad = case.find("failure") is not None or case.find("error") is not None
    outcome = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
    suite = case.getparent()
    try:
        at = None if suite is None else datetime.fromisoformat(suite.get("timestamp", ""))
    except ValueError:
        at = None
    return Result(outcome, at if at is not None and at.tzinfo is not None else None)
