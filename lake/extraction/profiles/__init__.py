"""The profiles, one small file a site, listed explicitly, and the choice among them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from operator import itemgetter
from urllib.parse import urlsplit

from lake.extraction.profile import Profile
from lake.extraction.profiles import (
    caixin,
    cctv,
    ce,
    chinanews,
    cls,
    cnstock,
    cs,
    eastmoney,
    gmw,
    guancha,
    hexun,
    ifeng,
    jiemian,
    jingji21,
    jrj,
    netease,
    people,
    qq,
    sina,
    sohu,
    stcn,
    thepaper,
    tonghuashun,
    wallstreetcn,
    xinhua,
    yicai,
)

__all__ = ["PROFILES", "profile_for", "profile_of_links"]

PROFILES: tuple[Profile, ...] = (
    eastmoney.PROFILE,
    sina.PROFILE,
    tonghuashun.PROFILE,
    cls.PROFILE,
    stcn.PROFILE,
    cs.PROFILE,
    cnstock.PROFILE,
    yicai.PROFILE,
    caixin.PROFILE,
    jingji21.PROFILE,
    jiemian.PROFILE,
    netease.PROFILE,
    qq.PROFILE,
    sohu.PROFILE,
    ifeng.PROFILE,
    people.PROFILE,
    xinhua.PROFILE,
    ce.PROFILE,
    hexun.PROFILE,
    jrj.PROFILE,
    wallstreetcn.PROFILE,
    chinanews.PROFILE,
    thepaper.PROFILE,
    gmw.PROFILE,
    cctv.PROFILE,
    guancha.PROFILE,
)

_BY_HOST: dict[str, Profile | None] = {host: one for one in PROFILES for host in one.hosts}
_BY_HOST |= {host: None for one in PROFILES for host in one.other_hosts}
_LINK = re.compile(r"href=[\"']?(?:https?:)?//([\w.-]{4,80})", re.ASCII)
_LINKS_NEEDED, _LINKS_READ = 5, 300


def profile_for(url: str | None) -> Profile | None:
    """The profile of the site that a URL belongs to, by host or any parent domain; None if unknown."""
    try:
        return _by_host(urlsplit(url or "").hostname or "")
    except ValueError:
        return None


def profile_of_links(text: str) -> Profile | None:
    """The profile of the site that a page without an address mostly links to, or None.

    At least half of the first absolute links, at least five in all, must go to that site: on nearly all
    saved pages of the profiled sites they did, on no saved page of another site.
    """
    hosts = Counter(map(itemgetter(1), islice(_LINK.finditer(text), _LINKS_READ)))
    sites: Counter[str] = Counter()
    for host, count in hosts.items():
        profile = _by_host(host.lower())
        if profile is not None:
            sites[profile.name] += count
    total = hosts.total()
    if not sites or total < _LINKS_NEEDED:
        return None
    name, count = sites.most_common(1)[0]
    return next(one for one in PROFILES if one.name == name) if 2 * count >= total else None


def _by_host(host: str) -> Profile | None:
    while host:
        if host in _BY_HOST:
            return _BY_HOST[host]
        host = host.partition(".")[2]
    return None
