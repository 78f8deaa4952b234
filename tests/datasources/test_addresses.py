"""Which addresses are public, and which a source's networks allow."""

from __future__ import annotations

import pytest

from datasources.addresses import is_public, is_within, read_address, read_networks


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("64:ff9b::5db8:d822", True),
        ("::ffff:93.184.216.34", True),
        ("fe80::1%eth0", False),
        ("192.0.0.8", False),
        ("198.18.0.1", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("fc00::1", False),
        ("255.255.255.255", False),
        ("168.63.129.16", False),
        ("::", False),
    ],
)
def test_public_addresses(text: str, is_open: bool) -> None:
    assert is_public(read_address(text)) is is_open


def test_networks_allow_their_own_addresses_only() -> None:
    networks = read_networks(["10.1.0.0/16", "fd12::/32"])
    inside = [
        is_within(read_address(text), networks) for text in ("10.1.2.3", "10.2.0.1", "fd12::1", "::ffff:10.1.0.1")
    ]
    assert inside == [True, False, True, True]
