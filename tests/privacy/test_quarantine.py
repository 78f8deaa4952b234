"""The sealed quarantine: off unless a key is given, unreadable without the other one, gone after 72 hours."""

from __future__ import annotations

import json
import logging
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from events.errors import ConfigurationError
from privacy.quarantine import KEPT_FOR, Quarantine, opened, read_public_key
from settings import load_settings
from tests.privacy.gate_cases import EVENT, NOW, admit, run_of

SECRET = "Rappeler M. Roustan au 06 45 12 78 90"


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(private: rsa.RSAPrivateKey, folder: Path) -> Path:
    path = folder / "private.pem"
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Hour:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now


def made(folder: Path, private: rsa.RSAPrivateKey, clock: Hour) -> Quarantine:
    return Quarantine(folder / "quarantine", read_public_key(public_pem(private)), clock)


def test_it_is_off_without_a_key() -> None:
    assert load_settings({}).quarantine_key is None
    assert load_settings({"OBSERVATORY_QUARANTINE_KEY": "x"}).quarantine_key == "x"


def test_withheld_text_is_sealed_and_only_the_private_key_opens_it(
    tmp_path: Path, private: rsa.RSAPrivateKey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    quarantine = made(tmp_path, private, Hour())
    batch, _ = admit(run_of(replace(EVENT, description=SECRET, place="Castellane")), quarantine=quarantine)
    (path,) = (tmp_path / "quarantine").iterdir()
    assert "Roustan" not in repr(batch) + caplog.text + path.read_bytes().decode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (line,) = opened(tmp_path / "quarantine", pem_of(private, tmp_path))
    assert json.loads(line) == {
        "source": "voirie-chantiers", "record": "C-12", "field": "description", "text": SECRET, "hour": "2026-11-21T13",
    }  # fmt: skip
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(ConfigurationError, match="sealed for another key"):
        list(opened(tmp_path / "quarantine", pem_of(stranger, tmp_path)))


def test_same_text_of_every_poll_is_sealed_once(tmp_path: Path, private: rsa.RSAPrivateKey) -> None:
    quarantine = made(tmp_path, private, Hour())
    for _ in range(3):
        admit(run_of(replace(EVENT, description=SECRET)), quarantine=quarantine)
    (path,) = (tmp_path / "quarantine").iterdir()
    assert len(path.read_bytes().splitlines()) == 1


def test_texts_are_gone_72_hours_later_whether_or_not_another_is_withheld(
    tmp_path: Path, private: rsa.RSAPrivateKey
) -> None:
    clock = Hour()
    quarantine = made(tmp_path, private, clock)
    admit(run_of(replace(EVENT, description=SECRET)), quarantine=quarantine)
    clock.now = NOW + KEPT_FOR - timedelta(hours=1)
    admit(run_of(EVENT), quarantine=quarantine)
    assert len(list((tmp_path / "quarantine").iterdir())) == 1
    clock.now = NOW + KEPT_FOR
    admit(run_of(EVENT), quarantine=quarantine)
    assert list((tmp_path / "quarantine").iterdir()) == []


def test_folder_that_cannot_be_written_stops_no_poll(
    tmp_path: Path, private: rsa.RSAPrivateKey, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "quarantine").write_text("a file stands in the way")
    batch, _ = admit(run_of(replace(EVENT, description=SECRET)), quarantine=made(tmp_path, private, Hour()))
    assert len(batch.events) == 1
    assert "could not be sealed" in caplog.text
    assert "Roustan" not in caplog.text


def test_key_of_another_kind_is_refused_with_a_sentence(tmp_path: Path) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    for pem in ("no key", public_pem(ec.generate_private_key(ec.SECP256R1())), public_pem(short)):
        with pytest.raises(ConfigurationError, match="at least 2048 bits"):
            read_public_key(pem)
    (tmp_path / "none.pem").write_text("no key")
    for name in ("none.pem", "missing.pem"):
        with pytest.raises(ConfigurationError, match="holds no private RSA key"):
            list(opened(tmp_path, tmp_path / name))
