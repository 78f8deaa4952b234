"""Which addresses a poll may connect to: public ones, and the private networks that a source's entry allows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# No entry can allow these: the metadata services of clouds, link-local, multicast, "this host" and broadcast.
_NEVER = (
    "0.0.0.0/8",
    "100.100.100.200/32",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "192.0.0.192/32",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "fd00:ec2::/32",
    "fd20:ce::/32",
    "fe80::/10",
    "ff00::/8",
)

# The special-purpose registries of IANA. Written out because `ipaddress.is_global` changed between Python releases.
_NOT_PUBLIC = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "2001::/23",  # protocol assignments, Teredo among them
    "2001:db8::/32",
    "2002::/16",  # 6to4: an IPv4 address in disguise, and long out of service
    "3fff::/20",
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks written as CIDR texts; raise ValueError for a text that is none."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def read_address(text: str) -> Address:
    """Return the address a resolver answered, without zone and without the IPv6 clothes of an IPv4 address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Tell whether the address lies in one of the networks and may be allowed at all."""
    return not _is_in(address, _never()) and _is_in(address, networks)


def is_public(address: Address) -> bool:
    """Tell whether the address belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return not _is_in(address, _never()) and not _is_in(address, _not_public())


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


@cache
def _never() -> tuple[Network, ...]:
    return read_networks(_NEVER)


@cache
def _not_public() -> tuple[Network, ...]:
    return read_networks(_NOT_PUBLIC)
