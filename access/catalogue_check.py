"""What of a city's catalogue would not work, told before anything starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from access.agreement_file import Agreement, covering
from datasources.contract import Source


def problems_of(
    sources: Iterable[Source],
    agreements: Sequence[Agreement],
    organisations: Collection[str],
    lacking: Mapping[str, Sequence[str]],
    day: date,
) -> list[str]:
    """Return a sentence for each thing that keeps a source from being polled, or from having an owner.

    `organisations` are those of city.toml; `lacking` tells per source the names the environment does not hold.
    """
    problems = [f"{one}: not set in the environment: {', '.join(names)}" for one, names in lacking.items()]
    for source in sources:
        unknown = {source.organisation, *source.default_audience.organisations} - set(organisations)
        problems += [f"{source.id}: city.toml does not know the organisation {name!r}" for name in sorted(unknown)]
        if not covering(agreements, source.id, source.organisation, day):
            problems.append(f"{source.id}: no agreement covers it today: it would not be polled")
    return problems
