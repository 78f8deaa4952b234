"""How the observatory itself is used and fed: exports, searches and refusals by role, what the gate withheld by organisation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from insight.control.findings import Finding
from insight.control.intervals import Between, Numbers, dispersion, odds_change, share
from insight.control.observed import LEAST_BASELINE, SHORT
from store.control_rows import Attached, Screened, Use

EXPORTS, REFUSALS = "exports", "refusals"
KINDS = ("export", "search", "restricted", "refused")
BASELINE = 22  # weeks: the audit is kept for half a year
SPAN = timedelta(weeks=SHORT + BASELINE)
LEAST = 30  # exports, or texts withheld, before a change is spoken of
WIDE = 2.0
NOT_SHOWN = ("refused", "withdrawn")  # states of what a review, or its contributor, took out
_NIGHT = (6, 20)  # local hours outside of which a use is of the night
_RESTRICTED = ("event.read", "events.read", "snapshot.read", "export.restricted")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUse:
    """What a role did in the window: counts of KINDS, how many at night, and the greatest part that one organisation has."""

    role: str
    counts: Mapping[str, int]
    at_night: int
    most_of_one: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Of an organisation's sources in the window: records read, texts withheld, and their part with its exact interval."""

    organisation: str
    records: int
    withheld: int
    part: Between | None


def kind_of(use: Use) -> str | None:
    """Return which of KINDS a line of the audit is, None for others."""
    if use.outcome == "refused":
        return "refused"
    if use.action == "events.search":
        return "search"
    if use.action.startswith(_RESTRICTED):
        return "restricted"
    return "export" if use.action.startswith("export") else None


def by_role(uses: Iterable[Use], end: datetime, zone: ZoneInfo) -> tuple[RoleUse, ...]:
    """Return what each role did in the SHORT weeks before `end`."""
    found: dict[str, list[tuple[str, Use]]] = defaultdict(list)
    for use in uses:
        kind = kind_of(use)
        if kind is not None and end - SHORT * timedelta(days=7) <= use.at < end:
            found[use.role].append((kind, use))
    return tuple(_role_use(role, lines, zone) for role, lines in sorted(found.items()))


def _role_use(role: str, lines: Sequence[tuple[str, Use]], zone: ZoneInfo) -> RoleUse:
    counts, homes = Counter(kind for kind, _ in lines), Counter(use.organisation for _, use in lines)
    hours = [use.at.astimezone(zone).hour for _, use in lines]
    return RoleUse(
        role=role,
        counts={kind: counts[kind] for kind in KINDS},
        at_night=sum(not _NIGHT[0] <= hour < _NIGHT[1] for hour in hours),
        most_of_one=max(homes.values()) / len(lines),
    )


def export_changes(uses: Iterable[Use], end: datetime) -> Iterator[Finding]:
    """Yield the change of each role's part in all exports, from the weeks before to the window."""
    weekly = _weekly(((use.at, use.role, 1) for use in uses if (kind_of(use) or "") in ("export", "restricted")), end)
    yield from _changes(EXPORTS, weekly, "role")


def refusal_changes(runs: Iterable[Screened], end: datetime, organisation_of: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the change of each organisation's part in what the gate withheld."""
    lines = ((run.at, organisation_of.get(run.source_id, ""), run.withheld) for run in runs)
    yield from _changes(REFUSALS, _weekly(lines, end), "organisation")


def withheld(runs: Iterable[Screened], end: datetime, organisation_of: Mapping[str, str]) -> tuple[Withheld, ...]:
    """Return what the gate withheld of each organisation's records in the SHORT weeks before `end`."""
    records, texts = Counter[str](), Counter[str]()
    for run in runs:
        if end - SHORT * timedelta(days=7) <= run.at < end and run.source_id in organisation_of:
            records[organisation_of[run.source_id]] += run.records
            texts[organisation_of[run.source_id]] += run.withheld
    return tuple(
        Withheld(
            organisation=name, records=count, withheld=texts[name],
            part=share(min(texts[name], count), count) if count else None,
        )
        for name, count in sorted(records.items())
    )  # fmt: skip


def attachments(sent: Iterable[Attached], end: datetime) -> tuple[Withheld, ...]:
    """Return what became of the pictures and clips of each organisation in the SHORT weeks before `end`."""
    seen, refused = Counter[str](), Counter[str]()
    for one in sent:
        if end - SHORT * timedelta(days=7) <= one.at < end:
            seen[one.organisation] += 1
            refused[one.organisation] += one.state in NOT_SHOWN
    return tuple(
        Withheld(organisation=name, records=count, withheld=refused[name], part=share(refused[name], count))
        for name, count in sorted(seen.items())
    )


def _weekly(lines: Iterable[tuple[datetime, str, int]], end: datetime) -> dict[str, Numbers]:
    found: dict[str, Numbers] = defaultdict(lambda: np.zeros(SHORT + BASELINE))
    for at, name, count in lines:
        back = int((end - at) / timedelta(days=7))
        if at < end and back < SHORT + BASELINE:
            found[name][SHORT + BASELINE - 1 - back] += count
    return dict(found)


def _changes(measure: str, weekly: Mapping[str, Numbers], of: str) -> Iterator[Finding]:
    if len(weekly) < 2:
        return
    table = np.column_stack(list(weekly.values()))
    seen = np.flatnonzero(table.sum(axis=1))
    begun = int(seen[0]) if len(seen) else len(table)
    base = table[begun:-SHORT]
    if len(base) < LEAST_BASELINE:
        return
    now, then, over = table[-SHORT:].sum(axis=0), base.sum(axis=0), dispersion(base)
    for place, name in enumerate(weekly):
        if now[place] < LEAST:
            continue
        pairs = [(float(one[place]), float(one.sum() - one[place])) for one in (now, then)]
        ratio = odds_change(pairs[0], pairs[1], over)
        names = {"role": name} if of == "role" else {"organisation": name}
        yield Finding(measure=measure, ratio=ratio, count=int(now[place]), is_wide=ratio.value > WIDE, **names)
