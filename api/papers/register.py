"""The register of article 30: the observatory, and the accounts and logs of those who use it; every table and column that exists."""

from __future__ import annotations

from collections.abc import Iterator

from api.papers.facts import Facts
from api.papers.paper import Paper, Section, Table
from privacy.upkeep import RESCAN
from store.holdings import Holding

TREATMENTS = ("observatory", "posts")


def write(facts: Facts) -> Paper:
    """Return the register."""
    speak = facts.speak
    sections = [_controller(facts)]
    for name in TREATMENTS:
        mine = [one for one in facts.holdings if one.is_of_posts is (name == "posts")]
        sections += [_treatment(name, facts), _volumes(name, mine, facts)]
        sections += [_table(one, facts) for one in mine]
    sections += [_sources(facts), _recipients(facts), _transfers(facts), _security(facts)]
    return Paper(
        name=speak("paper.register.file"), title=speak("paper.register"), lang=speak.lang, signed=facts.signed,
        sections=sections,
    )  # fmt: skip


def _controller(facts: Facts) -> Section:
    speak, said = facts.speak, facts.house.said
    givers = sorted({facts.organisation(row["giver"]) for row in facts.agreements})
    return Section(
        title=speak("paper.controller"),
        facts=[
            (speak("paper.controller.who"), said.name),
            (speak("paper.controller.dpo"), said.contact or speak("transparency.no_contact")),
            (speak("paper.controller.partners"), ", ".join(givers) or "–"),
            (speak("paper.controller.decision"), speak("paper.controller.decision.text")),
        ],
    )


def _treatment(name: str, facts: Facts) -> Section:
    speak = facts.speak
    said = [
        (speak(f"paper.t.{one}"), speak(f"paper.t.{name}.{one}")) for one in ("purpose", "basis", "persons", "data")
    ]
    if name == "observatory":
        said.append((speak("paper.t.proof"), _proof(facts)))
    return Section(title=speak(f"paper.t.{name}"), facts=said)


def _proof(facts: Facts) -> str:
    """Return what shows that no person is held: the last time every text was read again."""
    last = facts.rescan
    if last is None:
        return facts.speak("paper.no_rescan")
    whole = last.lines[0]
    return facts.speak(
        "paper.rescan", time=facts.day(last.at), gate=last.gate or "–", seen=facts.count(whole.seen), done=facts.count(whole.done),
        task=RESCAN,
    )  # fmt: skip


def _volumes(name: str, mine: list[Holding], facts: Facts) -> Section:
    speak = facts.speak
    rows = [[one.table, facts.count(one.rows), _oldest(one, facts), ", ".join(_retentions(one, facts))] for one in mine]
    heads = [speak(f"paper.head.{one}") for one in ("table", "rows", "oldest", "retention")]
    last = facts.purge
    purged = speak("transparency.no_purge") if last is None else speak(
        "paper.purge", time=facts.day(last.at), n=facts.count(last.lines[0].done), left=facts.count(last.lines[0].remaining)
    )  # fmt: skip
    return Section(
        title=speak("paper.volumes", what=speak(f"paper.t.{name}")),
        texts=[purged, speak("paper.columns_note")],
        table=Table(heads=heads, rows=rows),
    )


def _oldest(one: Holding, facts: Facts) -> str:
    return "–" if one.oldest is None else facts.day(one.oldest)


def _retentions(one: Holding, facts: Facts) -> list[str]:
    return sorted({facts.word("kept", column["retention"]) for column in one.columns})


def _table(one: Holding, facts: Facts) -> Section:
    """Return every column of a table, as it says of itself; what a column is for is the words of the schema, in English."""
    speak = facts.speak
    rows = [
        [
            column["name"], column["purpose"], facts.word("content", column["content"]),
            facts.word("personal", column["personal"]), facts.word("kept", column["retention"]),
        ]
        for column in one.columns
    ]  # fmt: skip
    heads = [speak(f"paper.head.{name}") for name in ("column", "purpose", "content", "personal", "retention")]
    return Section(
        title=speak("paper.table", name=one.table, n=facts.count(one.rows)), table=Table(heads=heads, rows=rows)
    )


def _sources(facts: Facts) -> Section:
    speak = facts.speak
    rows = [
        [
            source.title, facts.organisation(source.organisation), source.kind, source.licence,
            speak(f"control.mode.{source.detection_mode.value}"), _dropped(source.id, facts),
        ]
        for source in facts.house.sources
    ]  # fmt: skip
    heads = [speak(f"paper.head.{one}") for one in ("source", "organisation", "format", "licence", "mode", "dropped")]
    return Section(
        title=speak("paper.sources"), texts=[speak("paper.sources.note")], table=Table(heads=heads, rows=rows)
    )


def _dropped(source_id: str, facts: Facts) -> str:
    state = facts.states.get(source_id)
    if state is None:
        return facts.speak("transparency.unmeasured")
    return ", ".join(state.last_run.dropped_fields) or "–"


def _recipients(facts: Facts) -> Section:
    speak = facts.speak
    rows = [
        [
            row["id"], facts.organisation(row["giver"]), ", ".join(facts.organisation(one) for one in row["receivers"].split(",")),
            row["kinds"].replace(",", ", "), row["purpose"], speak(f"paper.onward.{row['onward']}"), str(row["retention_days"]),
        ]
        for row in facts.agreements
    ]  # fmt: skip
    heads = [
        speak(f"paper.head.{one}") for one in ("agreement", "giver", "receivers", "kinds", "purpose", "onward", "days")
    ]
    live = [key for key in facts.keys if key.revoked_at is None and key.ends_at > facts.at]
    keys = speak(
        "paper.keys",
        n=facts.count(len(live)),
        organisations=", ".join(sorted({facts.organisation(key.organisation) for key in live})) or "–",
    )
    return Section(title=speak("paper.recipients"), texts=[keys], table=Table(heads=heads, rows=rows))


def _transfers(facts: Facts) -> Section:
    speak = facts.speak
    return Section(
        title=speak("paper.transfers"), texts=[speak("paper.transfers.note")],
        table=Table(
            heads=[speak(f"paper.head.{one}") for one in ("host", "use", "country")],
            rows=[[host, use, speak("transparency.unmeasured")] for host, use in _hosts(facts)],
        ),
    )  # fmt: skip


def _hosts(facts: Facts) -> Iterator[tuple[str, str]]:
    for source in facts.house.sources:
        if host := facts.host(source):
            yield host, source.title
    if tiles := facts.house.said.basemap.tiles_url:
        yield tiles.split("/")[2], facts.speak("paper.tiles")


def _security(facts: Facts) -> Section:
    speak = facts.speak
    having, bound = facts.second_factors
    chain = speak(
        "paper.chain.holds" if facts.chain.holds else "paper.chain.broken", n=facts.count(facts.chain.versions)
    )
    audit = speak(
        "paper.chain.holds" if facts.audit.broken_at is None else "paper.chain.broken", n=facts.count(facts.audit.rows)
    )
    return Section(
        title=speak("paper.security"),
        facts=[
            (speak("paper.security.tls"), speak("paper.yes" if facts.house.is_https_only else "paper.security.tls_no")),
            (
                speak("paper.security.sign_in"),
                speak("paper.security.provider" if facts.house.provider else "paper.security.password"),
            ),
            (
                speak("paper.security.factor"),
                speak("paper.security.factor_share", n=facts.count(having), of=facts.count(bound)),
            ),
            (speak("paper.security.csp"), speak("paper.security.csp_text")),
            (speak("paper.security.audit"), audit),
            (speak("paper.security.chain"), chain),
            (speak("paper.security.backup"), speak("paper.security.backup_text")),
        ],
    )
