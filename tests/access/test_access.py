"""Accounts, sign-ins, keys, displays and the audit, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from access.audit import REFUSED
from access.house import Access, open_access
from access.noted import MOST_ATTEMPTS
from access.organisations import Organisation
from access.roles import OF_ACCOUNTS, Right, Role
from access.sign_ins import IDLE, LONGEST
from events.audience import CITY_READER, PARTNERS, PUBLIC, AudienceLevel, listed
from events.errors import AccessDenied, ConfigurationError, InvalidRecord
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store.access_tables import account, api_key, audit, kiosk, sign_in
from store.database import Database, connect
from tests.api.served import CITY
from tests.intruder import lift_guards

PASSWORD = "quatre mots sans lien : tuile, banc, orgue"
SECRET = b"the key of an installation of the tests"


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 14, 13, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def go(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    opened = connect(store_url)
    yield opened
    opened.close()


@pytest.fixture
def access(database: Database, clock: Clock) -> Access:
    made = open_access(database, SECRET, clock, clearer(city_gazetteer(CITY, ())))
    made.organisations.put(Organisation(id="voirie", title="Service voirie"), None)
    made.organisations.put(Organisation(id="prefecture", title="Préfecture", may_alert=True), None)
    return made


def test_the_right_password_signs_in_and_a_wrong_one_says_no_more_than_an_unknown_account(access: Access) -> None:
    access.accounts.create("voirie-1", "voirie", Role.CONTRIBUTOR, PASSWORD, None)
    member = access.accounts.check("voirie-1", PASSWORD)
    assert (member.who, member.home, member.role) == ("voirie-1", "voirie", Role.CONTRIBUTOR)
    said = set()
    for login, password in (("voirie-1", "faux"), ("nobody-1", PASSWORD), ("", ""), ("voirie-1", "")):
        with pytest.raises(AccessDenied) as refused:
            access.accounts.check(login, password)
        said.add(str(refused.value))
    assert len(said) == 1


@pytest.mark.parametrize(
    "password", ["court", "motdepasse12345", "marseille marseille", "voirie voirie voirie voirie", "a" * 200]
)
def test_a_password_that_can_be_guessed_is_refused_and_never_quoted(access: Access, password: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        access.accounts.create("voirie-1", "voirie", Role.READER, password, None)
    assert password not in str(refused.value)
    assert access.accounts.all() == []


@pytest.mark.parametrize("name", ["Jean Dupont", "jean.dupont@ville.fr", "é", "", "-a", "a" * 65, "0612345678"])
def test_an_account_is_a_post_and_no_person(access: Access, name: str) -> None:
    with pytest.raises(InvalidRecord):
        access.accounts.create(name, "voirie", Role.READER, PASSWORD, None)


def test_guessing_is_slowed_down_and_the_owner_gets_in_again(access: Access, clock: Clock) -> None:
    access.accounts.create("voirie-1", "voirie", Role.READER, PASSWORD, None)
    for _ in range(5):
        with pytest.raises(AccessDenied):
            access.accounts.check("voirie-1", "faux faux faux faux")
    with pytest.raises(AccessDenied):
        access.accounts.check("voirie-1", PASSWORD)
    clock.go(timedelta(seconds=61))
    assert access.accounts.check("voirie-1", PASSWORD).who == "voirie-1"


def test_a_code_of_the_second_factor_serves_once(access: Access, clock: Clock) -> None:
    access.accounts.create("prefecture-1", "prefecture", Role.SUPERVISOR, PASSWORD, None)
    secret = access.accounts.new_second_factor("prefecture-1")
    totp = pyotp.TOTP(secret)
    with pytest.raises(InvalidRecord):
        access.accounts.confirm_second_factor("prefecture-1", secret, "000000", None)
    access.accounts.confirm_second_factor("prefecture-1", secret, totp.at(clock()), None)
    for code in ("", "000000"):
        with pytest.raises(AccessDenied):
            access.accounts.check("prefecture-1", PASSWORD, code)
    assert access.accounts.check("prefecture-1", PASSWORD, totp.at(clock())).sees_restricted
    with pytest.raises(AccessDenied):
        access.accounts.check("prefecture-1", PASSWORD, totp.at(clock()))
    clock.go(timedelta(seconds=30))
    assert access.accounts.check("prefecture-1", PASSWORD, totp.at(clock())).role is Role.SUPERVISOR


def test_a_role_that_needs_a_second_factor_reads_only_until_it_has_one(access: Access, clock: Clock) -> None:
    access.accounts.create("prefecture-1", "prefecture", Role.SUPERVISOR, PASSWORD, None)
    token = access.sign_ins.open(access.accounts.check("prefecture-1", PASSWORD))
    member = access.sign_ins.member(token)
    assert member is not None
    assert member.role is Role.READER
    assert not member.sees_restricted
    secret = access.accounts.new_second_factor("prefecture-1")
    access.accounts.confirm_second_factor("prefecture-1", secret, pyotp.TOTP(secret).at(clock()), None)
    assert access.sign_ins.member(token) is None, "a change of the ways in ends the sign-ins of before"


def test_a_sign_in_ends_when_idle_when_old_and_when_it_is_ended(access: Access, clock: Clock) -> None:
    access.accounts.create("voirie-1", "voirie", Role.READER, PASSWORD, None)
    member = access.accounts.check("voirie-1", PASSWORD)
    idle, ended, used = (access.sign_ins.open(member) for _ in range(3))
    assert access.sign_ins.member(idle) is not None
    access.sign_ins.end(ended)
    assert access.sign_ins.member(ended) is None
    start = clock()
    while clock() - start < LONGEST - timedelta(minutes=20):
        assert access.sign_ins.member(used) is not None
        clock.go(timedelta(minutes=20))
    assert access.sign_ins.member(idle) is None
    clock.go(timedelta(minutes=21))
    assert access.sign_ins.member(used) is None
    clock.go(IDLE)
    assert access.sign_ins.of("voirie-1") == []


def test_a_disabled_account_and_a_retired_organisation_are_out_at_once(access: Access, clock: Clock) -> None:
    access.accounts.create("voirie-1", "voirie", Role.READER, PASSWORD, None)
    token = access.sign_ins.open(access.accounts.check("voirie-1", PASSWORD))
    access.accounts.disable("voirie-1", None)
    assert access.sign_ins.member(token) is None
    with pytest.raises(AccessDenied):
        access.accounts.check("voirie-1", PASSWORD)
    access.accounts.enable("voirie-1", None)
    token = access.sign_ins.open(access.accounts.check("voirie-1", PASSWORD))
    key = access.devices.new_key("voirie", ["read"], by=None)
    access.organisations.put(Organisation(id="voirie", title="Service voirie", retired_at=clock()), None)
    assert access.sign_ins.member(token) is None
    assert access.devices.key(key) is None


def test_what_a_role_sees_is_the_table_of_the_design(access: Access) -> None:
    for role in OF_ACCOUNTS:
        access.accounts.create(f"prefecture-{role.value}", "prefecture", role, PASSWORD, None)
        member = access.accounts.check(f"prefecture-{role.value}", PASSWORD)
        assert member.may_see(PUBLIC)
        assert member.may_see(PARTNERS)
        assert member.may_see(listed(["prefecture"])) is (role in (Role.MANAGER, Role.CONTRIBUTOR, Role.SUPERVISOR))
        assert member.may_see(listed(["voirie"])) is (role is Role.SUPERVISOR)
        assert member.may(Right.ADMINISTER) is (role is Role.ADMINISTRATOR)
        assert member.may(Right.CONTRIBUTE) is (role in (Role.CONTRIBUTOR, Role.SUPERVISOR))


def test_a_key_is_told_once_scoped_ends_and_is_revoked(access: Access, database: Database, clock: Clock) -> None:
    key = access.devices.new_key("voirie", ["read", "push"], by=None, audience=AudienceLevel.LISTED)
    known = access.devices.key(key)
    assert known is not None
    assert known.scopes == {"read", "push"}
    assert known.member.may_see(listed(["voirie"]))
    assert not known.member.may_see(listed(["prefecture"]))
    secret = key.split("_", 2)[2]
    with database.read() as connection:
        kept = " ".join(str(value) for row in connection.execute(select(api_key)) for value in row)
    assert secret not in kept
    access.devices.new_key("voirie", ["read"], by=None)
    with pytest.raises(InvalidRecord, match="2 live keys"):
        access.devices.new_key("voirie", ["read"], by=None)
    for wrong in (key[:-1], key.replace(secret, "x"), "obs__", "", key.replace("obs", "obk")):
        assert access.devices.key(wrong) is None
    access.devices.revoke(known.member.who, None)
    assert access.devices.key(key) is None
    other = access.devices.new_key("voirie", ["read"], by=None, lasts=timedelta(days=1))
    clock.go(timedelta(days=2))
    assert access.devices.key(other) is None


def test_a_wall_display_sees_its_audience_and_no_restricted_record(access: Access) -> None:
    token = access.devices.new_kiosk(
        "prefecture", "Mur, salle 2", "situation", by=None, audience=AudienceLevel.PARTNERS
    )
    found = access.devices.kiosk(token)
    assert found is not None
    member, scene = found
    assert scene == "situation"
    assert member.may_see(PARTNERS)
    assert not member.may_see(listed(["prefecture"]))
    assert not any(member.may(right) for right in Right)


@pytest.mark.parametrize("title", ["Bureau de Monsieur Martin Durand", "Tél. 06 12 34 56 78", ""])
def test_labels_pass_the_gate(access: Access, title: str) -> None:
    with pytest.raises(InvalidRecord):
        access.devices.new_kiosk("prefecture", title, "situation", by=None)
    with pytest.raises(InvalidRecord):
        access.organisations.put(Organisation(id="autre", title=title), None)


def test_who_sends_these_headers(access: Access) -> None:
    access.accounts.create("voirie-1", "voirie", Role.READER, PASSWORD, None)
    member = access.accounts.check("voirie-1", PASSWORD)
    token = access.sign_ins.open(member)
    key = access.devices.new_key("voirie", ["read"], by=None)
    push_only = access.devices.new_key("voirie", ["push"], by=None)
    assert access.viewer({"cookie": f"a=b; ob-session={token}"}) == member
    assert access.viewer({"cookie": f"__Host-ob-session={token}"}) == member
    found = access.viewer({"authorization": f"Bearer {key}"})
    assert found is not None
    assert found.is_partner is False
    for headers in (
        {},
        {"cookie": "ob-session=x"},
        {"cookie": "\0=;"},
        {"authorization": "Bearer x"},
        {"authorization": f"Bearer {push_only}"},
    ):
        assert access.viewer(headers) is None
    access.end(token)
    assert access.viewer({"cookie": f"ob-session={token}"}) is None


def test_a_wrong_key_is_nobody_even_in_the_demonstration(database: Database, clock: Clock) -> None:
    open_house = open_access(database, SECRET, clock, str, CITY_READER)
    assert open_house.viewer({}) == CITY_READER
    assert open_house.viewer({"cookie": "ob-session=over"}) == CITY_READER
    assert open_house.viewer({"authorization": "Bearer obs_1_2"}) is None


def test_the_audit_shows_every_change_of_it(access: Access, database: Database) -> None:
    access.accounts.create("voirie-1", "voirie", Role.READER, PASSWORD, None)
    with pytest.raises(AccessDenied):
        access.accounts.check("voirie-1", "faux")
    rows = access.audit.rows()
    assert [(row.action, row.outcome) for row in rows[:2]] == [("sign-in", REFUSED), ("account.create", "done")]
    report = access.audit.verify()
    assert report.broken_at is None
    assert report.rows == len(rows) == 4
    with database.write() as connection:
        lift_guards(connection)
        connection.execute(update(audit).where(audit.c.seq == 2).values(who="someone-else"))
    assert access.audit.verify().broken_at == 2
    with database.write() as connection:
        connection.execute(update(audit).where(audit.c.seq == 2).values(who="nobody"))
        assert connection.execute(audit.delete().where(audit.c.seq == 3)).rowcount == 1
    assert access.audit.verify().broken_at == 4


def test_nothing_secret_is_readable_in_the_tables(access: Access, database: Database, clock: Clock) -> None:
    access.accounts.create("prefecture-1", "prefecture", Role.SUPERVISOR, PASSWORD, None)
    secret = access.accounts.new_second_factor("prefecture-1")
    access.accounts.confirm_second_factor("prefecture-1", secret, pyotp.TOTP(secret).at(clock()), None)
    token = access.sign_ins.open(access.accounts.check("prefecture-1", PASSWORD, pyotp.TOTP(secret).at(clock())))
    display = access.devices.new_kiosk("prefecture", "Mur", "situation", by=None)
    with database.read() as connection:
        tables = (account, sign_in, api_key, kiosk, audit)
        kept = " ".join(str(value) for table in tables for row in connection.execute(select(table)) for value in row)
    for told in (PASSWORD, secret, token, display.split("_", 2)[2]):
        assert told not in kept


def test_another_key_of_the_installation_says_so(access: Access, database: Database, clock: Clock) -> None:
    access.accounts.create("prefecture-1", "prefecture", Role.SUPERVISOR, PASSWORD, None)
    secret = access.accounts.new_second_factor("prefecture-1")
    access.accounts.confirm_second_factor("prefecture-1", secret, pyotp.TOTP(secret).at(clock()), None)
    other = open_access(database, b"another key, as long as the first one", clock, str)
    with pytest.raises(ConfigurationError, match="another SECRET_KEY"):
        other.accounts.check("prefecture-1", PASSWORD, "000000")
    assert other.audit.verify().broken_at == 1


def test_a_flood_of_forged_sessions_is_bounded_in_the_audit(access: Access, caplog: pytest.LogCaptureFixture) -> None:
    before = len(access.audit.rows(1000))
    for number in range(MOST_ATTEMPTS + 30):
        access.viewer({"cookie": f"ob-session=forged-{number}"})
    assert len(access.audit.rows(1000)) - before == MOST_ATTEMPTS
    assert "the rest are not noted" in caplog.text
    assert access.audit.verify().broken_at is None
