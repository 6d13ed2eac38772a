"""Addresses in the internet that others chose, and which of them may be written to. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Ip = IPv4Address | IPv6Address
TRANSLATED = IPv6Network("64:ff9b::/96")
SPECIAL = tuple(map(ip_network, ("fec0::/10", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")))
"""What the registries of special addresses hold, and Python counts among the global ones."""


def is_public(address: Ip) -> bool:
    """Whether an address is somewhere in the internet, also where it is an IPv4 one in the clothes of IPv6."""
    if isinstance(address, IPv6Address):
        if address.sixtofour is not None or address.teredo is not None:
            return False
        inner = IPv4Address(int(address) & 0xFFFFFFFF) if address in TRANSLATED else address.ipv4_mapped
        if inner is not None:
            return is_public(inner)
    if any(address in block for block in SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def is_allowed(address: Ip, *, loopback: bool) -> bool:
    """`loopback` allows this machine too, as in development."""
    return is_public(address) or (loopback and address.is_loopback)


def url_refusal(url: str, *, loopback: bool) -> str | None:
    """Why an address is not written to, as far as its text tells: a code; null where it may be."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "BAD_URL"
    if not host or len(url) > 2_000 or not url.isascii() or not url.isprintable() or " " in url or port == 0:
        return "BAD_URL"
    if parts.username is not None or parts.password is not None or parts.fragment or "\\" in url:
        return "BAD_URL"
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        return "NOT_HTTPS"
    try:
        literal = ip_address(host)
    except ValueError:
        return None
    return None if is_allowed(literal, loopback=loopback) else "PRIVATE_ADDRESS"
