"""How often one address may ask, by kind of request, one key may push and one account be printed a report: counted in this process, over a sliding window, in bounded memory."""

from __future__ import annotations

import ipaddress
import logging
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from api.answers import Problem
from events.errors import ConfigurationError

MAX_ADDRESSES = 20_000  # counted apart in one window of one kind; more of them share SHARED counters
SHARED = 4096
MAX_RATE = 1_000_000
PERIODS = {"second": 1, "minute": 60, "hour": 3600}
_ENTRY = re.compile(r"([a-z]+)=([0-9]{1,7})/([a-z]+)")
_FILES = ("/assets/", "/_dash-component-suites/", "/city/", "/texts/")  # from memory: counting would cost as much
_UNCOUNTED = frozenset({"/healthz", "/_favicon.ico"})
_CALLBACKS = "/_dash-update-component"
_STREAM = "/api/stream"
_PUSHES = ("/api/push/", "/pieces/envoi/")  # documents and files that are read as they come
_KEYS, _REPORTS = "keys", "reports"
LIMITS = "observatory.limits"  # where in a request's scope the guard leaves the limits for who knows the key
_OF_SCREENS = frozenset({"/api/snapshot", "/api/cameras", "/api/changes"})
_OF_PROGRAMS = frozenset({"/readyz", "/metrics", "/sources.json", "/openapi.json"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    count: int
    seconds: int


# An address may be a whole supervision room behind one router. Thirty screens that all start at once ask some 150
# times for pages and snapshots and open 30 streams; thirty people who each open an event every second make 1,800
# callbacks a minute. Each limit is above that, and below what would take a core from everybody else.
RATES: Mapping[str, Rate] = MappingProxyType(
    {
        "screens": Rate(6000, 60),  # pages, and what a screen asks for: kept ready, cheap
        "callbacks": Rate(3000, 60),  # what is drawn on the server
        "streams": Rate(6000, 60),  # openings; how many may be open is another limit
        "pushes": Rate(120, 60),  # documents that partners bring: each is read and written
        _KEYS: Rate(60, 60),  # the same, of one key wherever it is used: partners behind one router share an address
        "programs": Rate(1200, 60),  # questions to the database
        _REPORTS: Rate(20, 60),  # documents and drawings made for one account: each takes a core for seconds
    }
)


class TooMany(Problem):
    """One address, or one key, asked too often; `retry_after_s` whole seconds until it may ask again."""

    def __init__(self, kind: str, rate: Rate, retry_after_s: int) -> None:
        most = f"at most {rate.count} in {rate.seconds} s"
        told = f"too many requests from this address ({kind}: {most}); ask again in {retry_after_s} s"
        if kind == _KEYS:
            told = (
                f"too many pushes with this key ({most}); nothing was kept: send the document again in {retry_after_s} s, "
                "signed anew where it is signed, and bring several records in one document"
            )
        if kind == _REPORTS:
            told = (
                f"too many reports for this account ({most}); ask again in {retry_after_s} s; other exports still work"
            )
        super().__init__(429, told)
        self.retry_after_s = retry_after_s


@dataclass(slots=True)
class _Window:
    """The counts of the present window and of the one before it."""

    rate: Rate
    number: int = -1
    counts: dict[str | int, int] = field(default_factory=dict)
    before: dict[str | int, int] = field(default_factory=dict)
    has_warned: bool = False

    def take(self, who: str, moment: float) -> int:
        """Count a request: 0, or how many seconds to wait; a refused one is not counted."""
        number, share = divmod(moment, self.rate.seconds)
        if number != self.number:
            self.before = self.counts if number == self.number + 1 else {}
            self.counts, self.number, self.has_warned = {}, int(number), False
        share /= self.rate.seconds
        key: str | int = who
        if who not in self.counts and len(self.counts) >= MAX_ADDRESSES:
            key = hash(who) % SHARED  # salted by the process: nobody can choose whose counter to fill
        now, earlier = self.counts.get(key, 0), self.before.get(key, 0)
        if earlier * (1 - share) + now < self.rate.count:
            self.counts[key] = now + 1
            return 0
        return self._wait_s(now, earlier, share)

    def _wait_s(self, now: int, earlier: int, share: float) -> int:
        room = self.rate.count - now
        # What the earlier window still weighs falls below `room` within this one; what this one will weigh, in the next.
        windows = 1 - room / earlier if room > 0 else 1 + max(0.0, 1 - self.rate.count / now)
        return math.floor((windows - share) * self.rate.seconds) + 1


class Limits:
    """Counts requests by kind and address, pushes by key; for the event loop only. `refused` says how many were, by kind."""

    def __init__(self, rates: Mapping[str, Rate] = RATES, clock: Callable[[], float] = time.monotonic) -> None:
        self.refused = dict.fromkeys(rates, 0)
        self._windows = {kind: _Window(rate) for kind, rate in rates.items()}
        self._clock = clock

    def check(self, path: str, address: str) -> None:
        """Count one request; raise TooMany when its address asked too often."""
        window = self._windows.get(kind := kind_of(path))
        if window is None:
            return
        who = subscriber(address)
        wait_s = window.take(who, self._clock())
        if wait_s:
            self.refused[kind] += 1
            if not window.has_warned:
                window.has_warned = True
                log.warning("%s: an address near %s asks more than %d times in %d s and is answered 429; if it is your reverse proxy, "
                            "name it in TRUSTED_PROXIES",
                            kind, network(who), window.rate.count, window.rate.seconds)  # fmt: skip
            raise TooMany(kind, window.rate, wait_s)

    def check_key(self, key_id: str) -> None:
        """Count one push of a key that proved itself; raise TooMany when it pushed too often, from whatever addresses."""
        self._check_one(_KEYS, key_id, "%s: key %s pushes more than %d times in %d s and is answered 429")

    def check_report(self, who: str) -> None:
        """Count one report that has to be printed for an account, or a visitor's address; raise TooMany when there were too many."""
        self._check_one(_REPORTS, who, "%s: %s asks for more than %d in %d s and is answered 429")

    def _check_one(self, kind: str, who: str, warning: str) -> None:
        window = self._windows.get(kind)
        wait_s = 0 if window is None else window.take(who, self._clock())
        if window is None or not wait_s:
            return
        self.refused[kind] += 1
        if not window.has_warned:
            window.has_warned = True
            log.warning(warning, kind, who, window.rate.count, window.rate.seconds)
        raise TooMany(kind, window.rate, wait_s)

    @property
    def counters(self) -> int:
        """How many counters are held."""
        return sum(len(window.counts) + len(window.before) for window in self._windows.values())


def kind_of(path: str) -> str:
    """Return the kind of limit that an address counts under; "" for what is not counted."""
    if path.startswith(_FILES) or path in _UNCOUNTED:
        return ""
    if path == _CALLBACKS:
        return "callbacks"
    if path == _STREAM:
        return "streams"
    if path.startswith(_PUSHES):
        return "pushes"
    is_of_programs = path.startswith("/api/") and path not in _OF_SCREENS
    return "programs" if is_of_programs or path in _OF_PROGRAMS else "screens"


@lru_cache(maxsize=4096)
def subscriber(address: str) -> str:
    """Return what stands for one connection to the internet: an IPv4 address, the /64 of an IPv6 one."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(read) >> 64 << 64, 64)))
    return str(getattr(read, "ipv4_mapped", None) or read)


def network(who: str) -> str:
    """Return what a log may say of an address: the first of its /24, or of its /48."""
    try:
        read = ipaddress.ip_network(who)
    except ValueError:
        return who
    return str(read.supernet(new_prefix=24 if read.version == 4 else 48).network_address)


def read_rates(text: str | None) -> Mapping[str, Rate]:
    """Return the rates that `kind=count/period` entries, separated by spaces, change; "off" means none.

    Raises ConfigurationError with what is allowed.
    """
    if text is None or not text.strip():
        return RATES
    if text.strip() == "off":
        return {}
    rates = dict(RATES)
    for entry in text.split():
        found = _ENTRY.fullmatch(entry)
        kind, count, period = found.groups() if found else ("", "0", "")
        if kind not in RATES or period not in PERIODS or not 1 <= int(count) <= MAX_RATE:
            raise ConfigurationError(
                f"found {entry[:40]!r}; allowed: off, or entries such as programs=600/minute, separated by spaces "
                f"(kinds: {', '.join(RATES)}; periods: {', '.join(PERIODS)}; counts: 1 to {MAX_RATE})"
            )
        rates[kind] = Rate(int(count), PERIODS[period])
    return rates
