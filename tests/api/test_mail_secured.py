"""A password for a mail server goes over TLS, and to a server whose certificate is trusted only."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.mail import Mail
from tests.api.letters import Letters
from tests.certificates import make_certificate, serving_with

PASSWORD = "canary-word"
SAID = ("salle@prefecture.example", "Objet", "Texte")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def mail(scheme: str, port: int) -> Mail:
    server = f"{scheme}://observatory:{PASSWORD}@127.0.0.1:{port}"
    return Mail(server=server, sender="observatoire@ville.example", mailboxes={})


def test_password_goes_over_starttls_to_a_trusted_server(
    letters: Letters, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.tls = serving_with(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mail("smtp", letters.port).send(*SAID)
    assert (letters.signs_in, letters.texts) == ([(PASSWORD, True)], ["Texte\n"])


def test_no_password_is_told_to_a_server_that_nobody_vouches_for(letters: Letters, certificate: Path) -> None:
    letters.tls = serving_with(certificate)
    with pytest.raises(ssl.SSLCertVerificationError):
        mail("smtp", letters.port).send(*SAID)
    assert (letters.signs_in, letters.texts) == ([], [])


def test_no_password_is_told_to_a_server_without_tls(letters: Letters) -> None:
    with pytest.raises(Exception, match="STARTTLS"):
        mail("smtp", letters.port).send(*SAID)
    assert (letters.signs_in, letters.texts) == ([], [])


@pytest.fixture
def handshakes(certificate: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the port of a server that greets over TLS from the start, and what came of each handshake."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def answer() -> None:
            connection, _ = listening.accept()
            try:
                with serving_with(certificate).wrap_socket(connection, server_side=True) as secured:
                    secured.sendall(b"220 here\r\n")
                    came.append("secured")
            except OSError:
                came.append("refused")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1], came
        thread.join(10)


def test_smtps_greets_a_trusted_server_only(handshakes: tuple[int, list[str]]) -> None:
    port, came = handshakes
    with pytest.raises(ssl.SSLCertVerificationError):
        mail("smtps", port).send(*SAID)
    assert "secured" not in came


def test_smtps_takes_a_server_that_is_trusted(
    handshakes: tuple[int, list[str]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, came = handshakes
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(OSError):  # noqa: PT011 - it hangs up after its greeting
        mail("smtps", port).send(*SAID)
    assert came == ["secured"]
