"""The only reader of the environment and of a city's `city.toml`: one frozen value, or a sentence that says what is wrong."""

from __future__ import annotations

import difflib
import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from api.identity_provider import Provider
from api.limits import RATES, Rate, read_rates
from api.logs import FORMATS
from api.mail import Mail, read_mail
from datasources.catalogue import make_adapter, read_catalogue
from datasources.contract import Source
from events.addresses import Addresses
from events.city import City
from events.city_file import CityFile, read_city, read_features, read_names
from events.errors import ConfigurationError
from privacy.place_files import kept_place_names

ROOT = Path(__file__).resolve().parent
QUARANTINE_FOLDER = ROOT / "var" / "quarantine"
PLACES_FILE = "places.txt"  # in the folder of the city
ADDRESSES_FILE = "addresses.sqlite"  # there too
PREFIX = "OBSERVATORY_"
FILE_SUFFIX = "_FILE"  # NAME_FILE names a file that holds the value of NAME: container secrets
MAX_DEMO_EVENTS = 200_000

VARIABLES = {
    "CITY": "folder of the city, relative to the project",
    "DATABASE_URL": "sqlite:///path/of/file.sqlite (relative to the project) or postgresql://host/name",
    "HOST": "address to listen on",
    "PORT": "port to listen on",
    "DEMO": "1: the demonstration's simulated partners; 0: the real feeds of sources.toml",
    "DEMO_EVENTS": "how many synthetic events the demonstration adds",
    "DEMO_URL": "address of simulated partners that already run; empty: they are started",
    "BALLAST_MB": "size of a file kept beside a database that is a file, given up when its disk is full; 0: none",
    "HEARTBEAT_S": "seconds between signs of life of the process that polls, when several share a PostgreSQL database",
    "SECRET_KEY": "signs sessions; needed once accounts exist",
    "TRUSTED_PROXIES": "addresses or networks of reverse proxies, separated by commas, that may tell a reader's address",
    "HTTPS_ONLY": "1: every reader comes by https; 0: only those do whose proxy says so",
    "METRICS_TOKEN": "who sends it may ask for /metrics from another machine; empty: only programs of this one may",
    "SMTP_URL": "smtp://user:password@host:port (STARTTLS) or smtps://…: messages of subscriptions leave by it; empty: none do",
    "MAIL_FROM": "the sender of messages, needed with SMTP_URL",
    "MAILBOXES": "organisation=address, separated by commas: the mailbox of a service, never of a person",
    "PUBLIC_URL": "the address of this installation as its readers know it, for the links in messages",
    "LOG_FORMAT": "text: a line for people; json: one object a line, for a log collector",
    "QUARANTINE_KEY": "public RSA key in PEM: withheld texts are sealed for its holder for 72 hours; empty: kept nowhere",
    "SECOND_READER": "a Python with spaCy and fr_core_news_md (`make reader`): reads what the gate cleared; empty: nobody does",
    "OIDC_ISSUER": "address of an OpenID Connect provider that signs posts in; empty: passwords only",
    "OIDC_CLIENT_ID": "what the provider calls this installation",
    "OIDC_CLIENT_SECRET": "its secret there",
    "OIDC_NAME": "how the button names the provider",
    "OIDC_ALGORITHM": "RS256 or ES256, as registered with the provider",
    "OIDC_SECOND_FACTOR": "values of acr, separated by spaces, by which the provider says that a second factor was used",
    "OIDC_NETWORKS": "private networks the provider may be on, separated by commas; plain http is allowed there only",
    "MEDIA": "what contributors may add: off, photos or clips (photos too); default: clips in the demonstration, else photos",
    "RATE_LIMITS": "requests of one address: off, or entries such as programs=600/minute (screens, callbacks, streams, pushes)",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that can be chosen from outside."""

    city: City
    city_file: CityFile
    folder: Path
    catalogues: tuple[Path, ...]
    agreements: Path
    database_url: str = field(repr=False)
    host: str
    port: int
    is_demo: bool
    demo_url: str | None
    demo_events: int
    secret_key: str | None = field(repr=False)
    heartbeat_s: int = 5
    ballast_mb: int = 64
    trusted_proxies: tuple[str, ...] = ()
    is_https_only: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    mail: Mail | None = field(default=None, repr=False)
    log_format: str = "text"
    quarantine_key: str | None = None
    second_reader: str | None = None
    provider: Provider | None = None
    media: str = "photos"
    rates: Mapping[str, Rate] = field(default_factory=lambda: RATES)

    @property
    def landmarks(self) -> tuple[Mapping[str, object], ...]:
        """The city's landmarks as GeoJSON features, none where it has no file of them."""
        name = self.city_file.files.landmarks
        return read_features(self.folder / name) if name else ()

    @property
    def addresses(self) -> Addresses:
        """Streets and numbers of the national address base, none unless `manage.py gazetteer` was given them."""
        return Addresses(self.folder / ADDRESSES_FILE)


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this process; raise ConfigurationError naming the variable or the file and its key.

    Every variable of VARIABLES is read as `OBSERVATORY_NAME` first, then as `NAME`.
    """
    _refuse_unknown(environ)
    folder = (ROOT / (_value(environ, "CITY") or "cities/marseille")).resolve()
    city, city_file = read_city(folder)
    is_demo = _flag(environ, "DEMO", default=True)
    demo_events = _number(environ, "DEMO_EVENTS", default=0, most=MAX_DEMO_EVENTS)
    return Settings(
        city=city,
        city_file=city_file,
        folder=folder,
        catalogues=_catalogues(folder, is_demo=is_demo, has_load=demo_events > 0),
        agreements=folder / ("demo-agreements.toml" if is_demo else "agreements.toml"),
        database_url=_database(_value(environ, "DATABASE_URL"), city.id),
        host=_value(environ, "HOST") or "127.0.0.1",
        port=_number(environ, "PORT", default=8050, most=65_535),
        is_demo=is_demo,
        demo_url=_address(_value(environ, "DEMO_URL")) if is_demo else None,
        demo_events=demo_events if is_demo else 0,
        secret_key=_value(environ, "SECRET_KEY"),
        heartbeat_s=_number(environ, "HEARTBEAT_S", default=5, least=1, most=15),
        ballast_mb=_number(environ, "BALLAST_MB", default=64, most=65_536),
        trusted_proxies=_networks(environ, "TRUSTED_PROXIES"),
        is_https_only=_flag(environ, "HTTPS_ONLY", default=False),
        metrics_token=_value(environ, "METRICS_TOKEN"),
        mail=read_mail(*(_value(environ, name) for name in ("SMTP_URL", "MAIL_FROM", "MAILBOXES", "PUBLIC_URL"))),
        log_format=_word(environ, "LOG_FORMAT", FORMATS),
        quarantine_key=_value(environ, "QUARANTINE_KEY"),
        second_reader=_value(environ, "SECOND_READER"),
        provider=_provider(environ),
        media=_word(environ, "MEDIA", ("clips", "photos", "off") if is_demo else ("photos", "clips", "off")),
        rates=_rates(environ),
    )


def _catalogues(folder: Path, *, is_demo: bool, has_load: bool) -> tuple[Path, ...]:
    if not is_demo:
        return (folder / "sources.toml",)
    if not (folder / "demo.toml").is_file():
        raise ConfigurationError(
            f"DEMO: {folder.name} has no demonstration (demo.toml); set DEMO=0 to read its sources.toml"
        )
    return (folder / "demo.toml", *([folder / "demo-load.toml"] if has_load else []))


def settings_of(folder: Path, *, is_demo: bool, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this process for a city of another folder, as a demonstration or in earnest."""
    others = {name: value for name, value in environ.items() if name not in ("CITY", "DEMO")}
    chosen = {"OBSERVATORY_CITY": str(folder.resolve()), "OBSERVATORY_DEMO": "1" if is_demo else "0"}
    return load_settings({**others, **chosen})


def read_secrets(names: Iterable[str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the values of these environment names (or of the files that NAME_FILE names), without those not set."""
    found = {name: _named(environ, name) for name in names}
    return {name: value for name, value in found.items() if value}


def read_sources(settings: Settings, demo_url: str | None) -> tuple[Source, ...]:
    """Return the sources of the city's catalogues; `demo_url` is where the simulated partners listen.

    A mistake anywhere in them, a map of fields included, stops the start and not the first poll.
    """
    city = settings.city
    sources = tuple(
        source
        for path in settings.catalogues
        for source in read_catalogue(path, timezone=city.timezone, area=city.area, demo_url=demo_url)
    )
    for source in sources:
        make_adapter(source)
    return sources


def gate_key(settings: Settings) -> bytes:
    """Return the key of the privacy gate, which stays the same for as long as the database.

    It comes from SECRET_KEY; without one it is made once and kept beside a database that is a file.
    """
    if settings.secret_key is not None:
        return hashlib.sha256(b"privacy gate\0" + settings.secret_key.encode()).digest()
    _, mark, place = settings.database_url.partition(":///")
    if not mark or not settings.database_url.startswith("sqlite"):
        raise ConfigurationError("SECRET_KEY is missing: a database that is not a file needs one")
    path = Path(f"{place.partition('?')[0]}.key")
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(secrets.token_bytes(32))
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: the key of the privacy gate cannot be kept ({error.strerror})") from None


def place_names(settings: Settings) -> tuple[str, ...]:
    """Return the names of places that the privacy gate knows beside the city's districts and axes.

    Those of its landmarks and its neighbours, and those of PLACES_FILE, which `manage.py gazetteer` writes.
    """
    files = settings.city_file.files
    listed = (read_names(settings.folder / name) for name in (files.landmarks, files.communes) if name)
    return (*(name for names in listed for name in names), *kept_place_names(settings.folder / PLACES_FILE))


def _value(environ: Mapping[str, str], name: str) -> str | None:
    return _named(environ, PREFIX + name) or _named(environ, name)


def _named(environ: Mapping[str, str], name: str) -> str | None:
    value = environ.get(name)
    if value:
        return value.strip() or None
    place = environ.get(name + FILE_SUFFIX)
    if not place:
        return None
    try:
        return Path(place).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigurationError(f"{name}{FILE_SUFFIX}: the file {place} cannot be read ({reason})") from None


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {PREFIX + name for name in VARIABLES}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.removesuffix(FILE_SUFFIX) not in known:
            close = difflib.get_close_matches(name, known, 1)
            meant = f"; did you mean {close[0]}?" if close else ""
            raise ConfigurationError(f"environment: {name} is not known{meant} (allowed: {', '.join(sorted(known))})")


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = _value(environ, name)
    if value is None:
        return default
    if value not in ("0", "1"):
        raise ConfigurationError(f"environment: {name} is {value[:40]!r}; allowed: 0 or 1")
    return value == "1"


def _word(environ: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    value = _value(environ, name) or allowed[0]
    if value not in allowed:
        raise ConfigurationError(f"environment: {name} is {value[:40]!r}; allowed: {', '.join(allowed)}")
    return value


def _number(environ: Mapping[str, str], name: str, *, default: int, most: int, least: int = 0) -> int:
    value = _value(environ, name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()) or len(value) > 9 or not least <= int(value) <= most:
        raise ConfigurationError(
            f"environment: {name} is {value[:40]!r}; allowed: a whole number from {least} to {most}"
        )
    return int(value)


def _networks(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    texts = tuple(part.strip() for part in (_value(environ, name) or "").split(",") if part.strip())
    try:
        return tuple(str(ip_network(text)) for text in texts)
    except ValueError:
        raise ConfigurationError(
            f"environment: {name} must be addresses or networks separated by commas, such as 10.0.0.5,10.1.0.0/24"
        ) from None


def _provider(environ: Mapping[str, str]) -> Provider | None:
    issuer = _value(environ, "OIDC_ISSUER")
    if issuer is None:
        return None
    networks = _networks(environ, "OIDC_NETWORKS")
    if not issuer.startswith("https://") and not (networks and issuer.startswith("http://")):
        raise ConfigurationError("environment: OIDC_ISSUER must be https://, or http:// on one of OIDC_NETWORKS")
    needed = {name: _value(environ, name) for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise ConfigurationError(f"environment: {', '.join(missing)} is missing: OIDC_ISSUER needs it")
    return Provider(
        issuer=issuer,
        client_id=str(needed["OIDC_CLIENT_ID"]),
        client_secret=str(needed["OIDC_CLIENT_SECRET"]),
        name=_value(environ, "OIDC_NAME") or "OpenID Connect",
        algorithm=_word(environ, "OIDC_ALGORITHM", ("RS256", "ES256")),
        second_factor=tuple((_value(environ, "OIDC_SECOND_FACTOR") or "").split()),
        networks=networks,
    )


def _rates(environ: Mapping[str, str]) -> Mapping[str, Rate]:
    try:
        return read_rates(_value(environ, "RATE_LIMITS"))
    except ConfigurationError as error:
        raise ConfigurationError(f"environment: RATE_LIMITS: {error}") from None


def _address(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://127.0.0.1:", "http://localhost:")):
        raise ConfigurationError("environment: DEMO_URL must be an http:// address of this machine with its port")
    return value.rstrip("/") if value else None


def _database(value: str | None, city_id: str) -> str:
    url = value or f"sqlite:///var/{city_id}.sqlite"
    scheme, mark, place = url.partition(":///")
    is_relative_file = mark and scheme.startswith("sqlite") and place and not place.startswith(("/", ":"))
    return f"{scheme}:///{ROOT / place}" if is_relative_file else url
