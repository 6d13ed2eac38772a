"""Requests to addresses that others chose: only to public ones, never redirected, short in time and answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

import httpx

from graph.addresses import Ip, is_allowed, url_refusal

SECONDS = 10.0
"""In which a request must be answered."""
ANSWER = 4096
"""Bytes of an answer that are read; nothing in it is used."""


class Unreachable(Exception):
    """A request was not sent, or not answered; its text is a code of ours."""


async def resolve(host: str, port: int) -> list[Ip]:
    """Every address of a host."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("UNKNOWN_HOST") from error
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


async def post(url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool) -> int:
    """The status of the answer; Unreachable where there is none.

    Every address of the host is checked, and the connection goes to one that was: a name that answers otherwise the
    second time leads nowhere else.
    """
    if (why := url_refusal(url, loopback=loopback)) is not None:
        raise Unreachable(why)
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(SECONDS):
            addresses = await resolve(host, port)
            if not addresses or not all(is_allowed(each, loopback=loopback) for each in addresses):
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
