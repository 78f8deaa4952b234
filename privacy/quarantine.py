"""The sealed quarantine, off by default: withheld texts for the holder of a private key, for 72 hours, outside the database.

Each text is encrypted under a key of its own (Fernet), which is encrypted to a public RSA key (OAEP): the server that writes cannot read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from events.errors import ConfigurationError

KEPT_FOR = timedelta(hours=72)
LEAST_BITS = 2048
_MAX_REMEMBERED = 20_000
_NAME = "%Y-%m-%dT%H.sealed"  # one file an hour: a file is deleted as a whole
_PADDING = OAEP(mgf=MGF1(algorithm=SHA256()), algorithm=SHA256(), label=None)

_log = logging.getLogger(__name__)


def read_public_key(pem: str) -> RSAPublicKey:
    """Return the public key of a PEM text; raise ConfigurationError when it is none or too short."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ConfigurationError(f"QUARANTINE_KEY must be a public RSA key of at least {LEAST_BITS} bits, in PEM")
    return key


@dataclass(slots=True)
class Quarantine:
    """Seals texts into files of a folder, one an hour, and deletes those older than KEPT_FOR."""

    folder: Path
    key: RSAPublicKey
    clock: Callable[[], datetime]
    _sealed: OrderedDict[bytes, None] = field(default_factory=OrderedDict)

    def keep(self, source_id: str, record: str | None, name: str, text: str) -> None:
        """Seal one withheld text, once while this process remembers it. A folder that cannot be written is logged."""
        told = json.dumps([source_id, record, name, text]).encode()
        mark = hashlib.sha256(told).digest()
        if mark in self._sealed:
            return
        self._sealed[mark] = None
        if len(self._sealed) > _MAX_REMEMBERED:
            self._sealed.popitem(last=False)
        try:
            self.purge()
            self._append(told)
        except OSError as error:
            _log.error("quarantine: a withheld text could not be sealed (%s)", type(error).__name__)

    def purge(self) -> int:
        """Delete the files whose first text is KEPT_FOR old; return how many."""
        oldest = (self.clock() - KEPT_FOR).astimezone(UTC).strftime(_NAME)
        gone = [path for path in self.folder.glob("*.sealed") if path.name <= oldest]
        for path in gone:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                _log.error("quarantine: %s is past its 72 hours and cannot be deleted (%s)", path.name, error.strerror)
        return sum(not path.exists() for path in gone)

    def _append(self, told: bytes) -> None:
        own = Fernet.generate_key()
        line = b".".join((base64.urlsafe_b64encode(self.key.encrypt(own, _PADDING)), Fernet(own).encrypt(told)))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / self.clock().astimezone(UTC).strftime(_NAME)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as stream:
            stream.write(line + b"\n")


def opened(folder: Path, key_file: Path) -> Iterator[str]:
    """Yield each sealed text as a JSON line; raise ConfigurationError when the private key is none of theirs."""
    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError(f"{key_file} holds no private RSA key in PEM without a password")
    for path in sorted(folder.glob("*.sealed")):
        for line in path.read_bytes().splitlines():
            wrapped, _, token = line.partition(b".")
            try:
                own = key.decrypt(base64.urlsafe_b64decode(wrapped), _PADDING)
                source_id, record, name, text = json.loads(Fernet(own).decrypt(token))
            except (ValueError, InvalidToken):
                raise ConfigurationError(f"{path}: sealed for another key, or damaged") from None
            told = {"source": source_id, "record": record, "field": name, "text": text, "hour": path.stem}
            yield json.dumps(told, ensure_ascii=False)
