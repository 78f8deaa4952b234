"""The operator's commands on organisations, accounts, keys, displays and the audit: what they print, keep and refuse."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

import manage
from store.access_tables import account, api_key, audit, kiosk
from store.database import connect
from tests.intruder import lift_guards

PASSWORD = "quatre mots sans lien : tuile, banc, orgue"
Run = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(store_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("OBSERVATORY_DATABASE_URL", store_url)
    monkeypatch.setenv("OBSERVATORY_SECRET_KEY", "a key of the tests")

    def made(*arguments: str, told: str = "") -> Done:
        capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.StringIO(told))
        try:
            status = manage.main(arguments)
        except SystemExit as ended:  # argparse's own refusals
            status = int(str(ended.code))
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return made


def rows(store_url: str, table: object) -> list[object]:
    database = connect(store_url)
    with database.read() as connection:
        found = connection.execute(select(table)).mappings().all()
    database.close()
    return list(found)


def create(run: Run) -> None:
    done = run(
        "organisation",
        "create",
        "voirie",
        "--name",
        "Service voirie",
        "--territory",
        "1,13202",
        "--categories",
        "chantier",
    )
    assert (done.returncode, done.stdout) == (0, "organisation voirie created\n"), done.stderr


def test_organisation_account_and_key_are_made_as_the_design_words_them(run: Run, store_url: str) -> None:
    create(run)
    assert "13201,13202\tchantier" in run("organisation", "list").stdout
    asked = ("account", "create", "voirie-1", "--organisation", "voirie", "--role", "contributor", "--password-stdin")
    done = run(*asked, told=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert rows(store_url, account)[0]["password_hash"].startswith("$argon2id$")
    done = run(
        "key", "create", "--organisation", "voirie", "--scope", "push", "--scope", "read", "--audience", "partners"
    )
    assert re.fullmatch(r"obs_[a-z]{12}_\S{43}\n", done.stdout), done.stderr
    kept = rows(store_url, api_key)[0]
    assert (kept["scopes"], kept["audience"]) == ("push,read", "partners")
    assert done.stdout.strip().split("_", 2)[2] not in str(kept)
    assert done.stdout.strip().split("_", 2)[2] not in run("key", "list").stdout
    assert {row["who"] for row in rows(store_url, audit)} == {"operator"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("organisation", "create", "x", "--name", "X", "--territory", "99999"), "territory: found 99999"),
        (("organisation", "create", "x", "--name", "X", "--categories", "polite"), "categories: found polite"),
        (("organisation", "create", "x", "--name", "Madame Jeanne Martin"), "never a person"),
        (("organisation", "create", "voirie", "--name", "Autre"), "already"),
        (("organisation", "retire", "nulle-part"), "there is no organisation"),
        (("account", "create", "jean.dupont", "--organisation", "voirie", "--role", "reader"), "identifier"),
        (("account", "create", "a-1", "--organisation", "nulle-part", "--role", "reader"), "there is no organisation"),
        (
            ("account", "create", "a-1", "--organisation", "voirie", "--role", "reader", "--password-stdin"),
            "no password",
        ),
        (("key", "create", "--organisation", "voirie", "--scope", "push", "--source", "prefecture-x"), "has no source"),
        (("key", "revoke", "abc"), "there is no live key"),
        (("account", "link", "voirie-1", "--reference", "jean"), "reference"),
        (("audit", "verify", "--anchor", "hier"), "an anchor is a number"),
    ],
)
def test_what_cannot_be_made_says_why_and_changes_nothing(
    run: Run, store_url: str, arguments: tuple[str, ...], said: str
) -> None:
    create(run)
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(rows(store_url, audit)) == 1


def test_a_display_is_never_given_what_is_restricted(run: Run, store_url: str) -> None:
    create(run)
    asked = ("kiosk", "create", "--organisation", "voirie", "--name", "Mur de la salle", "--audience")
    assert run(*asked, "listed").returncode == 2
    done = run(*asked, "partners", "--days", "30")
    assert done.stdout.startswith("/mur?jeton=obk_"), done.stderr
    device = rows(store_url, kiosk)[0]["id"]
    assert run("kiosk", "revoke", device).returncode == 0
    assert "revoked" in run("kiosk", "list").stdout


def test_the_audit_verifies_and_an_anchor_shows_a_cut_tail(run: Run, store_url: str) -> None:
    create(run)
    assert run("key", "create", "--organisation", "voirie", "--scope", "read").returncode == 0
    anchor = run("audit", "anchor").stdout.strip()
    assert anchor.startswith("2:")
    assert run("audit", "verify", "--anchor", anchor).returncode == 0
    database = connect(store_url)
    with database.write() as connection:
        lift_guards(connection)
        connection.execute(audit.delete().where(audit.c.seq == 2))
    database.close()
    assert run("audit", "verify").returncode == 0, "a cut tail does not show without an anchor"
    done = run("audit", "verify", "--anchor", anchor)
    assert (done.returncode, "gone or changed" in done.stdout) == (1, True)
    database = connect(store_url)
    with database.write() as connection:
        connection.execute(audit.update().values(action="key.create"))
    database.close()
    assert run("audit", "verify").returncode == 1
