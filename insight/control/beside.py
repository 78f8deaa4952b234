"""What a control looks at beside the records: places, cameras, uses of the observatory, what came to the gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from insight.control.exposure import Place
from insight.coverage import Covered
from store.control_rows import Attached, Screened, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Places and cameras by district; lines of the audit, what polls brought, what was attached; whose each source is."""

    places: Mapping[str, Place]
    covered: Mapping[str, Covered] = field(default_factory=dict)
    covered_city: float | None = None
    uses: Sequence[Use] = ()
    runs: Sequence[Screened] = ()
    sent: Sequence[Attached] = ()
    organisation_of: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo
