"""How fetching behaves: pace, patience, limits. The configuration fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from lake.errors import Usage
from lake.settings import Limits

__all__ = ["AGENT", "FetchSettings", "Pace"]

AGENT = "newslake"
"""The product token: what robots.txt may name (RFC 9309, section 2.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How one host is asked: ``delay`` seconds between two starts, ``concurrency`` requests at once.

    A longer ``Crawl-delay`` in robots.txt wins. The defaults are below what was seen to be tolerated: public
    code asks EastMoney's lists for two hundred articles in a row without any delay.
    """

    delay: float = 1.0
    concurrency: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Everything that a ``Fetcher`` needs to know; times are seconds.

    Attributes:
        contact: an address or URL of who runs this; stands in the User-Agent of every request.
        allow_hosts: hosts, as they stand in URLs, that may lie at private or loopback addresses.
        pace: how every host is asked; ``paces`` says it anew for hosts by name (``name:port`` if the URL has
            a port).
        concurrency: requests at once over all hosts.
        attempts: how often one request is sent before it counts as failed.
        backoff: the wait before the second attempt; doubles with each further one, give or take half.
        patience: the longest wait for one host to be asked again (Retry-After, delays); beyond it the
            request fails at once and is left to a later run.
        connect, read, total: the most that connecting, one read and a whole exchange may take.
        redirects: how many are followed (RFC 9309 wants five for robots.txt; browsers follow twenty).
        limits: what one response may cost.
        cache: the folder that keeps robots.txt files between runs; None keeps them in memory alone.
    """

    contact: str
    allow_hosts: frozenset[str] = frozenset()
    pace: Pace = Pace()
    paces: Mapping[str, Pace] = field(default_factory=dict)
    concurrency: int = 16
    attempts: int = 3
    backoff: float = 1.0
    patience: float = 60.0
    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    redirects: int = 10
    limits: Limits = field(default_factory=Limits)
    cache: Path | None = None

    def __post_init__(self) -> None:
        """Raises Usage where the contact can't stand in a header."""
        if not self.contact.strip() or not (self.contact.isascii() and self.contact.isprintable()):
            raise Usage(f"contact: give a mail address or a URL in plain ASCII, not {self.contact!r}")

    @property
    def user_agent(self) -> str:
        """What every request names: the program, its version, and whom to write to."""
        return f"{AGENT}/{version('newslake')} (+{self.contact.strip()})"

    @property
    def compatible_agent(self) -> str:
        """The same as crawlers write it for sites that answer only what begins as browsers do."""
        return f"Mozilla/5.0 (compatible; {AGENT}/{version('newslake')}; +{self.contact.strip()})"
