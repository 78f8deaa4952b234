"""What leaves by mail: the document whole, to the box of the organisation alone, with nothing of a person and no restricted title."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from access.roles import Role
from api.files import Files
from api.mail import Attachment, Mail
from events.audience import PARTNERS, listed
from events.validity import Validity
from events.vocabulary import Severity
from tests.api.letters import Letters
from tests.api.mornings import DAY, Morning, open_morning, print_nothing, wanted
from tests.api.pdf_read import is_tagged, pages_of
from tests.api.served import Served, event

BOX, SENDER = "salle@prefecture.example", "observatoire@ville.example"
RESTRICTED = "Visite réservée Rrr"


def mail_to(letters: Letters) -> Mail:
    return Mail(
        server=f"smtp://127.0.0.1:{letters.port}", sender=SENDER, mailboxes={"prefecture": BOX},
        address="https://observatoire.example",
    )  # fmt: skip


@pytest.fixture
def morning(served: Served, files: Files, letters: Letters) -> Morning:
    made = open_morning(served, files)
    made.box = mail_to(letters)  # type: ignore[assignment] # the real one, instead of a box in memory
    return made


def test_an_attached_document_arrives_byte_by_byte(letters: Letters) -> None:
    content = b"%PDF-1.7\n" + bytes(range(256)) * 800 + b"\r\n.\r\n..\n.\r\nFrom here\r\n%%EOF"
    text = "Le rapport « Été » est joint.\n.\nUne ligne d’un point est au-dessus."
    mail_to(letters).send(
        BOX, "Été, rapport du 1er déc.", text, Attachment("marseille-20261201-situation.pdf", content)
    )
    (message,) = letters.messages
    assert letters.envelopes == [(SENDER, BOX)]
    assert (message["From"], message["To"], message["Subject"]) == (SENDER, BOX, "Été, rapport du 1er déc.")
    assert message["Auto-Submitted"] == "auto-generated"
    assert letters.texts[0].rstrip() == text
    (paper,) = message.iter_attachments()
    assert (paper.get_content_type(), paper.get_content_disposition()) == ("application/pdf", "attachment")
    assert paper.get_filename() == "marseille-20261201-situation.pdf"
    received = paper.get_content()
    assert (len(received), hashlib.sha256(received).digest()) == (len(content), hashlib.sha256(content).digest())


def test_a_message_without_a_document_is_text_alone(letters: Letters) -> None:
    mail_to(letters).send(BOX, "Objet", "Texte")
    (message,) = letters.messages
    assert (message.get_content_type(), letters.texts[0].strip()) == ("text/plain", "Texte")


def test_a_recurring_report_arrives_whole_and_tells_no_person_and_no_restricted_title(
    morning: Morning, letters: Letters
) -> None:
    start = morning.now - timedelta(hours=1)
    long = Validity(start=start, end=start + 9 * DAY)
    common = {"category": "accident", "validity": long, "severity": Severity.CRITICAL}
    morning.served.admit(
        event("p1", headline="Accident Ppp", audience=PARTNERS, **common),
        event("r1", headline=RESTRICTED, audience=listed(["prefecture"]), **common),
        event("n1", headline="Appeler Jeanne Martin au 06 12 34 56 78", audience=PARTNERS, **common),
    )
    post = morning.member("prefecture-9", role=Role.SUPERVISOR)  # it may see the restricted event, its mail may not
    name = morning.kept.keep(post, wanted(is_sent=True))
    morning.now += DAY
    assert morning.run() == 1
    assert morning.states() == [("sent", None)]
    (copy,) = morning.kept.copies(post)[name]
    ((message,), (raw,)) = letters.messages, letters.raw
    (paper,) = message.iter_attachments()
    received = paper.get_content()
    assert received == bytes(morning.kept.content(post, copy.id) or b"")
    assert is_tagged(received)
    document = " ".join(pages_of(received))
    assert "Accident Ppp" in document, "the report would hold nothing"
    headers = "\n".join(f"{key}: {value}" for key, value in message.items())
    told = "\n".join([headers, str(paper.get_filename()), letters.texts[0], document, raw.decode("ascii")])
    told += received.decode("latin-1")  # what the document says of itself, too
    for secret in (RESTRICTED, "Visite", "Jeanne", "Martin", "06 12 34", "prefecture-9"):
        assert secret not in told, secret
    assert "Accident Ppp" not in headers + letters.texts[0], "only the document holds words of events"
    assert letters.envelopes == [(SENDER, BOX)]
    assert set(message) == {"From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"}


def test_a_name_of_several_lines_is_one_line_and_adds_no_header(
    morning: Morning, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    print_nothing(morning, monkeypatch)
    post = morning.member()
    morning.kept.keep(post, wanted(is_sent=True, title="Matin\r\nX-Priority: urgent"))
    morning.kept.keep(post, wanted(is_sent=True, title="Soir"))
    morning.now += DAY
    assert morning.run() == 2, "one name must not end the making of all others"
    assert morning.states() == [("sent", None)] * 2
    assert letters.envelopes == [(SENDER, BOX)] * 2
    assert [message["X-Priority"] for message in letters.messages] == [None, None]


def test_a_server_that_refuses_leaves_the_copy_kept_and_unsent(
    morning: Morning, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    print_nothing(morning, monkeypatch)
    letters.refuses = True
    post = morning.member()
    name = morning.kept.keep(post, wanted(is_sent=True))
    morning.now += DAY
    assert morning.run() == 1
    assert letters.raw == []
    assert morning.states() == [("unsent", "mail")]
    (copy,) = morning.kept.copies(post)[name]
    assert copy.has_content
