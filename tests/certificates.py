"""Certificates of this machine that nobody signed."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path


def make_certificate(folder: Path) -> Path:
    """Return a file with a key and a certificate for 127.0.0.1 and partner.example."""
    path = folder / "both.pem"
    options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test"]
    subprocess.run(
        [
            *("openssl", "req", "-x509", *options, "-addext", "subjectAltName=IP:127.0.0.1,DNS:partner.example"),
            *("-keyout", path, "-out", path.with_suffix(".crt")),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


def serving_with(certificate: Path) -> ssl.SSLContext:
    """Return what a server with this certificate listens with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
