"""Which addresses may be connected to, and the connection to exactly the address that was checked.

A name is resolved once for each connection and the connection goes to the checked address itself, so that a
name which changes its address in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable

import httpcore

from lake.errors import Reject
from lake.sources.http.failures import FetchFailed

__all__ = ["CheckedBackend", "is_public"]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""
_GLOBAL = ipaddress.IPv6Network("2000::/3")
"""All that IANA gives out of IPv6 (RFC 4291); what lies outside wraps IPv4 or is for special purposes."""
_BOOKS = ipaddress.IPv6Network("3fff::/20")
"""RFC 9637: for documentation; Python's list of special purposes is older."""
_MOST_ADDRESSES = 4  # of one name, tried one after the other

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Whether the address belongs to the public internet.

    IANA's special-purpose registries decide (as ``ipaddress.is_global`` knows them); multicast is refused too,
    and so is IPv6 beyond what is given out. An IPv6 address that carries an IPv4 one is judged by it.
    """
    ip = ipaddress.ip_address(address)
    inner = _carried(ip)
    if inner is not None:
        return is_public(str(inner))
    given_out = isinstance(ip, ipaddress.IPv4Address) or (ip in _GLOBAL and ip not in _BOOKS)
    return ip.is_global and not ip.is_multicast and given_out


def _carried(ip: _Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 address."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses, and to any address of the hosts allowed by name."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = {name.lower().strip("[]") for name in allowed}
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first checked address of ``host`` that answers.

        Raises:
            Reject: the host has only addresses that are refused.
            FetchFailed: the name has no address now.
        """
        addresses = self._checked(host, await _resolve(host, port))[:_MOST_ADDRESSES]
        share = timeout / len(addresses) if timeout else None
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, share, local_address, socket_options)

    def _checked(self, host: str, addresses: list[str]) -> list[str]:
        if host.lower().strip("[]") in self._allowed:
            return addresses
        public = [address for address in addresses if is_public(address)]
        if not public:
            words = f"{host} is at {addresses[0]}, no public address; if it is meant, name the host in allow_hosts"
            raise Reject("capture", "private_address", f"{words} under [fetch] in sources.toml")
        return public


async def _resolve(host: str, port: int) -> list[str]:
    """The host's addresses in the system's order of preference, each once."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise FetchFailed("dns", f"{host} has no address now: {error}") from error
    return list(dict.fromkeys(str(info[4][0]) for info in found))
