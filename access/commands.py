"""The operator's commands for organisations, accounts, keys, wall displays and the audit."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TextIO

from access.devices import DISPLAY_AUDIENCES, SCOPES
from access.house import Access
from access.identifiers import check_identifier
from access.members import OPERATOR
from access.organisations import ALL, Organisation
from access.roles import OF_ACCOUNTS, Role
from events.audience import AudienceLevel
from events.errors import ConfigurationError, InvalidRecord

MOST_DAYS = 1825
_OF_KEYS = [level.value for level in AudienceLevel]
_OF_DISPLAYS = [level.value for level in DISPLAY_AUDIENCES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the commands work on: `districts` from any way to write one to its code, `sources` to their organisation."""

    access: Access
    districts: Mapping[str, str]
    categories: Collection[str]
    sources: Mapping[str, str]


Opened = Callable[[], AbstractContextManager[Installation]]
Commands = Any
"""What argparse gives for `add_subparsers`; its type has no public name."""


def add_commands(commands: Commands, opened: Opened) -> None:
    """Add the commands of this room to a program; `opened` opens the installation for one of them."""

    def command(within: Commands, name: str, run: Callable[[argparse.Namespace, Installation], int]) -> Any:
        made = within.add_parser(name, help=(run.__doc__ or "").split("\n")[0])

        def work(options: argparse.Namespace) -> int:
            with opened() as installation:
                return run(options, installation)

        made.set_defaults(run=work)
        return made

    def group(name: str, told: str) -> Commands:
        return commands.add_parser(name, help=told).add_subparsers(required=True, metavar="COMMAND")

    organisations = group("organisation", "Organisations: where and what each may write.")
    _of_an_organisation(command(organisations, "create", create_organisation))
    command(organisations, "list", list_organisations)
    command(organisations, "retire", retire_organisation).add_argument("id", metavar="ID")
    accounts = group("account", "Accounts: posts of an organisation, never persons.")
    _of_an_account(command(accounts, "create", create_account))
    command(accounts, "list", list_accounts)
    for name, run in (("disable", disable_account), ("enable", enable_account), ("password", set_password)):
        command(accounts, name, run).add_argument("login", metavar="LOGIN")
    link = command(accounts, "link", link_account)
    link.add_argument("login", metavar="LOGIN")
    link.add_argument("--reference", required=True, help="what the identity provider's page of refusal shows")
    keys = group("key", "Keys of programs.")
    _of_a_key(command(keys, "create", create_key))
    command(keys, "list", list_keys)
    command(keys, "revoke", revoke_device).add_argument("id", metavar="ID")
    displays = group("kiosk", "Tokens of wall displays.")
    _of_a_display(command(displays, "create", create_display))
    command(displays, "list", list_displays)
    command(displays, "revoke", revoke_device).add_argument("id", metavar="ID")
    audit = group("audit", "Who wrote or read what matters.")
    command(audit, "anchor", tell_anchor)
    verifying = command(audit, "verify", verify_audit)
    verifying.add_argument("--anchor", metavar="N:HEAD", help="an anchor kept elsewhere: a cut tail shows only so")


def create_organisation(options: argparse.Namespace, house: Installation) -> int:
    """Create an organisation."""
    if house.access.organisations.get(options.id) is not None:
        raise InvalidRecord(f"there is an organisation {options.id!r} already; nothing was changed")
    made = Organisation(
        id=options.id,
        title=options.name,
        territory=read_territory(options.territory, house.districts),
        categories=read_categories(options.categories, house.categories),
        is_trusted=not options.proposes,
        may_alert=options.may_alert,
    )
    house.access.organisations.put(made, OPERATOR)
    return _say(f"organisation {made.id} created")


def list_organisations(_: argparse.Namespace, house: Installation) -> int:
    """List the organisations."""
    for one in house.access.organisations.all():
        state = "retired" if one.retired_at else "publishes" if one.is_trusted else "proposes"
        where, what = ",".join(sorted(one.territory or [ALL])), ",".join(sorted(one.categories or [ALL]))
        _say(f"{one.id}\t{one.title}\t{state}\t{where}\t{what}")
    return 0


def retire_organisation(options: argparse.Namespace, house: Installation) -> int:
    """Close an organisation: none of its accounts, keys and displays opens anything from now on."""
    found = house.access.organisations.get(options.id)
    if found is None:
        raise InvalidRecord(f"there is no organisation {options.id[:64]!r}; nothing was changed")
    house.access.organisations.put(replace(found, retired_at=house.access.clock()), OPERATOR)
    return _say(f"organisation {found.id} retired")


def create_account(options: argparse.Namespace, house: Installation) -> int:
    """Create an account; without --password-stdin only an identity provider signs it in."""
    password = _password(sys.stdin) if options.password_stdin else None
    house.access.accounts.create(options.login, options.organisation, Role(options.role), password, OPERATOR)
    return _say(f"account {options.login} created")


def list_accounts(_: argparse.Namespace, house: Installation) -> int:
    """List the accounts."""
    for one in house.access.accounts.all():
        factor = "second factor" if one.has_second_factor else "no second factor"
        _say(f"{one.id}\t{one.organisation}\t{one.role.value}\t{'closed' if one.disabled_at else 'open'}\t{factor}")
    return 0


def disable_account(options: argparse.Namespace, house: Installation) -> int:
    """Close an account and end its sign-ins."""
    house.access.accounts.disable(options.login, OPERATOR)
    return _say(f"account {options.login} closed")


def enable_account(options: argparse.Namespace, house: Installation) -> int:
    """Open a closed account again."""
    house.access.accounts.enable(options.login, OPERATOR)
    return _say(f"account {options.login} open")


def set_password(options: argparse.Namespace, house: Installation) -> int:
    """Give an account the password of one line of the standard input; its sign-ins end."""
    house.access.accounts.set_password(options.login, _password(sys.stdin), OPERATOR)
    return _say(f"account {options.login}: the password is replaced")


def link_account(options: argparse.Namespace, house: Installation) -> int:
    """Let an identity of the provider sign in as an account."""
    house.access.identities.link(options.reference, options.login, OPERATOR)
    return _say(f"account {options.login} linked")


def create_key(options: argparse.Namespace, house: Installation) -> int:
    """Create a key and print it, this once."""
    check_key_source(options.source, options.organisation, house.sources)
    key = house.access.devices.new_key(
        options.organisation, options.scope, by=OPERATOR, source_id=options.source,
        audience=AudienceLevel(options.audience), lasts=timedelta(days=options.days),
    )  # fmt: skip
    _tell(f"key of {options.organisation}, {options.days} days; it cannot be shown again:")
    return _say(key)


def list_keys(_: argparse.Namespace, house: Installation) -> int:
    """List the keys, without what they open."""
    for one in house.access.devices.keys():  # noqa: SIM118 - the devices are no mapping
        state = "revoked" if one.revoked_at else f"until {one.ends_at:%Y-%m-%d}"
        _say(f"{one.id}\t{one.organisation}\t{','.join(one.scopes)}\t{one.source_id or '-'}\t{one.audience}\t{state}")
    return 0


def create_display(options: argparse.Namespace, house: Installation) -> int:
    """Create the token of a wall display and print the address to open on it, this once."""
    token = house.access.devices.new_kiosk(
        options.organisation, options.name, check_identifier(options.scene, "scene"), by=OPERATOR,
        audience=AudienceLevel(options.audience), lasts=timedelta(days=options.days),
    )  # fmt: skip
    _tell("open this address once on the display; it cannot be shown again:")
    return _say(f"/mur?jeton={token}")


def list_displays(_: argparse.Namespace, house: Installation) -> int:
    """List the wall displays, without what opens them."""
    for one in house.access.devices.kiosks():
        state = "revoked" if one.revoked_at else f"until {one.ends_at:%Y-%m-%d}"
        _say(f"{one.id}\t{one.organisation}\t{one.title}\t{one.scene}\t{one.audience}\t{state}")
    return 0


def revoke_device(options: argparse.Namespace, house: Installation) -> int:
    """Stop a key or a display at once."""
    house.access.devices.revoke(options.id, OPERATOR)
    return _say(f"{options.id} revoked")


def tell_anchor(_: argparse.Namespace, house: Installation) -> int:
    """Print the last number of the audit and its hash, to be kept elsewhere."""
    return _say(house.access.audit.anchor().told)


def verify_audit(options: argparse.Namespace, house: Installation) -> int:
    """Walk the audit: 0 when no line was changed, removed or exchanged, and the anchor, when given, is on it."""
    report = house.access.audit.verify()
    if report.broken_at is not None:
        _say(f"audit: broken at {report.broken_at}, {report.rows} lines hold before it")
        return 1
    if options.anchor is not None and not house.access.audit.holds(options.anchor):
        _say("audit: the anchor is not on it: lines that were there when it was told are gone or changed")
        return 1
    return _say(f"audit: {report.rows} lines hold, head {report.head or '-'}")


def read_territory(text: str, districts: Mapping[str, str]) -> frozenset[str] | None:
    """Return the district codes that a list joined by commas names, None for all; raise InvalidRecord."""
    return _codes(text, "territory", districts)


def read_categories(text: str, categories: Collection[str]) -> frozenset[str] | None:
    """Return the categories that a list joined by commas names, None for all; raise InvalidRecord."""
    return _codes(text, "categories", {one: one for one in categories})


def check_key_source(source_id: str | None, organisation: str, sources: Mapping[str, str]) -> None:
    """Raise InvalidRecord unless the source, when one is named, exists and is the organisation's own."""
    if source_id is not None and sources.get(source_id) != organisation:
        raise InvalidRecord(f"{organisation} has no source {source_id[:80]!r} in the catalogue; no key was made")


def _codes(text: str, field: str, known: Mapping[str, str]) -> frozenset[str] | None:
    asked = [part.strip() for part in text.split(",") if part.strip()]
    if asked == [ALL]:
        return None
    unknown = [part[:40] for part in asked if part not in known]
    if unknown or not asked:
        found = ", ".join(unknown) or "nothing"
        raise InvalidRecord(f"{field}: found {found}; allowed: {ALL}, or {', '.join(sorted(set(known.values())))}")
    return frozenset(known[part] for part in asked)


def _password(stream: TextIO) -> str:
    line = stream.readline().rstrip("\r\n")
    if not line:
        raise ConfigurationError("no password came on the standard input; nothing was changed")
    return line


def _of_an_organisation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--name", required=True, help="how screens call it")
    parser.add_argument("--territory", default=ALL, help="district codes joined by commas; all")
    parser.add_argument("--categories", default=ALL, help="categories it may write, joined by commas; all")
    parser.add_argument("--proposes", action="store_true", help="what it writes waits for an answer")
    parser.add_argument("--may-alert", action="store_true", help="its posts may propose and confirm critical events")


def _of_an_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login", metavar="LOGIN", help="a post, such as supervision-1; never a person")
    parser.add_argument("--organisation", required=True, metavar="ID")
    parser.add_argument("--role", required=True, choices=[role.value for role in OF_ACCOUNTS])
    parser.add_argument("--password-stdin", action="store_true", help="the first line of the standard input")


def _of_a_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", required=True, metavar="ID")
    parser.add_argument("--scope", required=True, action="append", choices=SCOPES)
    parser.add_argument("--source", metavar="ID", help="the only source it may push; without: any of its organisation")
    _of_a_device(parser, _OF_KEYS)


def _of_a_display(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", required=True, metavar="ID")
    parser.add_argument("--name", required=True, help="which wall, such as Salle de supervision")
    parser.add_argument("--scene", default="situation", help="what it shows")
    _of_a_device(parser, _OF_DISPLAYS)


def _of_a_device(parser: argparse.ArgumentParser, audiences: Sequence[str]) -> None:
    parser.add_argument("--audience", default=AudienceLevel.PUBLIC.value, choices=audiences)
    parser.add_argument("--days", type=_days, default=365, help=f"how long it is good for, at most {MOST_DAYS}")


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_DAYS}")
    return int(text)


def _say(line: str) -> int:
    sys.stdout.write(f"{line}\n")
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
