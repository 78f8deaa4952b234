"""A picture from its upload to its end: who may send, see, review, report, take down; what is kept at each step."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import StatementError

from access.roles import Role
from api.files import Files
from api.media.desk import open_media
from events.errors import InvalidRecord
from privacy.media import faces, photo
from privacy.media.faces import MODEL_SHA256
from privacy.media.gate import VERSION
from privacy.media.refusals import Refused
from store.access_tables import audit
from store.control_rows import STOPPED
from store.kept import KeptEvent
from store.media_tables import media
from store.retention import Limits, erase_events, purge
from store.tables import event
from tests.media.conftest import KEY, Town, serve
from tests.media.pictures import crowd, jpeg, rocket

SUPERVISOR = ("city", Role.SUPERVISOR)
LIMITS = Limits(kinds={name: timedelta(days=400) for name in ("event", "road_state", "camera", "tally", "run")})


def kept_rows(town: Town) -> int:
    with town.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(media)).scalar_one())


def sent(town: Town, event: str = "pub") -> str:
    """Send a masked photo of the prefecture and join it to an event; return its identifier."""
    who = town.headers("prefecture", Role.CONTRIBUTOR)
    piece = town.send(who, jpeg(rocket(400, 300)), "masquer").json()["piece"]
    assert town.desk.join(town.member("prefecture"), town.events[event], [piece["id"]]) == 1
    return str(piece["id"])


def test_a_photo_of_somebody_is_told_of_and_not_kept_until_it_is_masked(town: Town) -> None:
    who, content = town.headers("prefecture", Role.CONTRIBUTOR), jpeg(crowd(100)[0])
    looked = town.send(who, content).json()
    assert len(looked["found"]["faces"]) >= 15
    assert (looked["piece"], kept_rows(town)) == (None, 0)
    masked = town.send(who, content, "masquer", [[0.4, 0.4, 0.1, 0.1]]).json()["piece"]
    assert (masked["state"], kept_rows(town)) == ("waiting", 1)
    assert masked["masks"] >= 16
    shown = town.ask(who, masked["address"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(shown.content)).size == (1280, 720)
    assert content[2000:2032] not in shown.content


def test_nobody_but_who_contributes_sends_a_file(town: Town) -> None:
    content = jpeg(rocket(64, 64))
    assert town.send({}, content).status_code == 401
    for role in (Role.READER, Role.MANAGER, Role.ADMINISTRATOR):
        assert town.send(town.headers("prefecture", role), content).status_code == 403
    foreign = {**town.headers("prefecture", Role.CONTRIBUTOR), "Sec-Fetch-Site": "cross-site"}
    assert town.send(foreign, content).status_code == 403
    assert kept_rows(town) == 0


def test_a_refusal_says_why_in_the_readers_words_and_keeps_nothing(town: Town) -> None:
    who = town.headers("prefecture", Role.CONTRIBUTOR)
    for content, reason in ((b"<svg onload=alert(1)>", "type"), (b"\xff\xd8\xff" + bytes(21 * 2**20), "large")):
        told = town.send(who, content)
        assert (told.status_code, told.json()["refused"]) == (422, reason)
        assert "Rien n’est enregistré" in told.json()["said"]
    assert town.send(who, jpeg(rocket(64, 64)), "masquer", "x").status_code == 400
    assert kept_rows(town) == 0


def test_a_file_that_the_gate_does_not_take_is_counted_by_its_reason_and_one_that_nobody_looked_at_is_not(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = town.headers("prefecture", Role.CONTRIBUTOR)
    for content in (b"<svg onload=alert(1)>", b"\xff\xd8\xff" + bytes(21 * 2**20), jpeg(rocket(64, 64))[:200]):
        assert town.send(who, content).status_code == 422
    assert town.send(town.headers("prefecture", Role.READER), b"\xff\xd8\xff" + bytes(21 * 2**20)).status_code in (
        403,
        422,
    )

    def busy(*_: object) -> None:
        raise Refused("busy")

    monkeypatch.setattr(town.desk.gate, "look", busy)
    assert town.send(who, jpeg(rocket(64, 64))).json()["refused"] == "busy"
    with town.database.read() as connection:
        asked = select(audit.c.organisation_id, audit.c.object_id, audit.c.outcome).where(audit.c.action == STOPPED)
        assert [tuple(row) for row in connection.execute(asked.order_by(audit.c.seq))] == [
            ("prefecture", "type", "done"), ("prefecture", "large", "done"), ("prefecture", "broken", "done"),
        ]  # fmt: skip


def test_a_piece_says_which_version_of_the_gate_looked_at_it(town: Town) -> None:
    sent(town)
    with town.database.read() as connection:
        assert connection.execute(select(media.c.gate)).scalars().all() == [VERSION]


def test_a_change_of_what_is_found_or_masked_raises_the_version() -> None:
    """Whoever changes one of these changes the version, its line in the history of the rules and this test."""
    told = (MODEL_SHA256[:8], faces.LEAST, photo.SURE, photo.GROWN, photo.FILL, photo.SEEN_SIDE, photo.KEPT_SIDE)
    assert (VERSION, *told) == ("1", "247e3ffd", 0.1, 0.2, 1.7, (112, 118, 128), 1920, 1280)


def test_nothing_is_seen_before_another_post_has_looked_at_it(town: Town) -> None:
    piece = sent(town)
    own, reviewer = town.headers("prefecture", Role.CONTRIBUTOR), town.headers(*SUPERVISOR)
    others = [
        town.headers("voirie", Role.CONTRIBUTOR),
        town.headers("city", Role.READER),
        town.headers("prefecture", Role.READER),
    ]
    address = f"/api/media/{piece}"
    assert [town.ask(who, address).status_code for who in (own, reviewer)] == [200, 200]
    assert [town.ask(who, address).status_code for who in others] == [404, 404, 404]
    assert town.ask(others[0], f"/api/events/{town.events['pub']}/media").json() == {"media": []}
    assert town.ask(own, f"/pieces/{piece}/publier", "POST", content="vu=1").status_code == 403
    assert town.ask(reviewer, f"/pieces/{piece}/publier", "POST", content="").status_code == 400
    assert town.ask(reviewer, f"/pieces/{piece}/publier", "POST", content="vu=1").status_code == 303
    assert [town.ask(who, address).status_code for who in others] == [200, 200, 200]
    (told,) = town.ask(others[0], f"/api/events/{town.events['pub']}/media").json()["media"]
    assert (told["state"], told["may_withdraw"]) == ("published", False)


def test_a_post_never_reviews_what_it_sent(town: Town) -> None:
    supervisor = town.member(*SUPERVISOR)
    piece = town.desk.mask(supervisor, jpeg(rocket(64, 64)), [])
    with pytest.raises(Exception, match="moderate"):
        town.desk.publish(supervisor, piece)
    town.desk.publish(town.member("city", Role.SUPERVISOR, 2), piece)


@pytest.mark.parametrize(
    ("event", "seen"), [("pub", (200, 200, 200)), ("par", (200, 200, 200)), ("res", (200, 404, 404))]
)
def test_a_published_picture_is_seen_by_who_sees_its_event_and_nobody_else(
    town: Town, event: str, seen: tuple[int, ...]
) -> None:
    piece = sent(town, event)
    town.desk.publish(town.member(*SUPERVISOR), piece)
    people = (
        town.headers("prefecture", Role.MANAGER),
        town.headers("voirie", Role.MANAGER),
        town.headers("city", Role.READER),
    )
    assert tuple(town.ask(who, f"/api/media/{piece}").status_code for who in people) == seen
    listed = [bool(town.ask(who, f"/api/events/{town.events[event]}/media").json()["media"]) for who in people]
    assert listed == [status == 200 for status in seen]
    assert town.ask({}, f"/api/media/{piece}").status_code == 401


def test_a_report_hides_it_until_it_is_reviewed_again(town: Town) -> None:
    piece = sent(town)
    town.desk.publish(town.member(*SUPERVISOR), piece)
    reader, reviewer = town.headers("voirie", Role.READER), town.headers(*SUPERVISOR)
    assert town.ask(reader, f"/pieces/{piece}/signaler", "POST").json() == {"done": "signaler"}
    assert town.ask(reader, f"/api/media/{piece}").status_code == 404
    page = town.ask(reviewer, "/pieces")
    assert piece in page.text
    assert "Signalée" in page.text
    assert town.ask(reviewer, f"/pieces/{piece}/publier", "POST", content="vu=1").status_code == 303
    assert town.ask(reader, f"/api/media/{piece}").status_code == 200


def test_what_is_refused_or_taken_down_has_no_pixels_any_more(town: Town) -> None:
    own, reviewer = town.headers("prefecture", Role.CONTRIBUTOR), town.headers(*SUPERVISOR)
    refused, taken = sent(town), sent(town)
    assert town.ask(reviewer, f"/pieces/{refused}/refuser", "POST", content="motif=plate").status_code == 303
    assert town.ask(town.headers("voirie", Role.CONTRIBUTOR), f"/pieces/{taken}/retirer", "POST").status_code == 403
    assert town.ask(own, f"/pieces/{taken}/retirer", "POST").status_code == 200
    with town.database.read() as connection:
        rows = connection.execute(select(media.c.state, media.c.content, media.c.poster).order_by(media.c.state)).all()
    assert [tuple(row) for row in rows] == [("refused", None, None), ("withdrawn", None, None)]
    (told,) = town.ask(own, f"/api/events/{town.events['pub']}/media").json()["media"]
    assert (told["state"], told["reason"], told["address"]) == ("refused", "plate", None)
    actions = {row.action for row in town.access.audit.rows()}
    assert {"media.keep", "media.join", "media.refuse", "media.withdraw"} <= actions


def test_a_reviewer_masks_more_and_what_it_was_before_is_gone(town: Town) -> None:
    piece, reviewer = sent(town), town.headers(*SUPERVISOR)
    before = town.ask(reviewer, f"/api/media/{piece}").content
    done = town.ask(reviewer, f"/pieces/{piece}/zones", "POST", content="zones=%5B%5B0.5%2C0.5%2C0.3%2C0.3%5D%5D")
    assert done.status_code == 303
    after = town.ask(reviewer, f"/api/media/{piece}").content
    assert after != before
    middle = Image.open(io.BytesIO(after)).convert("RGB").getpixel((260, 195))
    assert all(abs(part - fill) <= 8 for part, fill in zip(middle, (112, 118, 128), strict=True))


def test_a_piece_of_another_organisation_is_not_joined(town: Town) -> None:
    piece = town.desk.mask(town.member("voirie"), jpeg(rocket(64, 64)), [])
    assert town.desk.join(town.member("prefecture"), town.events["pub"], [piece]) == 0
    assert town.desk.join(town.member("voirie"), town.events["pub"], [piece]) == 0


def test_pieces_of_an_event_that_was_taken_back_go_with_the_form_that_is_published_again(town: Town) -> None:
    piece, other = sent(town), town.events["par"]
    assert town.desk.join(town.member("prefecture"), other, [piece]) == 0, "an event that stands keeps its pieces"
    with town.database.write() as connection:
        connection.execute(update(event).where(event.c.id == town.events["pub"]).values(withdrawn_at=town.clock()))
    assert town.desk.join(town.member("prefecture"), other, [piece]) == 1


def test_where_no_pictures_are_taken_no_address_takes_or_shows_one(town: Town, files: Files) -> None:
    assert open_media(town.database, town.access, town.clock, KEY, "off", list) is None
    piece, who = sent(town), town.headers("prefecture", Role.CONTRIBUTOR)
    town.app = serve(replace(town.house, media=None), files)
    assert town.send(who, jpeg(rocket(64, 64))).status_code in (404, 405)
    assert town.ask(who, f"/api/media/{piece}").status_code == 404
    assert town.ask(who, f"/api/media/{piece}/state").status_code == 404
    assert town.ask(who, f"/api/events/{town.events['pub']}/media").json() == {"media": []}


def test_pieces_go_with_their_event_and_those_of_no_event_after_two_days(town: Town) -> None:
    sent(town)
    town.desk.mask(town.member("prefecture"), jpeg(rocket(64, 64)), [])
    assert purge(town.database, LIMITS, town.clock()) == ()
    assert kept_rows(town) == 2
    (gone,) = purge(town.database, LIMITS, town.clock() + timedelta(days=2, minutes=1))
    assert (gone.kind, gone.count, kept_rows(town)) == ("media", 1, 1)
    with town.database.write() as connection:
        erase_events(connection, [town.events["pub"]], town.clock())
    assert kept_rows(town) == 0


def test_a_withdrawn_event_takes_its_pictures_from_the_screen(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from store import readers

    piece = sent(town)
    town.desk.publish(town.member(*SUPERVISOR), piece)
    real = readers.event

    def withdrawn(*given: object, **named: object) -> KeptEvent | None:
        found = real(*given, **named)
        return None if found is None else replace(found, withdrawn_at=town.clock())

    monkeypatch.setattr(readers, "event", withdrawn)
    assert town.ask(town.headers("voirie", Role.READER), f"/api/media/{piece}").status_code == 404


def test_pixels_that_did_not_pass_the_gate_are_refused_by_the_column(town: Town) -> None:
    row = {
        "id": "m",
        "organisation_id": "o",
        "account_id": "a",
        "kind": "photo",
        "state": "waiting",
        "faces": 0,
        "masks": 0,
    }
    with (
        pytest.raises((InvalidRecord, StatementError), match="did not pass the media gate"),
        town.database.write() as connection,
    ):
        connection.execute(insert(media), {**row, "created_at": town.clock(), "content": b"\xff\xd8 original"})


def test_names_that_are_paths_find_nothing(town: Town) -> None:
    who = town.headers("prefecture", Role.CONTRIBUTOR)
    for name in ("../../etc/passwd", "CON", "a.jpg.php", "x" * 300, "%00"):
        assert town.ask(who, f"/api/media/{name}").status_code in (400, 404)
