"""Which article a page is: its address in one spelling, its site, its id.

The identity of an article is its site and the site's own id, else its canonical address, else (a saved
page that names no address) its title, day and first words. Two captures of a page agree in these; two
articles differ in at least one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

__all__ = ["article_id", "canonical_url", "choose_url", "content_key", "same_site", "saved_from", "site_of"]

_TRACKING = re.compile(
    r"(?:utm_\w+|gclid|fbclid|msclkid|yclid|dclid|igshid|mc_[ce]id|_hs\w+|spm|spm_id_from|from_source|srsltid|"
    r"share_\w+|wfr|vd_source|log_from|cmpid|ncid|ref_src)",
    re.IGNORECASE,
)
"""Query parameters that campaigns and share buttons add; documented by their senders (Google, Meta, Alibaba …)."""

_SAVED = re.compile(
    r"<!--\s{0,9}(?:saved from url=\(\d{4}\)|Page saved with SingleFile\s{1,9}url:\s{0,9})(https?://[^\s<>]{4,2000})",
    re.IGNORECASE,
)
_HEAD = 4000
"""Characters of a page in which browsers leave the address."""
_SECOND_LEVEL = frozenset(("com", "net", "org", "gov", "edu", "ac", "co", "or", "ne", "go", "mil"))
_FIRST_WORDS = 500


def canonical_url(url: str) -> str | None:
    """An http(s) address in one spelling, or None.

    Scheme and host are lower case, a default port, the fragment (unless it is a path of its own, ``#!``)
    and tracking parameters are left out, the path is percent-encoded once, an empty one is ``/``.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not host or "." not in host:
        return None
    if port and port != (443 if scheme == "https" else 80):
        host = f"{host}:{port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(key, value) for key, value in pairs if not _TRACKING.fullmatch(key)]
    query = urlencode(kept) if len(kept) < len(pairs) else quote(parts.query, safe="/?:@!$&'()*+,;=%-._~")
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    path = quote(parts.path or "/", safe="/:@!$&'()*+,;=%-._~")
    return urlunsplit((scheme, host, path, query, fragment))


def choose_url(url: str | None, stated: list[str | None]) -> str | None:
    """The article's address: what the page itself states, where that is on the same site, else the one asked for.

    A statement that names only a site's front page, as careless templates do, does not count.
    """
    asked = canonical_url(url) if url else None
    for statement in stated:
        if not statement:
            continue
        found = canonical_url(
            urljoin(asked or "", f"https:{statement}" if statement.startswith("//") else statement)
        )
        if found is None or urlsplit(found).path in ("", "/"):
            continue
        if asked is None or same_site(found, asked):
            return found
    return asked


def saved_from(text: str) -> str | None:
    """The address that a browser wrote into a page when it saved it, or None.

    Internet Explorer, Chrome and Edge write ``<!-- saved from url=(0029)https://… -->`` before the page (the "Mark of the
    Web"), the extension SingleFile a comment with ``url: https://…``.
    """
    match = _SAVED.search(text[:_HEAD])
    return canonical_url(match[1]) if match else None


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one registrable domain."""
    return site_of(one) == site_of(other)


def site_of(url: str | None) -> str | None:
    """The registrable domain of an address (``news.example.com.cn`` -> ``example.com.cn``), or None.

    Second levels under which countries register (``com.cn``, ``co.uk``) are known by their usual names.
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    labels = host.removeprefix("www.").split(".")
    if len(labels) < 2 or labels[-1].isdecimal():
        return host or None
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if deep else labels[-2:])


def article_id(site: str, native: str | None, address: str | None, content: str) -> str:
    """``<site>:<native id>``, else ``<site>:<hash of the canonical address>``, else of the content key."""
    return f"{site}:{native or _short_hash(_address_key(address) if address else content)}"


def content_key(title: str | None, published: dt.date | None, text: str) -> str:
    """What identifies an article without an address: title, day and first words, spaces left out."""
    first = "".join(text[: 8 * _FIRST_WORDS].split())[:_FIRST_WORDS]
    return "\n".join(("".join((title or "").split()), published.isoformat() if published else "", first))


def _address_key(address: str) -> str:
    """http and https, with and without ``www.``, are one address."""
    parts = urlsplit(address)
    return urlunsplit(("", parts.netloc.removeprefix("www."), parts.path, parts.query, parts.fragment))


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
