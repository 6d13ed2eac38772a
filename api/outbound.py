"""Requests to addresses that others chose: only to public ones, never redirected, short in time and answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpx

Ip = IPv4Address | IPv6Address

SECONDS = 10.0
"""In which a request must be answered."""
ANSWER = 4096
"""Bytes of an answer that are read; nothing in it is used."""
TRANSLATED = IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """A request was not sent, or not answered; its text is a code of ours."""


def is_public(address: Ip) -> bool:
    """Whether an address is somewhere in the internet, also where it is an IPv4 one in the clothes of IPv6."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not is_public(inner):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def url_refusal(url: str, *, development: bool) -> str | None:
    """Why an address is not written to, as far as its text tells: a code; null where it may be."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "BAD_URL"
    if not host or len(url) > 2_000 or not url.isascii() or any(sign.isspace() for sign in url) or port == 0:
        return "BAD_URL"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "BAD_URL"
    if parts.scheme != "https" and not (development and parts.scheme == "http"):
        return "NOT_HTTPS"
    try:
        literal = ip_address(host)
    except ValueError:
        return None
    return None if _allowed(development)(literal) else "PRIVATE_ADDRESS"


def _allowed(development: bool) -> Callable[[Ip], bool]:
    return lambda address: is_public(address) or (development and address.is_loopback)


async def resolve(host: str, port: int) -> list[Ip]:
    """Every address of a host."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("UNKNOWN_HOST") from error
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


async def post(url: str, body: bytes, headers: Mapping[str, str], *, development: bool) -> int:
    """The status of the answer; Unreachable where there is none.

    Every address of the host is checked, and the connection goes to one that was: a name that answers otherwise the
    second time leads nowhere else.
    """
    if (why := url_refusal(url, development=development)) is not None:
        raise Unreachable(why)
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(SECONDS):
            addresses = await resolve(host, port)
            if not addresses or not all(map(_allowed(development), addresses)):
                raise Unreachable("PRIVATE_ADDRESS")
            return await _post(parts.scheme, addresses[0], host, port, url, body, headers)
    except TimeoutError as error:
        raise Unreachable("TIMED_OUT") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unreachable(type(error).__name__) from error


async def _post(
    scheme: str, address: Ip, host: str, port: int, url: str, body: bytes, headers: Mapping[str, str]
) -> int:
    parts = urlsplit(url)
    place = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    target = f"{scheme}://{place}:{port}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS) as client:
        request = client.build_request(
            "POST",
            target,
            content=body,
            headers={**headers, "Host": parts.netloc, "User-Agent": "Turnout", "Accept-Encoding": "identity"},
            # The certificate is held against the name, not against the address that is dialled.
            extensions={"sni_hostname": host},
        )
        answer = await client.send(request, stream=True)
        try:
            read = 0
            async for chunk in answer.aiter_raw(1024):
                read += len(chunk)
                if read >= ANSWER:
                    break
        finally:
            await answer.aclose()
        return answer.status_code
