"""The profiles, one small file a site, listed explicitly."""

from __future__ import annotations

from urllib.parse import urlsplit

from lake.extraction.profile import Profile

__all__ = ["PROFILES", "profile_for"]

PROFILES: tuple[Profile, ...] = ()

_BY_HOST = {host: profile for profile in PROFILES for host in profile.hosts}


def profile_for(url: str | None) -> Profile | None:
    """The profile of the site that a URL belongs to, by host or any parent domain; None if unknown."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    while host:
        if host in _BY_HOST:
            return _BY_HOST[host]
        host = host.partition(".")[2]
    return None
