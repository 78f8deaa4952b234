"""How the observatory itself is used and fed: exports, searches and refusals by role, what the gate withheld by organisation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from insight.control.findings import Finding
from insight.control.intervals import Between, Numbers, Ratio, detectable_ratio, dispersion, odds_change, share
from insight.control.observed import LEAST_BASELINE, SHORT
from store.control_rows import NOT_SHOWN, STOPPED, Attached, Screened, Use

EXPORTS, REFUSALS, MEDIA = "exports", "refusals", "media"
KINDS = ("export", "search", "restricted", "refused")
BASELINE = 22  # weeks: the audit is kept for half a year
SPAN = timedelta(weeks=SHORT + BASELINE)
LEAST = 30  # exports, or texts withheld, before a change is spoken of
WIDE = 2.0
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
    for name, ratio, count in _changes(exports_by_week(uses, end)):
        yield Finding(measure=EXPORTS, role=name, ratio=ratio, count=count, is_wide=_is_wide(ratio, count))


def refusal_changes(runs: Iterable[Screened], end: datetime, organisation_of: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the change of each organisation's part in what the text gate withheld."""
    for name, ratio, count in _changes(withheld_by_week(runs, end, organisation_of)):
        yield Finding(measure=REFUSALS, organisation=name, ratio=ratio, count=count, is_wide=_is_wide(ratio, count))


def media_changes(sent: Iterable[Attached], uses: Iterable[Use], end: datetime) -> Iterator[Finding]:
    """Yield the change of each organisation's part in the files that the media gate or a review refused."""
    for name, ratio, count in _changes(refused_by_week(sent, uses, end)):
        yield Finding(measure=MEDIA, organisation=name, ratio=ratio, count=count, is_wide=_is_wide(ratio, count))


def exports_by_week(uses: Iterable[Use], end: datetime) -> dict[str, Numbers]:
    """Return the exports and restricted readings of each role by week, oldest first."""
    return _weekly(((use.at, use.role, 1) for use in uses if (kind_of(use) or "") in ("export", "restricted")), end)


def withheld_by_week(runs: Iterable[Screened], end: datetime, organisation_of: Mapping[str, str]) -> dict[str, Numbers]:
    """Return the texts that the gate withheld of each organisation by week, oldest first."""
    return _weekly(((run.at, organisation_of.get(run.source_id, ""), run.withheld) for run in runs), end)


def refused_by_week(sent: Iterable[Attached], uses: Iterable[Use], end: datetime) -> dict[str, Numbers]:
    """Return the files of each organisation that were not taken or not shown, by week, oldest first."""
    lines = [(one.at, one.organisation, int(one.state in NOT_SHOWN)) for one in sent]
    return _weekly([*lines, *((use.at, use.organisation, 1) for use in uses if use.action == STOPPED)], end)


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


def attachments(sent: Iterable[Attached], uses: Iterable[Use], end: datetime) -> tuple[Withheld, ...]:
    """Return what became of the files that each organisation sent in the SHORT weeks before `end`.

    Not taken are those that the media gate stopped, of which the audit alone knows, and those that a review refused or
    their contributor withdrew.
    """
    seen, refused = Counter[str](), Counter[str]()
    lines = [(one.at, one.organisation, one.state in NOT_SHOWN) for one in sent]
    lines += [(use.at, use.organisation, True) for use in uses if use.action == STOPPED]
    for at, organisation, is_refused in lines:
        if end - SHORT * timedelta(days=7) <= at < end:
            seen[organisation] += 1
            refused[organisation] += is_refused
    return tuple(
        Withheld(organisation=name, records=count, withheld=refused[name], part=share(refused[name], count))
        for name, count in sorted(seen.items())
    )


def least_changes(weekly: Mapping[str, Numbers], level: float) -> tuple[float, ...]:
    """Return, for each name that is looked at, the least change of its part that would be found 8 times in 10."""
    table, base = _compared(weekly)
    if base is None:
        return ()
    now, then, over = table[-SHORT:].sum(axis=0), base.sum(axis=0), dispersion(base)
    looked_at = np.flatnonzero(now >= LEAST)
    expected = now.sum() * then / max(then.sum(), 1.0)
    found = [detectable_ratio(float(expected[one]), float(then[one]), over, level / len(weekly)) for one in looked_at]
    return tuple(max(WIDE, one) for one in found if one is not None)


def _weekly(lines: Iterable[tuple[datetime, str, int]], end: datetime) -> dict[str, Numbers]:
    found: dict[str, Numbers] = defaultdict(lambda: np.zeros(SHORT + BASELINE))
    for at, name, count in lines:
        back = int((end - at) / timedelta(days=7))
        if at < end and back < SHORT + BASELINE:
            found[name][SHORT + BASELINE - 1 - back] += count
    return dict(found)


def _compared(weekly: Mapping[str, Numbers]) -> tuple[Numbers, Numbers | None]:
    """Return the counts [week, name] and those of the weeks before the window, None where there is nothing to compare."""
    if len(weekly) < 2:
        return np.zeros((0, 0)), None
    table = np.column_stack(list(weekly.values()))
    seen = np.flatnonzero(table.sum(axis=1))
    base = table[int(seen[0]) if len(seen) else len(table) : -SHORT]
    return table, base if len(base) >= LEAST_BASELINE else None


def _changes(weekly: Mapping[str, Numbers]) -> Iterator[tuple[str, Ratio, int]]:
    """Yield each name with the change of its part from the weeks before to the window, and its count there."""
    table, base = _compared(weekly)
    if base is None:
        return
    now, then, over = table[-SHORT:].sum(axis=0), base.sum(axis=0), dispersion(base)
    for place, name in enumerate(weekly):
        pairs = [(float(one[place]), float(one.sum() - one[place])) for one in (now, then)]
        yield name, odds_change(pairs[0], pairs[1], over), int(now[place])


def _is_wide(ratio: Ratio, count: int) -> bool:
    return count >= LEAST and ratio.value > WIDE
