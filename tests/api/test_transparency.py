"""`/transparence` is open to everyone, and tells of everything held without telling of any record or any small count."""

from __future__ import annotations

import asyncio
import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from sqlalchemy import func, insert, select

from access.audit import Audit
from access.house import open_access
from api.control.making import Controls
from api.control.pages import day
from api.reports.press import Press
from api.transparency.files import FILES
from api.transparency.pages import RUBRICS, Transparency, make_rubric
from api.transparency.rubrics import ACTS, acts_of, rule_changes
from components.clear import counted
from components.texts import words
from events.audience import CITY_READER, PUBLIC, listed
from insight.control import VERSION
from privacy.gazetteer import city_gazetteer
from privacy.media.gate import VERSION as MEDIA_GATE
from privacy.screen import clearer
from privacy.text import GATE_VERSION
from store.access_tables import audit
from store.media_tables import media
from store.tables import camera, event, poll_run
from tests.api.served import CITY, Served
from tests.api.served import event as made_event
from tests.intruder import lift_guards

SMALL = 5
CELL = re.compile(r"<t[dh][^>]*>([^<]*)</t[dh]>|<dd>([^<]*)</dd>")


def rubric_of(served: Served, name: str, lang: str = "en") -> str:
    return make_rubric(served.house, name, lang).body.decode()


def file_of(clear: Transparency, name: str, lang: str) -> bytes:
    return asyncio.run(clear.file(name, lang))


def with_access(served: Served):
    """Return the house with accounts and an audit, as a demonstration."""
    access = open_access(
        served.house.database, b"0" * 32, lambda: datetime.now(UTC), clearer(city_gazetteer(CITY)), CITY_READER
    )
    return replace(served.house, access=access)


def many(served: Served, count: int, name: str = "m", **changes: object) -> None:
    for number in range(count):
        served.admit(made_event(f"{name}-{number}", **changes))


def publish(served: Served, flags: tuple[dict[str, object], ...] = ()) -> None:
    from store.control_reports import keep

    house = served.house
    controls = Controls(house.database, house.city, house.sources, house.clock)
    content = controls.content(house.clock())
    told = {**content, "flags": list(flags), "public": {**content["public"], "flags": list(flags)}}
    assert keep(house.database, told, house.clock(), "2026-11") is not None


def cells(text: str) -> list[str]:
    return [html.unescape(one or other).strip() for one, other in CELL.findall(text)]


def test_every_rubric_of_a_demonstration_is_marked_as_one_and_names_its_city(served: Served) -> None:
    house = with_access(served)
    for name in RUBRICS:
        text = make_rubric(house, name, "fr").body.decode()
        rows = re.findall(r'<span data-text="([^"]*)"></span>', text)
        assert (name, [row.count("DÉMONSTRATION") for row in rows]) == (name, [6] * 9)
        assert "DÉMONSTRATION" not in re.sub(r'data-text="[^"]*"', "", text)  # decoration is no text of the page
        assert text.count(f">{house.said.name}</span>") == 2
        assert "data-text" not in rubric_of(served, name)  # real data has no mark


@pytest.mark.parametrize("rubric", RUBRICS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_rubric_is_open_without_sign_in(served: Served, rubric: str, lang: str) -> None:
    answer = served.get(f"/transparence/{rubric}?lang={lang}", viewer=None)
    assert answer.status_code == 200
    assert f'lang="{lang}"' in answer.text
    assert answer.text.count('aria-current="page"') == 2, "the tab and the rubric"
    for start in ("transparency.", "control.", "paper."):
        assert start not in answer.text.partition("<body>")[2], "a text is missing"
    assert "<script" not in answer.text.replace('<script src="/assets/ob-00-theme.js"></script>', "")
    assert "style=" not in answer.text


def test_the_first_screen_says_what_is_never_held(served: Served) -> None:
    text = served.get("/transparence", viewer=None).text
    assert "Aucun suivi de téléphone" in text
    assert "Aucune image de caméra" in text


def test_an_unknown_rubric_says_which_there_are(served: Served) -> None:
    answer = served.get("/transparence/autre", viewer=None)
    assert answer.status_code == 404
    assert "equite" in answer.text


def test_volumes_are_counted_and_a_small_one_is_not_told(served: Served) -> None:
    with served.house.database.read() as connection:
        count = connection.execute(select(func.count()).select_from(event)).scalar_one()
    assert 0 < count < SMALL
    row = r"Events</th><td>[^<]+</td><td>[^<]+</td><td>[^<]+</td><td>{}</td>"
    assert re.search(row.format("open to all: fewer than 5"), rubric_of(served, "donnees"))
    many(served, SMALL)
    assert re.search(row.format("open to all: 5 to 9"), rubric_of(served, "donnees"))


def test_restricted_events_move_no_figure_of_any_rubric_or_file(served: Served) -> None:
    """Who counts the public events elsewhere would have the number of the others by a subtraction."""
    served.admit(*(made_event(f"o-{number}", audience=PUBLIC) for number in range(49)))
    house = with_access(served)
    with served.house.database.read() as connection:
        public = select(func.count()).select_from(event).where(event.c.audience == "public")
        assert connection.execute(public).scalar_one() in range(50, 60), "five more would be of the same class"

    def told() -> tuple[object, ...]:
        register = json.loads(file_of(Transparency(house, Press()), "registre.json", "en"))
        rows = {row[0]: row[1] for one in register["sections"] if one["table"] for row in one["table"]["rows"]}
        shown = rubric_of(served, "donnees")
        return re.search(r"Events</th>.*?</tr>", shown).group(), rows["event"], rows["event_version"]  # type: ignore[union-attr]

    before = told()
    assert before[1:] == ("50 to 99", "50 to 99")
    served.admit(*(made_event(f"r-{number}", audience=listed(["prefecture"])) for number in range(60)))
    assert told() == before


def test_one_more_reading_moves_nothing_on_the_page_of_the_journal(served: Served) -> None:
    house = with_access(served)
    for _ in range(12):
        house.access.audit.note(None, "restricted.read")
    before = cells(make_rubric(house, "journal", "en").body.decode())
    assert "10 to 49" in before
    house.access.audit.note(None, "restricted.read")
    assert cells(make_rubric(house, "journal", "en").body.decode()) == before


@pytest.mark.parametrize(
    ("value", "told"),
    [(0, "0"), (4, "fewer than 5"), (5, "5 to 9"), (9, "5 to 9"), (10, "10 to 49"), (49, "10 to 49"), (50, "50 to 99"),
     (100, "100 to 499"), (1234, "1,000 to 4,999"), (999_999, "500,000 to 999,999")],
)  # fmt: skip
def test_a_count_is_told_by_its_class(value: int, told: str) -> None:
    assert counted(value, SMALL, words("en")) == told
    assert counted(value, 0, words("en")) == f"{value:,}"
    assert counted(12, 11, words("en")) == "11 to 49"


def test_no_restricted_record_and_no_word_of_an_event_is_on_any_rubric_or_in_any_file(served: Served) -> None:
    many(served, 8, "s", headline="Visite officielle discrète", audience=listed(["prefecture"]))
    many(served, 8, "o", headline="Marché du matin ouvert", audience=PUBLIC)
    publish(served)
    house = with_access(served)
    for lang in ("fr", "en"):
        for rubric in RUBRICS:
            text = make_rubric(house, rubric, lang).body.decode()
            assert "discrète" not in text
            assert "Marché du matin" not in text
    clear = Transparency(house, Press())
    for name in FILES:
        body = file_of(clear, name, "fr")
        if name.endswith(".pdf"):
            text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))
        else:
            text = body.decode()
        assert "discrète" not in text
        assert "Marché du matin" not in text


def test_no_count_under_the_least_reaches_a_visitor_on_any_rubric_or_file(served: Served) -> None:
    """Everything here is small: four events, one camera, one tally, three lines of audit; the report of the control too."""
    many(served, 3)
    house = with_access(served)
    for number in range(3):
        house.access.audit.note(None, f"export.{number}")
    publish(served)
    small = {"1", "2", "3", "4"}
    versions = {one.version for one in rule_changes()}
    for rubric in RUBRICS:
        told = cells(make_rubric(house, rubric, "en").body.decode())
        assert set(told) & small <= (versions if rubric == "regles" else set()), rubric
    clear = Transparency(house, Press())
    rows = [line.split(";") for line in file_of(clear, "equite.csv", "en").decode().splitlines()[2:]]
    assert rows
    assert [row for row in rows if row[0] == "Events" and row[2] in small] == []
    register = json.loads(file_of(clear, "registre.json", "en"))
    counts = [
        row[1]
        for one in register["sections"]
        if one["table"] and one["table"]["heads"][0] == "Table"
        for row in one["table"]["rows"]
    ]
    assert "fewer than 5" in counts
    assert set(counts) & small == set()
    assert re.findall(r"\(([1-4]) rows\)", json.dumps(register)) == []


def test_cameras_that_are_not_public_are_not_listed(served: Served) -> None:
    with served.house.database.read() as connection:
        kept = connection.execute(select(camera.c.audience)).scalars().all()
    text = rubric_of(served, "cameras")
    assert text.count('<tr><th scope="row">') == sum(key == "public" for key in kept)


def test_small_counts_of_the_journal_are_not_told(served: Served) -> None:
    now = served.house.clock()
    lines = [("export", SMALL - 1), ("sign-in", SMALL + 2)]
    rows = [action for action, count in lines for _ in range(count)]
    with served.house.database.write() as connection:
        for seq, action in enumerate(rows, start=1):
            values = {"who": "x", "organisation_id": "x", "outcome": "done", "sha256": "0" * 64}
            connection.execute(insert(audit).values(seq=seq, at=now, action=action, **values))
    text = rubric_of(served, "journal", "fr")
    small = words("fr")("transparency.small", k=SMALL)
    assert f"Exports et rapports</th><td>{small}</td>" in text
    assert "Connexions et essais de connexion</th><td>5 à 9</td>" in text


def test_acts_are_told_in_plain_words_and_an_unknown_code_is_among_the_others() -> None:
    codes = {
        "sign-in": 2,
        "sign-in.open": 1,
        "media.stopped": 3,
        "camera.answer": 1,
        "cameras.read": 4,
        "lighthouse.lit": 5,
    }
    told = {"signing": 3, "media": 3, "control": 1, "reading": 4, "other": 5}
    assert dict(acts_of(codes)) == told
    for lang in ("fr", "en"):
        assert all(words(lang).has(f"transparency.act.{one}") for one in ACTS)


def test_the_heads_of_the_journal_are_published_with_their_days_and_hold(served: Served) -> None:
    house, days = with_access(served), [5, 2, 0]
    heads = []
    for back in days:
        early = Audit(house.database, house.access.seal, lambda back=back: house.clock() - timedelta(days=back))
        early.note(None, "sign-in")
        heads.append(early.anchor())
    text = make_rubric(house, "journal", "fr").body.decode()
    on = {back: day(house.clock() - timedelta(days=back), house, words("fr")) for back in range(8)}
    for back in (1, 2):
        assert f"{on[back]}</th><td>{heads[1].told}</td>" in text
    for back in (3, 4, 5):
        assert f"{on[back]}</th><td>{heads[0].told}</td>" in text
    assert f"{on[6]}</th>" not in text, "the journal did not exist"
    assert heads[2].head not in text, "a head of this moment would tell of each reading as it happens"
    assert all(house.access.audit.holds(one.told) for one in heads)
    with house.database.write() as connection:
        lift_guards(connection)
        connection.execute(audit.delete().where(audit.c.seq >= 2))
    assert not house.access.audit.holds(heads[1].told), "a cut tail shows against a published anchor"
    register = json.dumps(json.loads(file_of(Transparency(house, Press()), "registre.json", "fr")))
    assert heads[0].told in register


def test_the_history_of_the_rules_ends_with_the_versions_in_service() -> None:
    last = {one.rule: one.version for one in rule_changes()}
    assert last["gate"] == GATE_VERSION
    assert last["control"] == str(VERSION)
    assert last["media"] == MEDIA_GATE
    dates = [one.on for one in rule_changes()]
    assert dates == sorted(dates)


def test_what_each_version_of_the_gate_withheld_is_told(served: Served) -> None:
    with served.house.database.write() as connection:
        connection.execute(poll_run.update().values(gate="1-aaaa", text_withheld=40))
    assert '<th scope="row">1-aaaa</th>' in rubric_of(served, "regles")


def test_what_each_version_of_the_media_gate_found_is_told_by_classes(served: Served) -> None:
    row = {"organisation_id": "x", "account_id": "x", "kind": "photo", "created_at": served.house.clock(), "masks": 3}
    with served.house.database.write() as connection:
        for number in range(12):
            values = {"id": f"{number}", "state": "refused" if number < 6 else "waiting", "faces": 5, "gate": "9"}
            connection.execute(insert(media).values(**row, **values))
        connection.execute(insert(media).values(**row, id="old", state="waiting", faces=1))
    text = rubric_of(served, "regles", "fr")
    told = re.search(r'<th scope="row">9</th>(?:<td>[^<]*</td>){5}', text).group()
    assert cells(told)[2:] == ["10 à 49", "50 à 99", "10 à 49", "5 à 9"]
    assert re.search(r'<th scope="row">–</th><td>[^<]*</td><td>moins de 5</td>', text)
